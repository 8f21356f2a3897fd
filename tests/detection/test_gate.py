"""What the gate sees of a set, and how it answers."""

from dataclasses import replace

import numpy as np
import pytest

from detection.counting.gate import GateParams, is_exercise, may_be_exercise, passes
from detection.counting.set_features import SetFeatures, features_of
from detection.counting.template import Segment
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray

RATE_HZ = 25.0
LEG_RAISE = SetFeatures(
    seconds=4.0,
    rms_ms2=2.0,
    beat_hz=0.4,
    footfalls=0.0,
    retraced=0.98,
    apart=0.3,
    wander=0.1,
    uneven=0.06,
    outside=0.05,
)
CURL = LEG_RAISE._replace(seconds=2.0, beat_hz=0.8)
PARAMS = GateParams()


def swinging(tilt_deg: FloatArray) -> FloatArray:
    """(n, 3) of a limb that tilts so slowly that only gravity is felt."""
    tilt = np.radians(tilt_deg)
    up = np.column_stack((np.sin(tilt), np.cos(tilt), np.zeros(len(tilt))))
    return np.asarray(STANDARD_GRAVITY_MS2 * up)


def there_and_back(seconds: float, reps: int, rest_s: float = 6.0) -> FloatArray:
    """(n,) degrees: rest, repetitions of 30 degrees without a stop, rest."""
    t_s = np.arange(0, seconds * reps, 1 / RATE_HZ)
    rest = np.zeros(int(rest_s * RATE_HZ))
    return np.concatenate((rest, 15 - 15 * np.cos(2 * np.pi * t_s / seconds), rest))


def cut(seconds: float, reps: int, first_s: float = 6.0) -> list[Segment]:
    starts = (first_s + seconds * np.arange(reps)) * RATE_HZ
    return [Segment(float(start), float(start + seconds * RATE_HZ), 1.0) for start in starts]


def seen(grid_ms2: FloatArray, seconds: float = 4.0, reps: int = 5) -> SetFeatures:
    return features_of(grid_ms2, cut(seconds, reps), RATE_HZ)


def test_a_limb_that_goes_there_and_back_is_retraced_even_and_still_outside() -> None:
    features = seen(swinging(there_and_back(4.0, 5)))
    assert features.seconds == 4.0
    assert features.beat_hz == pytest.approx(0.25, rel=0.1)
    assert features.retraced > 0.99
    assert max(features.apart, features.wander, features.uneven) < 0.02
    assert features.outside < 0.02


def test_a_circle_is_not_retraced() -> None:
    phase = 2 * np.pi * np.arange(0, 32, 1 / RATE_HZ) / 4
    around = np.column_stack((np.cos(phase), np.sin(phase), np.full(len(phase), 9.81)))
    assert seen(around).retraced < 0.01


def test_what_goes_on_before_and_after_is_seen_outside() -> None:
    phase = 2 * np.pi * np.arange(0, 32, 1 / RATE_HZ) / 4
    assert seen(swinging(15 * np.sin(phase))).outside > 0.7


def test_two_impacts_to_a_swing_are_footfalls() -> None:
    grid_ms2 = swinging(there_and_back(1.0, 12))
    at = np.arange(0, 12, 0.5) + 6.1
    t_s = np.arange(len(grid_ms2)) / RATE_HZ
    jolts = np.exp(-(((t_s[:, None] - at) / 0.05) ** 2)).sum(axis=1)
    stepped = grid_ms2 * (1 + 0.3 * jolts[:, None])
    assert seen(stepped, 1.0, 12).footfalls > 0.8


def test_a_posture_that_is_not_found_again_wanders() -> None:
    grid_ms2 = swinging(there_and_back(4.0, 5))
    steps = np.repeat([0, 5, -4, 6, -5, 4, 0], 4 * int(RATE_HZ))
    away = np.zeros_like(grid_ms2)
    away[50 : 50 + len(steps), 2] = steps
    assert seen(grid_ms2 + away).wander > 0.5


@pytest.mark.parametrize("slips", [1, 2])
def test_a_strap_that_slips_does_not_wander(slips: int) -> None:
    grid_ms2 = swinging(there_and_back(4.0, 8))
    for slip in range(slips):
        grid_ms2[int((14 + 12 * slip) * RATE_HZ) :] += np.array([0.0, 0.0, 5.0])
    assert seen(grid_ms2, 4.0, 8).wander < 0.05


def test_sides_that_take_turns_do_not_wander() -> None:
    grid_ms2 = swinging(there_and_back(4.0, 6))
    is_left = (np.arange(len(grid_ms2)) / RATE_HZ - 6) // 4 % 2 == 1
    grid_ms2[is_left] += np.array([0.0, 0.0, 3.0])
    assert seen(grid_ms2, 4.0, 6).wander < 0.05


def test_repetitions_at_odd_times_are_uneven() -> None:
    starts = np.array([6.0, 10.0, 17.0, 21.5, 30.0]) * RATE_HZ
    segments = [Segment(float(s), float(s + 4 * RATE_HZ), 1.0) for s in starts]
    assert features_of(np.ones((1000, 3)), segments, RATE_HZ).uneven > 0.4


@pytest.mark.parametrize("exercise", [LEG_RAISE, CURL])
def test_even_movement_there_and_back_is_exercise(exercise: SetFeatures) -> None:
    assert passes(exercise, PARAMS)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(LEG_RAISE._replace(rms_ms2=0.05), id="nothing moved"),
        pytest.param(LEG_RAISE._replace(rms_ms2=0.12, outside=0.9), id="breath"),
        pytest.param(LEG_RAISE._replace(wander=0.9), id="another posture every time"),
        pytest.param(LEG_RAISE._replace(uneven=0.8), id="at odd times"),
        pytest.param(CURL._replace(seconds=0.7, beat_hz=3.5), id="rubbing"),
        pytest.param(
            CURL._replace(seconds=1.1, beat_hz=1.6, footfalls=0.8, retraced=0.75), id="walking"
        ),
        pytest.param(CURL._replace(seconds=0.8, beat_hz=1.2, retraced=0.1), id="stirring"),
    ],
)
def test_what_else_repeats_is_none(other: SetFeatures) -> None:
    assert not passes(other, PARAMS)


@pytest.mark.parametrize(
    "small",
    [
        pytest.param(LEG_RAISE._replace(rms_ms2=0.12), id="begins or ends in stillness"),
        pytest.param(
            LEG_RAISE._replace(rms_ms2=0.12, seconds=9.0, outside=1.0), id="slower than breath"
        ),
    ],
)
def test_what_is_as_small_as_breath_may_be_exercise(small: SetFeatures) -> None:
    assert passes(small, PARAMS)


def test_two_are_no_set_however_alike() -> None:
    grid_ms2 = swinging(there_and_back(4.0, 5))
    assert not is_exercise(grid_ms2, cut(4.0, 2), RATE_HZ, PARAMS)
    assert not may_be_exercise(grid_ms2, cut(4.0, 2), RATE_HZ, PARAMS)
    assert is_exercise(grid_ms2, cut(4.0, 3), RATE_HZ, PARAMS)


def test_a_set_that_goes_on_has_the_benefit_of_a_doubt() -> None:
    grid_ms2, segments = swinging(there_and_back(4.0, 5)), cut(4.0, 5)
    doubtful = replace(PARAMS, even_weights=(-PARAMS.doubt / 2, 0.0, 0.0))
    assert not is_exercise(grid_ms2, segments, RATE_HZ, doubtful)
    assert may_be_exercise(grid_ms2, segments, RATE_HZ, doubtful)
