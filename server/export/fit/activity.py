"""A visit to the mat as a FIT activity: strength training with its sets and rests.

One file a visit, because that is what an activity is to the programs that read FIT: many days in
one file would be one training of weeks. FIT has one count a set: the person's where there is one,
else the program's. It has no place for shaking or pain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from server.catalogue import TABLE_ALONE, Catalogue
from server.done_once import once
from server.export.fit.encoding import Base, Field, Message
from server.store.sets import StoredSet

EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
"""FIT counts seconds from here."""
MILLISECONDS = 1000
APART = timedelta(hours=1)
"""More between two sets is another visit: rest, a heat pack of 20 minutes and a talk take less."""

FILE_ID, SESSION, LAP, RECORD, EVENT, ACTIVITY, SET = 0, 18, 19, 20, 21, 34, 225
TIMESTAMP, MESSAGE_INDEX = 253, 254
ACTIVITY_FILE = 4
MANUFACTURER_DEVELOPMENT = 255
TIMER, OF_SESSION, OF_LAP, OF_ACTIVITY = 0, 8, 9, 26
START, STOP, STOP_ALL = 0, 1, 4
TRAINING, STRENGTH_TRAINING = 10, 20
ACTIVITY_END, MANUAL = 0, 0
REST, ACTIVE = 0, 1
UNKNOWN_CATEGORY = 65534


@dataclass(frozen=True, slots=True)
class FitExercise:
    """An exercise in FIT's table: a category, and its number in that."""

    category: int
    subtype: int | None


EXERCISES = {
    "bridge": FitExercise(10, 11),
    "cat-cow": FitExercise(5, 51),
    "clam": FitExercise(10, 44),
    "dead-bug": FitExercise(11, 1),
    "hamstring-stretch": FitExercise(31, 44),
    "heel-raise": FitExercise(1, 18),
    "lunge": FitExercise(17, 32),
    "plank": FitExercise(19, 43),
    "side-leg-raise": FitExercise(11, 21),
    "squat": FitExercise(28, 61),
    "standing-side-raise": FitExercise(11, 28),
    "step-up": FitExercise(28, 66),
    "straight-leg-raise": FitExercise(16, 8),
}
"""Those that are plainly the same in the profile (21.218); any other is `unknown`."""
UNKNOWN = FitExercise(UNKNOWN_CATEGORY, None)


def visits(sets: Iterable[StoredSet]) -> list[tuple[StoredSet, ...]]:
    """Sets by visit, oldest first; one that two sensors saw is one."""
    ordered = once(sets, lambda one: one.doing)
    edges = [
        number
        for number, (before, after) in enumerate(pairwise(ordered), start=1)
        if after.started_at - ended_at(before) > APART
    ]
    starts = [0, *edges] if ordered else []
    ends = [*edges, len(ordered)] if ordered else []
    return [tuple(ordered[start:end]) for start, end in zip(starts, ends, strict=True)]


def ended_at(one: StoredSet) -> datetime:
    """When a set ended; its beginning where no sensor timed it."""
    return one.started_at + timedelta(seconds=one.lasted_s or 0.0)


def messages_of(
    visit: tuple[StoredSet, ...], catalogue: Catalogue = TABLE_ALONE
) -> tuple[Message, ...]:
    """A visit, which has a set at least, as the messages of its file."""
    start, end = visit[0].started_at, max(ended_at(one) for one in visit)
    return (
        _file_id(start),
        _timer(start, START),
        _record(start),
        *_sets(visit, catalogue),
        _record(end),
        _timer(end, STOP_ALL),
        _lap(start, end),
        _session(start, end),
        _activity(start, end, visit[0].utc_offset_min),
    )


def _sets(visit: tuple[StoredSet, ...], catalogue: Catalogue) -> Iterator[Message]:
    """Sets in order, with a rest between two where it is known how long it was."""
    index = 0
    for number, one in enumerate(visit):
        yield _active(one, index, catalogue)
        index += 1
        if number + 1 < len(visit) and one.lasted_s is not None:
            following = visit[number + 1].started_at
            rest_s = (following - ended_at(one)).total_seconds()
            if rest_s > 0:
                yield _set(ended_at(one), following, rest_s, None, REST, None, index)
                index += 1


def _active(one: StoredSet, index: int, catalogue: Catalogue) -> Message:
    known = EXERCISES.get(catalogue.like(one.exercise) or "", UNKNOWN)
    return _set(one.started_at, ended_at(one), one.lasted_s, one.reps, ACTIVE, known, index)


def _set(
    start: datetime,
    end: datetime,
    lasted_s: float | None,
    reps: int | None,
    kind: int,
    exercise: FitExercise | None,
    index: int,
) -> Message:
    return Message(
        SET,
        (
            Field(254, Base.UINT32, _time(end)),
            Field(0, Base.UINT32, None if lasted_s is None else round(lasted_s * MILLISECONDS)),
            Field(3, Base.UINT16, reps),
            Field(5, Base.UINT8, kind),
            Field(6, Base.UINT32, _time(start)),
            Field(7, Base.UINT16, exercise.category if exercise else None),
            Field(8, Base.UINT16, exercise.subtype if exercise else None),
            Field(10, Base.UINT16, index),
        ),
    )


def _file_id(created: datetime) -> Message:
    return Message(
        FILE_ID,
        (
            Field(0, Base.ENUM, ACTIVITY_FILE),
            Field(1, Base.UINT16, MANUFACTURER_DEVELOPMENT),
            Field(2, Base.UINT16, 0),
            Field(4, Base.UINT32, _time(created)),
        ),
    )


def _timer(at: datetime, kind: int) -> Message:
    return Message(
        EVENT,
        (
            Field(TIMESTAMP, Base.UINT32, _time(at)),
            Field(0, Base.ENUM, TIMER),
            Field(1, Base.ENUM, kind),
        ),
    )


def _record(at: datetime) -> Message:
    """An activity has to have one; the signal itself stays out, as FIT has no place for it."""
    return Message(RECORD, (Field(TIMESTAMP, Base.UINT32, _time(at)),))


def _span(start: datetime, end: datetime, event: int) -> tuple[Field, ...]:
    elapsed_ms = round((end - start).total_seconds() * MILLISECONDS)
    return (
        Field(MESSAGE_INDEX, Base.UINT16, 0),
        Field(TIMESTAMP, Base.UINT32, _time(end)),
        Field(0, Base.ENUM, event),
        Field(1, Base.ENUM, STOP),
        Field(2, Base.UINT32, _time(start)),
        Field(7, Base.UINT32, elapsed_ms),
        Field(8, Base.UINT32, elapsed_ms),
    )


def _lap(start: datetime, end: datetime) -> Message:
    return Message(LAP, _span(start, end, OF_LAP))


def _session(start: datetime, end: datetime) -> Message:
    return Message(
        SESSION,
        (
            *_span(start, end, OF_SESSION),
            Field(5, Base.ENUM, TRAINING),
            Field(6, Base.ENUM, STRENGTH_TRAINING),
            Field(25, Base.UINT16, 0),
            Field(26, Base.UINT16, 1),
            Field(28, Base.ENUM, ACTIVITY_END),
        ),
    )


def _activity(start: datetime, end: datetime, utc_offset_min: int) -> Message:
    elapsed_ms = round((end - start).total_seconds() * MILLISECONDS)
    return Message(
        ACTIVITY,
        (
            Field(TIMESTAMP, Base.UINT32, _time(end)),
            Field(0, Base.UINT32, elapsed_ms),
            Field(1, Base.UINT16, 1),
            Field(2, Base.ENUM, MANUAL),
            Field(3, Base.ENUM, OF_ACTIVITY),
            Field(4, Base.ENUM, STOP),
            Field(5, Base.UINT32, _time(end + timedelta(minutes=utc_offset_min))),
        ),
    )


def _time(moment: datetime) -> int:
    return round((moment - EPOCH).total_seconds())
