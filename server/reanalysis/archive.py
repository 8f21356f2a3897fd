"""The archive looked at again, recordings side by side in several processes, results kept by one.

What the algorithm of today finds is stored beside what was found at the time, and shown from then
on; `auto_reps` stays what the patient saw. A recording whose results were kept is not looked at
again, so an interrupted run goes on where it ended.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import active_children, get_context
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from detection.events import TremorStatus
from server.algorithm import algorithm_of
from server.live.live_set import Span
from server.reanalysis.again import Archived, FoundAgain, Press, SetNow, SetThen, look_again
from server.store import algorithms, commands, good_sets, own_exercises, recordings, recounts, sets
from server.store.database import Database
from server.store.recounts import Recount
from server.store.sets import StoredSet


@dataclass(frozen=True, slots=True)
class Change:
    """A set then and now. reps_then: what the program counted at the time."""

    set_id: UUID
    started_at: datetime
    exercise: str | None
    version_then: str
    reps_then: int
    reps_now: int
    shaking_then: TremorStatus | None
    shaking_now: TremorStatus
    amp_then_ms2: float | None
    amp_now_ms2: float | None

    @property
    def is_count_changed(self) -> bool:
        """Whether another number of repetitions is counted."""
        return self.reps_then != self.reps_now

    @property
    def is_shaking_changed(self) -> bool:
        """Whether something else is said of the shaking."""
        return self.shaking_then is not self.shaking_now


@dataclass(frozen=True, slots=True)
class Outcome:
    """What looking again at one recording brought; problem: why it could not be done, if so."""

    recording_id: UUID
    changes: tuple[Change, ...] = ()
    unknown_before: int = 0
    problem: str | None = None


async def reanalyze(
    database: Database,
    due: Sequence[UUID],
    jobs: int,
    now: Callable[[], datetime],
    *,
    is_kept: bool = True,
) -> AsyncIterator[Outcome]:
    """Look again at recordings, `jobs` at a time; yields each as it is done.

    is_kept: store what is found; else it is only told.
    """
    with _processes(jobs) as pool:
        waiting = iter(due)
        running: set[asyncio.Task[Outcome]] = set()

        def begin() -> None:
            for recording_id in waiting:
                look = _look(database, pool, recording_id, now, is_kept=is_kept)
                running.add(asyncio.ensure_future(look))
                if len(running) >= jobs:
                    return

        begin()
        while running:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                running.remove(task)
                yield task.result()
            begin()


@contextmanager
def _processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that are ended at once when left early, and leave Ctrl-C to their parent."""
    with ProcessPoolExecutor(
        jobs, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
    ) as pool:
        try:
            yield pool
        except BaseException:
            for worker in active_children():
                worker.terminate()
            raise


async def _look(
    database: Database,
    pool: ProcessPoolExecutor,
    recording_id: UUID,
    now: Callable[[], datetime],
    *,
    is_kept: bool,
) -> Outcome:
    try:
        async with database.reading() as connection:
            archived, then = await _archived(connection, recording_id)
        found = await asyncio.get_running_loop().run_in_executor(pool, look_again, archived)
        if is_kept:
            async with database.writing() as connection:
                await _keep(connection, found, now())
    except Exception as problem:  # whatever it is, the other recordings are looked at
        return Outcome(recording_id, problem=f"{type(problem).__name__}: {problem}")
    changes = [_change(then[one.id], one) for one in found.sets]
    return Outcome(recording_id, tuple(changes), found.unknown_before)


async def _archived(
    connection: AsyncConnection, recording_id: UUID
) -> tuple[Archived, dict[UUID, StoredSet]]:
    recording = await recordings.get(connection, recording_id)
    given = await commands.of_recording(connection, recording_id)
    stored = [
        one
        for set_id in await sets.of_recording(connection, recording_id)
        if (one := await sets.find(connection, set_id)) is not None
    ]
    then = tuple(
        SetThen(one.id, Span(one.start_s, one.end_s), one.exercise, one.auto_reps)
        for one in stored
        if one.start_s is not None and one.end_s is not None and one.auto_reps is not None
    )
    archived = Archived(
        recording_id,
        recording.exercise or (then[0].exercise if then else None),
        tuple(await recordings.payloads(connection, recording_id)),
        tuple(Press(one.before_sequence or 0, one.content) for one in given),
        then,
        await good_sets.good_reps_at(
            connection,
            recording.patient_id,
            recording.side,
            recording.placement,
            recording.started_at,
        ),
        await own_exercises.prescribed_to(connection, recording.patient_id),
    )
    return archived, {one.id: one for one in stored}


async def _keep(connection: AsyncConnection, found: FoundAgain, now: datetime) -> None:
    for one in found.sets:
        algorithm_id = await algorithms.ensure(connection, algorithm_of(one.params))
        await recounts.keep(connection, _recount(one, algorithm_id), now)


def _recount(one: SetNow, algorithm_id: UUID) -> Recount:
    return Recount(
        set_id=one.id,
        algorithm_id=algorithm_id,
        auto_reps=one.auto_reps,
        start_s=one.span.start_s,
        end_s=one.span.end_s,
        confidence=one.confidence,
        reps=one.reps,
        windows=one.windows,
        tremor=one.tremor,
        settled=one.settled,
    )


def _change(then: StoredSet, now: SetNow) -> Change:
    return Change(
        set_id=now.id,
        started_at=then.local_start,
        exercise=then.exercise,
        version_then=then.algorithm_version,
        reps_then=then.auto_reps or 0,
        reps_now=now.auto_reps,
        shaking_then=then.tremor.status if then.tremor else None,
        shaking_now=now.tremor.status,
        amp_then_ms2=then.tremor.amp_rms_ms2 if then.tremor else None,
        amp_now_ms2=now.tremor.amp_rms_ms2,
    )
