"""A stored recording followed once more, with what the patient pressed during it.

Pure, for a process of its own: payloads in, sets out. The count that a patient saw is not touched;
taps that corrected it say nothing of the signal and are left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from detection.events import Rep, TremorReading, TremorWindow
from detection.pipeline import Tracker, TrackerParams
from detection.summary import windows_of
from sensors.chunks import decode_chunk
from sensors.samples import SampleBlock
from server.catalogue import TABLE_ALONE, Catalogue
from server.live.live_set import Effect, Sensor, SetFinished, Span, TremorMeasured
from server.live.set_commands import SET_COMMAND, AdjustCount, StartSet, StopSet
from server.live.set_follower import GoodReps, SetFollower, expecting
from server.live.set_tremor import set_tremor
from server.store.shaking import Settled, SetTremor
from server.store.signals import AROUND_S, settled_by

LEAST_SHARE = 0.5
"""Of the shorter of two spans, that has to lie in the other for both to be the same set."""


@dataclass(frozen=True, slots=True)
class Press:
    """A start or stop, as JSON, given before the chunk `before_sequence`."""

    before_sequence: int
    content: dict[str, object]


@dataclass(frozen=True, slots=True)
class SetThen:
    """A set as it is stored: its place in the stream, and what was counted."""

    id: UUID
    span: Span
    exercise: str | None
    auto_reps: int


@dataclass(frozen=True, slots=True)
class Archived:
    """A recording as it is stored, all that has to be followed once more."""

    id: UUID
    exercise: str | None
    payloads: tuple[bytes, ...]
    presses: tuple[Press, ...]
    sets: tuple[SetThen, ...]
    good_reps: GoodReps = field(default_factory=dict)
    catalogue: Catalogue = TABLE_ALONE


@dataclass(frozen=True, slots=True)
class SetNow:
    """What is found today where a set was; no repetitions where none is found there any more."""

    id: UUID
    params: TrackerParams
    span: Span
    auto_reps: int
    confidence: float | None
    reps: tuple[Rep, ...]
    windows: tuple[TremorWindow, ...]
    tremor: SetTremor
    settled: Settled


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """All sets of a recording as they are today, and how many are seen where there was none."""

    recording_id: UUID
    sets: tuple[SetNow, ...]
    unknown_before: int


@dataclass(slots=True)
class _Found:
    """A set that the follower finished."""

    finished: SetFinished
    span: Span
    windows: tuple[TremorWindow, ...] = field(default=())


def look_again(archived: Archived) -> FoundAgain:
    """Follow a recording once more and find its sets again."""
    blocks = [decode_chunk(payload).block for payload in archived.payloads]
    found = _followed(archived, blocks)
    pairs = _matched(archived.sets, found)
    sets = tuple(_now(one, pairs.get(one.id), blocks, archived) for one in archived.sets)
    return FoundAgain(archived.id, sets, len(found) - len(pairs))


def _followed(archived: Archived, blocks: Sequence[SampleBlock]) -> list[_Found]:
    follower = SetFollower(None, archived.catalogue)
    follower.begin_stream(Sensor(), archived.exercise, archived.good_reps)
    found: list[_Found] = []
    presses = list(archived.presses)
    for sequence, block in enumerate(blocks):
        _note(found, _obeyed(follower, presses, sequence))
        _note(found, follower.push(block))
    _note(found, _obeyed(follower, presses, len(blocks)))
    _note(found, follower.end_stream())
    return found


def _obeyed(follower: SetFollower, presses: list[Press], sequence: int) -> tuple[Effect, ...]:
    """Do what was pressed before a chunk came; it is taken from the list."""
    effects: tuple[Effect, ...] = ()
    while presses and presses[0].before_sequence <= sequence:
        command = SET_COMMAND.validate_python(presses.pop(0).content)
        match command:
            case StartSet() | StopSet():
                effects += follower.obey(command)
            case AdjustCount():
                pass
    return effects


def _note(found: list[_Found], effects: Iterable[Effect]) -> None:
    for effect in effects:
        match effect:
            case SetFinished(span=Span() as span):
                found.append(_Found(effect, span))
            case TremorMeasured() if found:
                found[-1].windows = effect.windows


def _matched(then: Sequence[SetThen], found: Sequence[_Found]) -> dict[UUID, _Found]:
    """Each set of then with the one of today that overlaps it most; none is used twice."""
    lacking = sorted(
        (-_overlap(one.span, other.span), n, m)
        for n, one in enumerate(then)
        for m, other in enumerate(found)
    )
    pairs: dict[UUID, _Found] = {}
    used: set[int] = set()
    for lack, n, m in lacking:
        if -lack >= LEAST_SHARE and then[n].id not in pairs and m not in used:
            pairs[then[n].id] = found[m]
            used.add(m)
    return pairs


def _overlap(one: Span, other: Span) -> float:
    """How much of the shorter lies in the other, 0 to 1."""
    both_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    shorter_s = min(one.end_s - one.start_s, other.end_s - other.start_s)
    return max(0.0, both_s / shorter_s) if shorter_s > 0 else 0.0


def _now(
    then: SetThen, found: _Found | None, blocks: Sequence[SampleBlock], archived: Archived
) -> SetNow:
    """A set today; where none is seen any more, its span is looked at for shaking alone."""
    span = found.span if found else then.span
    windows = found.windows if found else tuple(_windows(blocks, span))
    reps = found.finished.reps if found else ()
    around = [
        block
        for block in blocks
        if block.t_s[-1] >= span.start_s - AROUND_S and block.t_s[0] < span.end_s + AROUND_S
    ]
    return SetNow(
        id=then.id,
        params=expecting(then.exercise, archived.good_reps, archived.catalogue),
        span=span,
        auto_reps=(found.finished.auto_reps or 0) if found else 0,
        confidence=found.finished.confidence if found else None,
        reps=reps,
        windows=windows,
        tremor=set_tremor(windows),
        settled=settled_by(around, reps, span.start_s, span.end_s),
    )


def _windows(blocks: Sequence[SampleBlock], span: Span) -> list[TremorWindow]:
    tracker = Tracker()
    events = [event for block in blocks for event in tracker.push(block)] + tracker.flush()
    final = [e.window for e in events if isinstance(e, TremorReading) and e.is_final]
    return windows_of(span.start_s, span.end_s, final)
