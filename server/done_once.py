"""A set that two sensors saw is kept twice, a side each; it was done once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

LEAST_SHARE = 0.5
"""Of the shorter one: what both legs did overlaps but for a repetition at the edges, what one leg
did after the other does not, but for the seconds by which the clocks of two collectors differ."""
NEIGHBOURS = 4
"""By their beginning, so many sets back at most: a patient has two live sensors, so what is the
same is the one before, unless one of the two saw some short sets more."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Doing:
    """What was done, and from when on.

    lasted_s: None where no sensor timed it. reps: None where nobody counted it.
    """

    exercise: str | None
    started_at: datetime
    lasted_s: float | None
    reps: int | None


def is_same(one: Doing, other: Doing) -> bool:
    """Whether the two tell of the same set; of one that nobody timed that cannot be said."""
    if one.exercise != other.exercise or one.lasted_s is None or other.lasted_s is None:
        return False
    early, late = sorted((one, other), key=lambda each: each.started_at)
    apart_s = (late.started_at - early.started_at).total_seconds()
    both_s = min((early.lasted_s or 0.0) - apart_s, late.lasted_s or 0.0)
    return both_s > LEAST_SHARE * min(one.lasted_s, other.lasted_s)


def once(found: Iterable[T], doing_of: Callable[[T], Doing]) -> list[T]:
    """Each set once, the oldest first; of two that tell of one set, that with more repetitions.

    Never their sum; a sensor misses a repetition more easily than it makes one up.
    """
    kept: list[tuple[T, Doing]] = []
    for one in sorted(found, key=lambda each: doing_of(each).started_at):
        doing = doing_of(one)
        recent = range(max(0, len(kept) - NEIGHBOURS), len(kept))
        same = next((n for n in recent if is_same(kept[n][1], doing)), None)
        if same is None:
            kept.append((one, doing))
        elif (doing.reps or 0) > (kept[same][1].reps or 0):
            kept[same] = (one, doing)
    return [one for one, _ in kept]
