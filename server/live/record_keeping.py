"""Effects of a live set into records, in the transaction of the chunk or command behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from detection.pipeline import TrackerParams
from server.algorithm import algorithm_of
from server.clock import utc_offset_min
from server.live.live_set import CountConfirmed, Effect, SetFinished, TremorMeasured
from server.live.set_tremor import set_tremor
from server.store import algorithms, people, sets, shaking
from server.store.recordings import Recording
from server.store.sets import NewSet


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Whose set it is, in which recording (None: counted by hand), when, and counted how."""

    patient_id: UUID
    recording: Recording | None
    now: datetime
    params: TrackerParams


def _set_id(finished: SetFinished, recording: Recording | None) -> UUID:
    """The id of a set: of one that the tracker saw, the same however often it is seen."""
    if recording is None or finished.span is None or not finished.reps:
        return uuid4()
    return uuid5(recording.id, f"set at {finished.span.start_s:.6f}")


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
                last_set_id = _set_id(effect, around.recording)
                await sets.add(
                    database, await _new_set(database, last_set_id, effect, around), algorithm_id
                )
            case TremorMeasured() if last_set_id is not None:
                summary = set_tremor(effect.windows)
                made_by = await sets.made_by(database, last_set_id)
                await shaking.replace(database, last_set_id, effect.windows, summary, made_by)
            case CountConfirmed() if last_set_id is not None:
                await sets.confirm(database, last_set_id, effect.reps, around.patient_id)
    return last_set_id


async def _new_set(
    database: AsyncConnection, set_id: UUID, finished: SetFinished, around: Circumstances
) -> NewSet:
    recording = around.recording if finished.span else None
    started_at, offset_min = await _start(database, finished, around)
    return NewSet(
        id=set_id,
        patient_id=around.patient_id,
        recording_id=recording.id if recording else None,
        started_at=started_at,
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


async def _start(
    database: AsyncConnection, finished: SetFinished, around: Circumstances
) -> tuple[datetime, int]:
    """When a set began, and the UTC offset: the sensor's, or else the patient's own."""
    if around.recording is not None and finished.span is not None:
        begun = around.recording.instant(finished.span.start_s)
        return begun, around.recording.utc_offset_min
    patient = await people.find(database, around.patient_id)
    return around.now, utc_offset_min(around.now, patient.timezone if patient else None)
