"""A played recording arrives whole, in order and in time, and lets others run."""

import asyncio
import math
from collections.abc import AsyncIterator

import numpy as np
import pytest

from sensors.playback import PlaybackSource
from sensors.recording import Recording
from sensors.samples import SampleBlock
from sensors.sidecar import RecordingInfo
from sensors.source import SampleSource, StreamInfo


class PassingTime:
    """A clock that only sleeping and being busy move."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def clock(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now_s += seconds
        await asyncio.sleep(0)


def two_seconds(info: RecordingInfo | None = None) -> Recording:
    return Recording(50 + np.arange(200) / 100, np.zeros((200, 3)), 100, info or RecordingInfo())


async def taken(source: SampleSource) -> list[SampleBlock]:
    return [block async for block in source.blocks()]


@pytest.mark.parametrize("speed", [1.0, 20.0, math.inf])
async def test_all_samples_arrive_in_order(speed: float) -> None:
    time = PassingTime()
    recording = two_seconds()
    blocks = await taken(PlaybackSource(recording, speed, clock=time.clock, sleep=time.sleep))
    assert len(blocks) == 20
    np.testing.assert_array_equal(np.concatenate([b.t_s for b in blocks]), recording.t_s)
    np.testing.assert_array_equal(np.concatenate([b.acc_ms2 for b in blocks]), recording.acc_ms2)


@pytest.mark.parametrize(("speed", "lasts_s"), [(1.0, 1.99), (10.0, 0.199), (math.inf, 0.0)])
async def test_playing_takes_the_recording_divided_by_the_speed(
    speed: float, lasts_s: float
) -> None:
    time = PassingTime()
    await taken(PlaybackSource(two_seconds(), speed, clock=time.clock, sleep=time.sleep))
    assert time.now_s - 1000 == pytest.approx(lasts_s)


async def test_a_slow_listener_does_not_delay_the_rest() -> None:
    time = PassingTime()
    source = PlaybackSource(two_seconds(), clock=time.clock, sleep=time.sleep)
    async for block in source.blocks():
        if block.t_s[0] == 50:
            time.now_s += 1.0
    assert time.now_s - 1000 == pytest.approx(1.99)


async def test_no_block_comes_before_it_was_measured() -> None:
    time = PassingTime()
    source = PlaybackSource(two_seconds(), 4.0, clock=time.clock, sleep=time.sleep)
    async for block in source.blocks():
        assert (time.now_s - 1000) * 4 >= block.t_s[-1] - 50 - 1e-9


async def test_a_gap_is_waited_for() -> None:
    time = PassingTime()
    t_s = np.array([0.0, 0.01, 5.0, 5.01])
    source = PlaybackSource(
        Recording(t_s, np.zeros((4, 3)), 100), clock=time.clock, sleep=time.sleep
    )
    assert [len(block) for block in await taken(source)] == [2, 2]
    assert time.now_s - 1000 == pytest.approx(5.01)


async def test_at_full_speed_others_still_run() -> None:
    turns = ""

    async def note(blocks: AsyncIterator[SampleBlock], name: str) -> None:
        nonlocal turns
        async for _ in blocks:
            turns += name

    await asyncio.gather(
        note(PlaybackSource(two_seconds(), math.inf).blocks(), "a"),
        note(PlaybackSource(two_seconds(), math.inf).blocks(), "b"),
    )
    assert turns == "ab" * 20


def test_it_says_what_the_recording_is() -> None:
    info = RecordingInfo(100, "thigh", "left", "Polar H10", "bridge", 78)
    assert PlaybackSource(two_seconds(info)).info == StreamInfo(
        100, "Polar H10", "thigh", "left", "bridge"
    )


@pytest.mark.parametrize("speed", [0, -1, math.nan])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed must be positive"):
        PlaybackSource(two_seconds(), speed)
