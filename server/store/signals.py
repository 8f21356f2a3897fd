"""A stored set's signal as a curve."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from server.store import recordings, sets
from server.store.sets import StoredSet
from server.tilt import TiltSignal, tilt_signal

MARGIN_S = 1.0
"""Signal around the set, so that its edges are smoothed like its middle."""


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
