"""Every sentence the pages say, by language: one JSON file each in server/locales.

Code names a text by its key ("live.cue.slower"); a key that is missing is an error, never an empty
place on a page. A text that depends on a number has the forms "one" and "other".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TypeAlias

LOCALES_DIR = Path(__file__).parent / "locales"
DEFAULT_LANGUAGE = "en"

DAYS_WITHOUT_YEAR = 300
"""A day further back is named with its year: well before the same day comes round again."""

MINUS = "−"
"""A true minus sign: as wide as a plus, and read as "minus" by screen readers."""

Entry: TypeAlias = "str | Sequence[str] | Mapping[str, Entry]"
"""A text, a list of names (months), or a group: the number forms of a text are a group too."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language.

    Called like a function with a key: `words("live.set", n=2)`. Raises KeyError for a missing key.
    """

    language: str
    texts: Mapping[str, Entry]

    def __call__(self, key: str, **values: object) -> str:
        """Say the text of `key`, its {places} filled from `values`; `n` picks the number form."""
        text = self.branch(key)
        if isinstance(text, Mapping):
            text = text["one" if values.get("n") == 1 else "other"]
        if not isinstance(text, str):
            raise KeyError(key)
        return text.format(**values)

    def branch(self, key: str) -> Entry:
        """Whatever stands under a dotted key: a text, its number forms, or a whole group."""
        found: Entry = self.texts
        for part in key.split("."):
            if not isinstance(found, Mapping) or part not in found:
                raise KeyError(key)
            found = found[part]
        return found

    def number(self, value: float, decimals: int = 0) -> str:
        """`value` with a fixed number of decimals, the language's decimal sign and a true minus."""
        rounded = round(value, decimals) + 0.0
        text = f"{abs(rounded):.{decimals}f}".replace(".", self("meta.decimal"))
        return MINUS + text if rounded < 0 else text

    def day(self, day: date, form: str = "short") -> str:
        """A calendar day; `form` is short (14 Sep), long (14 September) or with_year."""
        months = self.branch("month.short" if form == "short" else "month.long")
        if isinstance(months, Mapping):
            raise KeyError("month")
        return self(f"date.{form}", day=day.day, month=months[day.month - 1], year=day.year)

    def moment(self, moment: datetime, now: datetime) -> str:
        """A day and the time of that day, in the time zone of `moment`; near days by name."""
        time = f"{moment:%H:%M}"
        days_ago = (now.astimezone(moment.tzinfo).date() - moment.date()).days
        if days_ago in (0, 1):
            return self("date.yesterday" if days_ago else "date.today", time=time)
        form = "long" if days_ago < DAYS_WITHOUT_YEAR else "with_year"
        return self("date.with_time", date=self.day(moment, form), time=time)


@cache
def load_words(language: str = DEFAULT_LANGUAGE) -> Words:
    """Read one language's catalogue; raises FileNotFoundError where there is none."""
    text = (LOCALES_DIR / f"{language}.json").read_text(encoding="utf-8")
    return Words(language, json.loads(text))


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(sorted(path.stem for path in LOCALES_DIR.glob("*.json")))


def choose_language(accepted: str | None) -> str:
    """Pick a catalogue for an Accept-Language header, in the order the reader prefers."""
    wishes: list[tuple[float, str]] = []
    for wish in (accepted or "").split(","):
        tag, _, quality = wish.partition(";q=")
        wishes.append((_quality(quality), tag.strip().lower().partition("-")[0]))
    for _, language in sorted(wishes, key=lambda wish: -wish[0]):
        if language in languages():
            return language
    return DEFAULT_LANGUAGE


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
