"""How evenly samples came."""

import numpy as np
import pytest

from detection.sampling import sampling


def test_even_samples_have_their_rate_and_no_jitter() -> None:
    found = sampling(np.arange(1000) / 104, 100.0)
    assert found.effective_rate_hz == pytest.approx(104)
    assert found.jitter_ms == pytest.approx(0, abs=1e-9)
    assert found.gap_s == 0


def test_uneven_samples_tell_by_how_much() -> None:
    t_s = np.arange(5000) / 100 + np.random.default_rng(0).uniform(-0.002, 0.002, 5000)
    found = sampling(t_s, 100.0)
    assert found.jitter_ms == pytest.approx(2 * np.sqrt(2) / np.sqrt(3), rel=0.05)
    assert found.effective_rate_hz == pytest.approx(100, rel=0.001)


def test_a_hole_is_a_gap_and_neither_rate_nor_jitter() -> None:
    t_s = np.arange(1000) / 100
    t_s[400:] += 0.8
    found = sampling(t_s, 100.0)
    assert found.gap_s == pytest.approx(0.81)
    assert found.effective_rate_hz == pytest.approx(100)
    assert found.jitter_ms == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("samples", [0, 1])
def test_of_fewer_than_two_samples_nothing_is_known(samples: int) -> None:
    found = sampling(np.zeros(samples), 100.0)
    assert (found.effective_rate_hz, found.jitter_ms, found.gap_s) == (None, None, 0)
