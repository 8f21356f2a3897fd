"""A block is validated once, where it is made, and cannot change afterwards."""

import numpy as np
import pytest

from sensors.errors import InvalidSamples
from sensors.samples import SampleBlock


def block(t_s: object, acc_ms2: object, rate_hz: float = 100.0) -> SampleBlock:
    return SampleBlock(np.array(t_s, float), np.array(acc_ms2, float), rate_hz)


def test_arrays_cannot_be_written() -> None:
    made = block([0.0, 0.01], [[0, 0, 9.8]] * 2)
    with pytest.raises(ValueError, match="read-only"):
        made.t_s[0] = 5.0
    with pytest.raises(ValueError, match="read-only"):
        made.acc_ms2[0, 0] = 5.0


def test_a_block_does_not_follow_the_array_it_was_made_from() -> None:
    t_s, acc_ms2 = np.array([0.0, 0.01]), np.zeros((2, 3))
    made = SampleBlock(t_s, acc_ms2, 100.0)
    t_s[0], acc_ms2[0, 0] = -1.0, 7.0
    assert made.t_s[0] == 0.0
    assert made.acc_ms2[0, 0] == 0.0


def test_read_only_arrays_are_shared_not_copied() -> None:
    first = block(np.arange(10.0), np.zeros((10, 3)))
    part = SampleBlock(first.t_s[2:5], first.acc_ms2[2:5], 100.0)
    assert np.shares_memory(first.acc_ms2, part.acc_ms2)


def test_an_empty_block_is_a_block() -> None:
    assert len(block([], np.zeros((0, 3)))) == 0


def test_single_precision_becomes_double() -> None:
    made = SampleBlock(np.arange(2, dtype="f4"), np.ones((2, 3), "f4"), 50)
    assert made.t_s.dtype == made.acc_ms2.dtype == np.float64
    assert isinstance(made.rate_hz, float)


@pytest.mark.parametrize(
    ("t_s", "acc_ms2", "rate_hz", "problem"),
    [
        ([[0.0]], [[0, 0, 9.8]], 100, r"t_s must have shape \(n,\), got \(1, 1\)"),
        ([0.0], [0, 0, 9.8], 100, r"acc_ms2 must have shape \(1, 3\), got \(3,\)"),
        ([0.0], [[0, 0, 9.8]] * 2, 100, r"acc_ms2 must have shape \(1, 3\), got \(2, 3\)"),
        ([0.0, 0.0], [[0, 0, 9.8]] * 2, 100, "t_s must increase, got 0.000000 s after 0.000000 s"),
        ([1.0, 0.5], [[0, 0, 9.8]] * 2, 100, "t_s must increase, got 0.500000 s after 1.000000 s"),
        ([np.nan], [[0, 0, 9.8]], 100, "t_s must be finite"),
        ([0.0], [[0, np.inf, 9.8]], 100, "acc_ms2 must be finite"),
        ([0.0], [[0, 0, 9810.0]], 100, "no body-worn sensor can measure"),
        ([0.0], [[0, 0, 9.8]], 0, "rate_hz must be a positive number"),
        ([0.0], [[0, 0, 9.8]], np.nan, "rate_hz must be a positive number"),
    ],
)
def test_what_no_measurement_could_be_is_refused(
    t_s: object, acc_ms2: object, rate_hz: float, problem: str
) -> None:
    with pytest.raises(InvalidSamples, match=problem):
        block(t_s, acc_ms2, rate_hz)
