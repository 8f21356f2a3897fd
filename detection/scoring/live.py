"""What a live listener gets: how soon a repetition is told, and how much is taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detection.events import Event, RepCorrection, RepEvent, SetDiscarded, SetStarted
from detection.scoring.sets import FoundSet

FIRST_TOGETHER = 3
"""The first three repetitions are told together, once the third shows that it is a set."""
EARLY_SHARE = 0.1
"""Told before this share of the repetition is left is too early."""


@dataclass(frozen=True, slots=True)
class LiveDelay:
    """How long after its end a repetition was told live.

    number: from 1. The first three are measured from the end of the third.
    is_early: told before its last tenth.
    """

    number: int
    delay_s: float
    is_early: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What a live listener saw of the running count: steps up, steps taken back, steps voided
    with a set that was none."""

    steps: int = 0
    taken_back: int = 0
    voided: int = 0

    def __add__(self, other: "Shown") -> "Shown":
        return Shown(
            self.steps + other.steps,
            self.taken_back + other.taken_back,
            self.voided + other.voided,
        )

    @property
    def taken_back_share(self) -> float | None:
        """Of the steps up; None without any."""
        return self.taken_back / self.steps if self.steps else None


@dataclass(frozen=True, slots=True)
class DelayFigures:
    """When repetitions are told live; None where there were none.

    median_s, p95_s, early: from the fourth repetition on; first_p95_s: the first three.
    """

    median_s: float | None
    p95_s: float | None
    first_p95_s: float | None
    early: float | None


def live_delays(found: FoundSet) -> list[LiveDelay]:
    """Return for each repetition of a set when it was told, measured from when it could be."""
    third_s = found.reps[FIRST_TOGETHER - 1].end_s if len(found.reps) >= FIRST_TOGETHER else None
    delays = []
    for number, rep in enumerate(found.reps, start=1):
        is_first = number <= FIRST_TOGETHER and third_s is not None
        due_s = third_s if is_first and third_s is not None else rep.end_s
        early_s = rep.end_s - EARLY_SHARE * (rep.end_s - rep.start_s)
        delays.append(LiveDelay(number, rep.heard_at_s - due_s, rep.heard_at_s < early_s))
    return delays


def delay_figures(delays: Iterable[LiveDelay]) -> DelayFigures:
    """Return the figures over repetitions of many sets."""
    kept = list(delays)
    first = [each.delay_s for each in kept if each.number <= FIRST_TOGETHER]
    later = [each for each in kept if each.number > FIRST_TOGETHER]
    later_s = [each.delay_s for each in later]
    return DelayFigures(
        median_s=_percentile(later_s, 50),
        p95_s=_percentile(later_s, 95),
        first_p95_s=_percentile(first, 95),
        early=float(np.mean([each.is_early for each in later])) if later else None,
    )


def what_was_shown(events: Iterable[Event]) -> Shown:
    """Return how the running count went, as a live listener saw it."""
    count, shown = 0, Shown()
    for event in events:
        if isinstance(event, SetStarted):
            count = 0
        elif isinstance(event, RepEvent):
            shown, count = shown + Shown(steps=1), event.count
        elif isinstance(event, RepCorrection):
            shown, count = shown + Shown(taken_back=max(0, count - event.count)), event.count
        elif isinstance(event, SetDiscarded):
            shown, count = shown + Shown(voided=count), 0
    return shown


def _percentile(values: Sequence[float], percent: float) -> float | None:
    return float(np.percentile(values, percent)) if values else None
