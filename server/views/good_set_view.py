"""A set beside the good one, in words: how alike, how long, how far."""

from dataclasses import dataclass
from datetime import datetime

from detection.reference import FEWEST, Comparison
from server.good_sets import Compared
from server.store.sets import StoredSet
from server.words import Words


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a set is like or unlike the good one."""

    label: str
    said: str


@dataclass(frozen=True, slots=True)
class GoodSetView:
    """What stands beside the good set; action, button: None where there is nothing to press."""

    lead: str
    differences: tuple[Difference, ...] = ()
    alike: tuple[str, ...] = ()
    action: str | None = None
    button: str | None = None


def good_set_view(
    one: StoredSet,
    compared: Compared | None,
    counted: int,
    now: datetime,
    words: Words,
    *,
    can_keep: bool,
    may_drop: bool,
) -> GoodSetView | None:
    """The set's panel; None where there is nothing to compare and nothing to press.

    can_keep: whether somebody looks who may, and the signal is there. may_drop: whether one may.
    """
    keep = f"/sets/{one.id}/good"
    can_keep = can_keep and one.exercise is not None and counted >= FEWEST
    if compared is None:
        if not can_keep:
            return None
        return GoodSetView(words("set.good.none"), action=keep, button=words("set.good.keep"))
    if compared.good.set_id == one.id:
        button = words("set.good.drop") if may_drop else None
        return GoodSetView(words("set.good.this"), action=f"{keep}/drop", button=button)
    when = words.moment(compared.done.local_start, now)
    button = words("set.good.replace") if can_keep else None
    if compared.found is None:
        lead = words("set.good.not_comparable", when=when)
        return GoodSetView(lead, action=keep, button=button)
    return GoodSetView(
        words("set.good.lead", when=when),
        _differences(compared.found, words),
        tuple(words.number(100 * rep.likeness) for rep in compared.found.reps),
        keep,
        button,
    )


def _differences(found: Comparison, words: Words) -> tuple[Difference, ...]:
    said = [
        ("alike", words("set.good.percent", n=words.number(100 * found.likeness))),
        ("time", _percent(found.duration_ratio, "longer", "shorter", words)),
        ("hold", _seconds(found.hold_s, words)),
    ]
    if found.range_ratio is not None:
        said.append(("range", _percent(found.range_ratio, "further", "less_far", words)))
    return tuple(Difference(words(f"set.good.{label}"), text) for label, text in said)


def _percent(ratio: float, more: str, less: str, words: Words) -> str:
    by = round(100 * (ratio - 1))
    if by == 0:
        return words("set.good.same")
    return words(f"set.good.{more if by > 0 else less}", n=words.number(abs(by)))


def _seconds(by_s: float, words: Words) -> str:
    shown_s = round(by_s, 1)
    if shown_s == 0:
        return words("set.good.same")
    key = "held_longer" if shown_s > 0 else "held_shorter"
    return words(f"set.good.{key}", n=words.number(abs(shown_s), 1))
