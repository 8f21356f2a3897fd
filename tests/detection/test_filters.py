import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.tremor.filters import BandFilter, CausalFilter, band_sections, power_response
from tests.detection.shaking_limb import OBLIQUE, seconds, tilting

RATE_HZ = 200.0
SECTIONS = band_sections(2.0, 22.5, RATE_HZ, ripple_db=0.5, stop_db=50.0)
SIGNAL = tilting(seconds(6, RATE_HZ), 0.5, 40)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, len(SIGNAL)), max_size=12))
def test_any_partition_gives_the_same_bits(cuts: list[int]) -> None:
    whole = BandFilter(SECTIONS, 4).push(SIGNAL)
    parted = BandFilter(SECTIONS, 4)
    pieces = [parted.push(piece) for piece in np.split(SIGNAL, sorted(cuts))]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_a_stream_that_begins_at_rest_has_no_start_up_step() -> None:
    resting = np.tile([0.0, 0.0, 9.8], (400, 1))
    assert np.abs(CausalFilter(SECTIONS).push(resting)).max() < 1e-9


@pytest.mark.parametrize("freq_hz", [4.0, 8.0, 15.0])
def test_the_power_that_passes_is_the_power_response(freq_hz: float) -> None:
    t_s = seconds(20, RATE_HZ)
    wave = np.sin(2 * np.pi * freq_hz * t_s)[:, None] * OBLIQUE
    passed = BandFilter(SECTIONS, 4).push(wave)[500:]
    expected = power_response(SECTIONS, np.array([freq_hz]), RATE_HZ)[0] * wave.var()
    assert passed.var() == pytest.approx(expected, rel=0.01)


def test_what_would_fold_into_the_band_is_stopped() -> None:
    folding_hz = np.linspace(50 - 15, 100, 200)
    assert power_response(SECTIONS, folding_hz, RATE_HZ).max() < 2e-5
