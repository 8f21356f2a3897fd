"""Which exercise and side a trend is shown of: one of those that have measured sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from server.store.trends import TrendChoice
from server.views import phrases
from server.words import Words

Chosen = tuple[str | None, str | None]
"""Exercise and side; None where it was not said."""


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A link to one trend."""

    href: str
    label: str
    is_here: bool


def chosen_trend(
    choices: Sequence[TrendChoice], exercise: str | None, side: str | None
) -> Chosen | None:
    """What the address asks for, the commonest otherwise; None where nothing was measured.

    In an address "" stands for what was not said.
    """
    asked = (exercise or None, side or None)
    known = [(choice.exercise, choice.side) for choice in choices]
    if exercise is not None and asked in known:
        return asked
    return known[0] if known else None


def choice_views(
    choices: Sequence[TrendChoice], chosen: Chosen | None, words: Words
) -> tuple[ChoiceView, ...]:
    """The links, the commonest first."""
    return tuple(
        ChoiceView(
            "?" + urlencode({"exercise": choice.exercise or "", "side": choice.side or ""}),
            phrases.exercise_on_side(choice.exercise, choice.side, words),
            (choice.exercise, choice.side) == chosen,
        )
        for choice in choices
    )
