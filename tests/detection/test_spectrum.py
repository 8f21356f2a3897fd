from functools import partial

import numpy as np
import pytest
from scipy.signal import windows

from detection.tremor.spectrum import LongSpectra, ShortSpectra, averaging, interpolating
from sensors.samples import FloatArray
from tests.detection.shaking_limb import OBLIQUE, seconds

RATE_HZ = 50.0
ALL_PASS = np.ones_like


def long_spectra() -> LongSpectra:
    return LongSpectra(RATE_HZ, 22.5, windows.dpss(200, 2.0, 3), ALL_PASS)


def wave(freq_hz: float, rms_ms2: float, direction: FloatArray = OBLIQUE) -> FloatArray:
    t_s = seconds(4, RATE_HZ)
    return np.sqrt(2) * rms_ms2 * np.sin(2 * np.pi * freq_hz * t_s + 0.4)[:, None] * direction


@pytest.mark.parametrize("freq_hz", [4.3, 8.0, 14.6])
def test_the_power_under_the_spectrum_is_the_mean_square(freq_hz: float) -> None:
    spectra = long_spectra()
    power = spectra.power(wave(freq_hz, 0.5)[None])
    assert power.sum() * spectra.step_hz == pytest.approx(0.25, rel=0.03)
    assert spectra.freq_hz[power[0].argmax()] == pytest.approx(freq_hz, abs=0.3)


def test_short_and_long_spectra_agree_about_noise() -> None:
    noise = np.random.default_rng(5).normal(0, 0.3, (40, 200, 3))
    short = ShortSpectra(62, RATE_HZ, 22.5, ALL_PASS)
    pieces = np.stack([noise[:, start : start + 62] for start in (0, 46, 92, 138)], axis=1)
    long_mean = long_spectra().power(noise)[:, 20:].mean()
    assert np.exp(short.log_power(pieces))[:, 10:].mean() == pytest.approx(long_mean, rel=0.05)
    assert long_mean == pytest.approx(3 * 0.09 / (RATE_HZ / 2), rel=0.05)


def test_orientation_changes_nothing() -> None:
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    shake = wave(7.0, 0.4)
    turned = long_spectra().power((shake @ turn.T)[None])
    assert np.allclose(turned, long_spectra().power(shake[None]), rtol=1e-9, atol=1e-15)


def test_one_stretch_among_many_gives_the_same_bits_as_alone() -> None:
    stretches = np.random.default_rng(2).normal(size=(9, 4, 62, 3))
    short = ShortSpectra(62, RATE_HZ, 22.5, ALL_PASS)
    together = short.log_power(stretches)
    alone = [short.log_power(one[None]) for one in stretches]
    assert np.array_equal(together, np.concatenate(alone))


def test_a_silent_axis_keeps_the_logarithm_finite() -> None:
    silence = np.zeros((1, 4, 62, 3))
    assert np.isfinite(ShortSpectra(62, RATE_HZ, 22.5, ALL_PASS).log_power(silence)).all()


def test_a_filter_before_the_spectrum_is_divided_out() -> None:
    halved = LongSpectra(
        RATE_HZ, 22.5, windows.dpss(200, 2.0, 3), partial(np.full_like, fill_value=0.5)
    )
    assert np.allclose(halved.power(wave(6, 1)[None]), 2 * long_spectra().power(wave(6, 1)[None]))


def test_averaging_and_interpolating_read_a_straight_line_exactly() -> None:
    freq_hz = np.arange(1.0, 20.0, 0.5)
    line = 3 - 2 * freq_hz
    assert line @ averaging(freq_hz, np.array([4.0]), np.array([6.0])) == pytest.approx(3 - 2 * 5.0)
    assert line @ interpolating(freq_hz, np.array([7.3])) == pytest.approx(3 - 2 * 7.3)
