"""Effects of a live set into records, in the transaction of the chunk or command behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from detection.pipeline import TrackerParams
from server.algorithm import algorithm_of
from server.clock import utc_offset_min
from server.live_set import CountConfirmed, Effect, SetFinished, TremorMeasured
from server.set_tremor import set_tremor
from server.store import algorithms, people, sets
from server.store.recordings import Recording
from server.store.sets import NewSet


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Whose set it is, in which recording (None: counted by hand), when, and counted how."""

    patient_id: UUID
    recording: Recording | None
    now: datetime
    params: TrackerParams
    command_number: int | None = None


def set_id_of(
    finished: SetFinished, recording: Recording | None, command_number: int | None
) -> UUID:
    """The id of a set: the same each time the same recording is replayed.

    A set that the tracker saw is known by its start, one counted by hand by the command that
    ended it.
    """
    if recording is None or finished.span is None:
        return uuid4()
    if finished.reps or command_number is None:
        return uuid5(recording.id, f"set at {finished.span.start_s:.6f}")
    return uuid5(recording.id, f"set ended by command {command_number}")


async def keep(
    database: AsyncConnection,
    effects: Iterable[Effect],
    around: Circumstances,
    last_set_id: UUID | None,
) -> UUID | None:
    """Store what a step brought about; returns the id of the set that finished last."""
    algorithm_id = await algorithms.ensure(database, algorithm_of(around.params))
    for effect in effects:
        match effect:
            case SetFinished():
                last_set_id = set_id_of(effect, around.recording, around.command_number)
                offset_min = await _offset_min(database, around)
                new = _new_set(last_set_id, effect, around, offset_min)
                await sets.add(database, new, algorithm_id)
            case TremorMeasured() if last_set_id is not None:
                summary = set_tremor(effect.windows)
                await sets.replace_tremor(
                    database, last_set_id, effect.windows, summary, algorithm_id
                )
            case CountConfirmed() if last_set_id is not None:
                await sets.confirm(database, last_set_id, effect.reps, around.patient_id)
    return last_set_id


def _new_set(set_id: UUID, finished: SetFinished, around: Circumstances, offset_min: int) -> NewSet:
    recording = around.recording if finished.span else None
    return NewSet(
        id=set_id,
        patient_id=around.patient_id,
        recording_id=recording.id if recording else None,
        started_at=_started_at(finished, around),
        utc_offset_min=offset_min,
        start_s=finished.span.start_s if finished.span else None,
        end_s=finished.span.end_s if finished.span else None,
        exercise=finished.exercise or (recording.exercise if recording else None),
        placement=recording.placement if recording else None,
        side=recording.side if recording else None,
        target_reps=finished.target_reps,
        auto_reps=finished.auto_reps,
        confirmed_reps=finished.confirmed_reps,
        confirmed_by=None if finished.confirmed_reps is None else around.patient_id,
        end_reason=finished.end_reason,
        confidence=finished.confidence,
        flags=finished.flags,
        reps=finished.reps,
    )


def _started_at(finished: SetFinished, around: Circumstances) -> datetime:
    if around.recording is None or finished.span is None:
        return around.now
    return around.recording.instant(finished.span.start_s)


async def _offset_min(database: AsyncConnection, around: Circumstances) -> int:
    """The sensor's where one took part, else that of the patient's own time zone."""
    if around.recording is not None:
        return around.recording.utc_offset_min
    patient = await people.find(database, around.patient_id)
    return utc_offset_min(around.now, patient.timezone if patient else None)
