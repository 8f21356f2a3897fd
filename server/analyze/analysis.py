"""A whole recording through the core: the same loop as live, with larger blocks."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from detection.counting.good_rep import GoodRep
from detection.events import (
    Event,
    GapEvent,
    QualityFlag,
    SetDiscarded,
    TremorReading,
    TremorWindow,
)
from detection.exercises import Exercise
from detection.pipeline import Tracker, one_set_tracker
from detection.reference import Comparison, Reference, compare
from detection.summary import HoldSummary, SetSummary, summarise, summarise_holds
from detection.tremor.phases import SetShaking, shaking_by_phase
from sensors.playback import LIVE_BLOCK_S
from sensors.recording import Recording
from sensors.samples import SampleBlock

REPLAY_BLOCK_S = 60.0
"""Any size gives the same events; this one is fast and keeps a progress bar moving."""

AROUND_SET_S = 5.0
"""Looked at with a set for its shaking by phase: what is usual about a moment is told by two
seconds, and the filters have settled by then."""


class NotOneSet(Exception):
    """A recording that was said to be one set and cannot be; the message says why."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the core said of a recording.

    flags: names of everything that makes the result less certain, in the order of their time.
    by_phase: of each set the shaking by phase, None where it cannot be measured.
    comparisons: of each set with a reference; none where there is no reference.
    """

    recording: Recording
    sets: tuple[SetSummary, ...]
    holds: tuple[HoldSummary, ...]
    windows: tuple[TremorWindow, ...]
    gaps: tuple[GapEvent, ...]
    flags: tuple[str, ...]
    by_phase: tuple[SetShaking | None, ...] = ()
    comparisons: tuple[Comparison | None, ...] = ()


def analyse(
    recording: Recording,
    tracker: Tracker,
    on_progress: Callable[[float], None] | None = None,
) -> Analysis:
    """Follow a recording from its first sample to its last with a fresh tracker.

    on_progress: told the seconds done so far, after each block.
    """
    return _analysis(recording, _events(recording, tracker, on_progress))


def analyse_one_set(
    recording: Recording,
    exercise: Exercise | None = None,
    on_progress: Callable[[float], None] | None = None,
    good_rep: GoodRep | None = None,
) -> Analysis:
    """The same where the whole recording is said to be one set.

    Raises NotOneSet if it cannot be: it is too long, or a hole in it is.
    """
    events = _events(recording, one_set_tracker(exercise, good_rep), on_progress)
    for event in events:
        if isinstance(event, SetDiscarded):
            raise NotOneSet(event.reason)
    analysis = _analysis(recording, events)
    if len(analysis.holds) > 1:
        raise NotOneSet(f"it has {len(analysis.holds)} holds")
    if len(analysis.sets) + len(analysis.holds) != 1:
        raise NotOneSet("a hole in it is longer than a set can be")
    return analysis


def whole(recording: Recording) -> SampleBlock:
    """All samples of a recording."""
    return SampleBlock(recording.t_s, recording.acc_ms2, recording.rate_hz)


def beside(analysis: Analysis, reference: Reference) -> Analysis:
    """The same, with each set compared with a reference."""
    block = whole(analysis.recording)
    compared = tuple(compare(reference, block, each.reps) for each in analysis.sets)
    return replace(analysis, comparisons=compared)


def _events(
    recording: Recording, tracker: Tracker, on_progress: Callable[[float], None] | None
) -> list[Event]:
    events: list[Event] = []
    for block in recording.blocks(REPLAY_BLOCK_S):
        events += tracker.push(block)
        if on_progress is not None:
            on_progress(float(block.t_s[-1] - recording.t_s[0]))
    return events + tracker.flush()


def _analysis(recording: Recording, events: list[Event]) -> Analysis:
    sets = tuple(summarise(events))
    return Analysis(
        recording,
        sets,
        tuple(summarise_holds(events)),
        tuple(e.window for e in events if isinstance(e, TremorReading) and e.is_final),
        tuple(e for e in events if isinstance(e, GapEvent)),
        _flags(recording, events),
        tuple(_by_phase(recording, each) for each in sets),
    )


def _by_phase(recording: Recording, each: SetSummary) -> SetShaking | None:
    first, last = np.searchsorted(
        recording.t_s, (each.start_s - AROUND_SET_S, each.end_s + AROUND_SET_S)
    )
    around = SampleBlock(
        recording.t_s[first:last], recording.acc_ms2[first:last], recording.rate_hz
    )
    return shaking_by_phase(around, each.reps)


def heard_at_s(recording: Recording, at_s: float) -> float:
    """When a live listener has what became known at `at_s`, on the recording's timeline.

    It is told with the first sample at or after `at_s`, and that sample arrives at the end of its
    block of LIVE_BLOCK_S, counted from the first sample; what only the end of the stream tells, at
    the end of the last block.
    """
    first_s = float(recording.t_s[0])
    told = min(int(np.searchsorted(recording.t_s, at_s)), len(recording) - 1)
    # The same tolerance as in Recording.blocks: 0.3 / 0.1 = 2.9999… belongs to the third block.
    block = np.floor((float(recording.t_s[told]) - first_s) / LIVE_BLOCK_S + 1e-9)
    return first_s + (float(block) + 1) * LIVE_BLOCK_S


def _flags(recording: Recording, events: list[Event]) -> tuple[str, ...]:
    found = [str(flag) for flag in recording.flags]
    for event in events:
        if isinstance(event, QualityFlag):
            found.append(str(event.flag))
        elif isinstance(event, GapEvent):
            found.append("gap")
    return tuple(dict.fromkeys(found))
