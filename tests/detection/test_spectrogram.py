"""What moves at which frequency, moment by moment."""

import numpy as np
import pytest

from detection.tremor.spectrogram import spectrogram
from sensors.samples import SampleBlock
from tests.detection.shaking_limb import OBLIQUE, resting, seconds, shaking, tilting


def a_block(rate_hz: float = 100.0, amp_ms2: float = 0.4) -> SampleBlock:
    """Reps of four seconds; from 10 to 20 s it shakes at 8 Hz."""
    t_s = seconds(30, rate_hz)
    shakes = ((t_s >= 10) & (t_s < 20))[:, None] * shaking(t_s, 8, amp_ms2)
    return SampleBlock(t_s, tilting(t_s, 0.25, 40) + shakes, rate_hz)


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 200.0])
def test_shaking_stands_out_where_and_when_it_is(rate_hz: float) -> None:
    found = spectrogram(a_block(rate_hz))
    assert found is not None
    during = (found.t_s > 11) & (found.t_s < 19)
    at_8, at_14 = (np.abs(found.freq_hz - hz) < 0.7 for hz in (8, 14))
    over_db = found.level_db[during][:, at_8].mean() - found.level_db[during][:, at_14].mean()
    before_db = found.level_db[~during][:, at_8].mean()
    assert over_db > 20
    assert found.level_db[during][:, at_8].mean() - before_db > 20


def test_the_level_is_the_power_in_a_hertz() -> None:
    """A sine of 1 m/s² RMS: integrated over its line, 1 (m/s²)²."""
    t_s = seconds(10)
    wave = np.sqrt(2) * np.sin(2 * np.pi * 9 * t_s)
    found = spectrogram(SampleBlock(t_s, resting(t_s) + wave[:, None] * OBLIQUE, 100.0))
    assert found is not None
    power = 10 ** (found.level_db / 10)
    total = power.sum(axis=1) * (found.freq_hz[1] - found.freq_hz[0])
    assert np.median(total) == pytest.approx(1.0, rel=0.05)


def test_there_is_a_moment_every_fifth_of_a_second_and_none_in_a_hole() -> None:
    block = a_block()
    kept = (block.t_s < 12) | (block.t_s >= 15)
    found = spectrogram(SampleBlock(block.t_s[kept], block.acc_ms2[kept], 100.0))
    assert found is not None
    assert np.median(np.diff(found.t_s)) == pytest.approx(0.2)
    assert not ((found.t_s > 11.6) & (found.t_s < 15.4)).any()
    assert found.level_db.shape == (len(found.t_s), len(found.freq_hz))


@pytest.mark.parametrize(("rate_hz", "samples"), [(25.0, 700), (100.0, 99), (100.0, 0)])
def test_of_too_slow_or_too_short_a_signal_there_is_none(rate_hz: float, samples: int) -> None:
    block = a_block(rate_hz)
    piece = SampleBlock(block.t_s[:samples], block.acc_ms2[:samples], rate_hz)
    assert spectrogram(piece) is None
