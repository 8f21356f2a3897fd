"""What a stored set's signal shows on looking again: the tilt as a curve, shaking by phase."""

import asyncio
from collections.abc import Sequence

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.events import Rep
from detection.tremor.phases import SetShaking, shaking_by_phase
from sensors.chunks import Chunk
from sensors.samples import SampleBlock
from server.store import recordings, sets
from server.store.sets import StoredSet
from server.tilt import TiltSignal, tilt_signal

MARGIN_S = 1.0
"""Signal around the set, so that its edges are smoothed like its middle."""
AROUND_S = 5.0
"""The same for its shaking: what is usual about a moment is told by two seconds around it."""


async def shaking(
    connection: AsyncConnection, stored: StoredSet, reps: Sequence[Rep]
) -> SetShaking | None:
    """The shaking by phase of the repetitions; None where it cannot be measured."""
    if stored.recording_id is None or stored.start_s is None or stored.end_s is None:
        return None
    chunks = await recordings.chunks_between(
        connection, stored.recording_id, stored.start_s - AROUND_S, stored.end_s + AROUND_S
    )
    return await asyncio.to_thread(_by_phase, chunks, reps) if chunks else None


def _by_phase(chunks: Sequence[Chunk], reps: Sequence[Rep]) -> SetShaking | None:
    t_s = np.concatenate([chunk.block.t_s for chunk in chunks])
    acc_ms2 = np.concatenate([chunk.block.acc_ms2 for chunk in chunks])
    return shaking_by_phase(SampleBlock(t_s, acc_ms2, chunks[0].block.rate_hz), reps)


async def tilt(connection: AsyncConnection, stored: StoredSet) -> TiltSignal | None:
    """The tilt during a set; None for a set counted by hand."""
    if stored.recording_id is None or stored.start_s is None or stored.end_s is None:
        return None
    chunks = await recordings.chunks_between(
        connection, stored.recording_id, stored.start_s - MARGIN_S, stored.end_s + MARGIN_S
    )
    reps = await sets.reps_of(connection, stored.id)
    rest_s = [rep.start_s for rep in reps]
    return await asyncio.to_thread(tilt_signal, chunks, stored.start_s, stored.end_s, rest_s)
