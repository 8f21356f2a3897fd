"""What a stored set's signal shows on looking again: tilt, frequencies, shaking, likeness."""

import asyncio
from collections.abc import Sequence

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.events import Rep
from detection.exercises import EXERCISES
from detection.reference import Comparison, NoReference, Reference, compare, reference_of
from detection.sampling import sampling
from detection.tremor.phases import shaking_by_phase
from detection.tremor.spectrogram import Spectrogram, spectrogram
from sensors.samples import SampleBlock
from server.store import recordings, sets
from server.store.sets import StoredSet
from server.store.shaking import Settled
from server.tilt import TiltSignal, tilt_signal

MARGIN_S = 1.0
"""Signal around the set, so that its edges are smoothed like its middle."""
AROUND_S = 5.0
"""The same for its shaking: what is usual about a moment is told by two seconds around it."""


async def settled(connection: AsyncConnection, stored: StoredSet) -> Settled | None:
    """What the signal around a set tells of it; None where none is kept."""
    blocks = await _blocks(connection, stored, AROUND_S)
    if not blocks or stored.start_s is None or stored.end_s is None:
        return None
    reps = await sets.reps_of(connection, stored.id)
    return await asyncio.to_thread(settled_by, blocks, reps, stored.start_s, stored.end_s)


def settled_by(
    blocks: Sequence[SampleBlock], reps: Sequence[Rep], start_s: float, end_s: float
) -> Settled:
    """What the blocks around a set `[start_s, end_s)` tell of it."""
    around = _joined(blocks)
    during_s = around.t_s[(around.t_s >= start_s) & (around.t_s < end_s)]
    return Settled(shaking_by_phase(around, reps), sampling(during_s, around.rate_hz))


def _joined(blocks: Sequence[SampleBlock]) -> SampleBlock:
    t_s = np.concatenate([block.t_s for block in blocks])
    acc_ms2 = np.concatenate([block.acc_ms2 for block in blocks])
    return SampleBlock(t_s, acc_ms2, blocks[0].rate_hz)


async def _blocks(
    connection: AsyncConnection, stored: StoredSet, around_s: float
) -> list[SampleBlock]:
    """The signal of a set and so much around it; none where no sensor took part."""
    if stored.recording_id is None or stored.start_s is None or stored.end_s is None:
        return []
    chunks = await recordings.chunks_between(
        connection, stored.recording_id, stored.start_s - around_s, stored.end_s + around_s
    )
    return [chunk.block for chunk in chunks]


async def spectra(connection: AsyncConnection, stored: StoredSet) -> Spectrogram | None:
    """What moved at which frequency during a set; None where it cannot be told."""
    blocks = await _blocks(connection, stored, AROUND_S)
    return await asyncio.to_thread(lambda: spectrogram(_joined(blocks))) if blocks else None


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


async def reference(connection: AsyncConnection, stored: StoredSet) -> Reference:
    """What others are to be like, were this set the good one. Raises NoReference."""
    blocks = await _blocks(connection, stored, AROUND_S)
    if not blocks:
        raise NoReference("no sensor saw this set")
    reps = await sets.reps_of(connection, stored.id)
    exercise = stored.exercise if stored.exercise in EXERCISES else None
    return await asyncio.to_thread(lambda: reference_of(_joined(blocks), reps, exercise))


async def beside(
    connection: AsyncConnection, stored: StoredSet, good: Reference
) -> Comparison | None:
    """A set beside a good one; None where there is nothing to compare."""
    blocks = await _blocks(connection, stored, AROUND_S)
    reps = await sets.reps_of(connection, stored.id)
    if not blocks:
        return None
    try:
        return await asyncio.to_thread(lambda: compare(good, _joined(blocks), reps))
    except NoReference:  # the signal of a part of the set is lost
        return None
