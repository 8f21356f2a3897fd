"""How long a sensor's link takes to be made, missed and made again, over the virtual radio.

bleak's API, the host, controller and link of bumble, and our supervisor as it is shipped; a board
with the open profile at the pace of life. The air is missing: a real sensor advertises more rarely
and answers at its connection interval, and a lost link shows after its supervision timeout.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from benchmarks.session import session
from sensors.ble import BleSource, LinkState
from sensors.samples import SampleBlock
from sensors.virtual.board import VirtualBoard, worn_board
from sensors.virtual.radio import Air, virtual_radio

RATE_HZ = 100.0
LOOKED_EVERY_S = 0.001
SETTLED_BLOCKS = 12
"""Past the first second, which is held back until it proved to hold gravity."""


@dataclass(frozen=True, slots=True)
class LinkTimes:
    """Of each round the ms: to be connected, nothing known; from a drop to its being noticed and
    to the next sample; from the last packet of a silent link to its being noticed."""

    connected_ms: tuple[float, ...]
    noticed_ms: tuple[float, ...]
    back_ms: tuple[float, ...]
    silence_ms: tuple[float, ...]


async def link_times(drops: int, silences: int) -> LinkTimes:
    """Connect, drop and fall silent so often; each in a connection of its own."""
    dropped = [await _round(VirtualBoard.drop_link) for _ in range(drops)]
    silent = [await _round(VirtualBoard.fall_silent) for _ in range(silences)]
    return LinkTimes(
        connected_ms=tuple(each.connected_ms for each in (*dropped, *silent)),
        noticed_ms=tuple(each.noticed_ms for each in dropped),
        back_ms=tuple(each.back_ms for each in dropped),
        silence_ms=tuple(each.noticed_ms for each in silent),
    )


@dataclass(frozen=True, slots=True)
class _Round:
    connected_ms: float
    noticed_ms: float
    back_ms: float


async def _round(fault: Callable[[VirtualBoard], None]) -> _Round:
    air = Air()
    async with virtual_radio(air) as radio, worn_board(air, session(RATE_HZ)) as board:
        begun_s = time.monotonic()
        async with BleSource(radio=radio) as source, aclosing(source.blocks()) as blocks:
            connected_s = time.monotonic()
            for _ in range(SETTLED_BLOCKS):
                await anext(blocks)
            fault(board)
            faulty_s = time.monotonic()
            noticing = asyncio.create_task(_noticed(source))
            await _until_back(source, blocks)
            back_s = time.monotonic()
            noticed_s = await noticing
    return _Round(
        1000 * (connected_s - begun_s), 1000 * (noticed_s - faulty_s), 1000 * (back_s - faulty_s)
    )


async def _noticed(source: BleSource) -> float:
    while source.status.state is not LinkState.LOST:  # noqa: ASYNC110 -- it tells nobody
        await asyncio.sleep(LOOKED_EVERY_S)
    return time.monotonic()


async def _until_back(source: BleSource, blocks: AsyncIterator[SampleBlock]) -> None:
    """What had come before the fault is still taken."""
    while True:
        await anext(blocks)
        if source.status.reconnects:
            return
