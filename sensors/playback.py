"""A recording as a live source: at its own pace, faster, or as fast as it is taken."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from sensors.recording import Recording
from sensors.samples import SampleBlock
from sensors.source import StreamInfo

LIVE_BLOCK_S = 0.1
"""How often a live sensor delivers; Bluetooth devices send 4-15 packets a second."""


class PlaybackSource:
    """Plays a recording block by block, each when its last sample would have been measured.

    speed: how many times faster than life; `math.inf` gives each block at once.
    block_s: the length of the blocks.
    clock, sleep: seconds that pass and a way to wait for them.
    Pauses never add up: a block that is late makes the next wait shorter.
    """

    def __init__(
        self,
        recording: Recording,
        speed: float = 1.0,
        block_s: float = LIVE_BLOCK_S,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be positive, got {speed}")
        self._recording = recording
        self._speed = speed
        self._block_s = block_s
        self._clock = clock
        self._sleep = sleep

    @property
    def info(self) -> StreamInfo:
        """What is known of the recording."""
        known = self._recording.info
        return StreamInfo(
            rate_hz=self._recording.rate_hz,
            device=known.device,
            placement=known.placement,
            side=known.side,
            exercise=known.exercise,
        )

    async def blocks(self) -> AsyncIterator[SampleBlock]:
        """The recording's blocks in time; a gap of the recording is waited for as well."""
        started = self._clock()
        for block in self._recording.blocks(self._block_s):
            due = started + self._played_s(block)
            # Even a block that is due waits for one turn of the loop, or nobody else would run.
            await self._sleep(max(0.0, due - self._clock()))
            yield block

    def _played_s(self, block: SampleBlock) -> float:
        if math.isinf(self._speed):
            return 0.0
        return float(block.t_s[-1] - self._recording.t_s[0]) / self._speed
