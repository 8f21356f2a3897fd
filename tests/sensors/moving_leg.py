"""A leg that moves and shakes, and how a test listens to it."""

import asyncio
from contextlib import aclosing

import numpy as np

from sensors.recording import Recording
from sensors.samples import STANDARD_GRAVITY_MS2, SampleBlock
from sensors.source import SampleSource

RATE_HZ = 200.0
MG_MS2 = STANDARD_GRAVITY_MS2 / 1000


def a_moving_leg(duration_s: float, rate_hz: float = RATE_HZ) -> Recording:
    t_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    tilt = 0.5 * np.sin(2 * np.pi * 0.3 * t_s)
    shaking_ms2 = 0.4 * np.sin(2 * np.pi * 9.0 * t_s)
    acc_ms2 = STANDARD_GRAVITY_MS2 * np.column_stack([np.sin(tilt), 0 * t_s, np.cos(tilt)])
    acc_ms2[:, 1] += shaking_ms2
    return Recording(t_s, acc_ms2, rate_hz)


async def listen(sensor: SampleSource, until_s: float) -> Recording:
    """Take what comes until stream time `until_s`."""
    blocks: list[SampleBlock] = []
    async with asyncio.timeout(20), aclosing(sensor.blocks()) as stream:
        async for block in stream:
            blocks.append(block)
            if block.t_s[-1] >= until_s:
                break
    return Recording(
        np.concatenate([block.t_s for block in blocks]),
        np.concatenate([block.acc_ms2 for block in blocks]),
        blocks[0].rate_hz,
    )


def assert_equals(heard: Recording, played: Recording) -> None:
    """Within the wire's 1 mg and nanoseconds; sample k of what was heard is that of its time."""
    k = np.rint(heard.t_s * played.rate_hz).astype(int)
    played_here = k < len(played)
    np.testing.assert_allclose(heard.t_s, k / played.rate_hz, atol=1e-6)
    difference_ms2 = heard.acc_ms2[played_here] - played.acc_ms2[k[played_here]]
    assert np.abs(difference_ms2).max() <= 0.5001 * MG_MS2
