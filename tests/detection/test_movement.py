"""Counts whatever the movement: its range, its bumps, its sides, its shaking; nothing given."""

from dataclasses import replace

import pytest

from sensors.synthetic import (
    LimbParams,
    SensorParams,
    SetScript,
    TremorScript,
    random_rotation_deg,
    synthesize,
)
from tests.detection.streams import counts

SLOW = SetScript()


@pytest.mark.parametrize("range_deg", [1.5, 2.0, 3.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_counts_a_range_of_three_degrees_and_less(range_deg: float, seed: int) -> None:
    """Pelvic tilts; the limb lies on a mat, so that it sways less than a free one."""
    script = replace(SLOW, range_deg=range_deg, hold_s=2.0)
    limb = LimbParams(sway_deg=0.1)
    assert counts(synthesize(script, limb, seed=seed).recording) == [10]


def test_counts_small_tilts_of_a_limb_that_sways() -> None:
    assert counts(synthesize(replace(SLOW, range_deg=3.0), seed=2).recording) == [10]


@pytest.mark.parametrize("range_deg", [10.0, 40.0])
@pytest.mark.parametrize("last", [0.4, 1.6])
def test_counts_while_the_range_fades_or_grows(range_deg: float, last: float) -> None:
    script = replace(SLOW, range_deg=range_deg, range_drift=last)
    assert counts(synthesize(script, seed=2).recording) == [10]


@pytest.mark.parametrize("dip", [0.15, 0.3, 0.5])
@pytest.mark.parametrize("hold_s", [1.0, 2.0, 4.0])
def test_two_bumps_are_one_repetition(dip: float, hold_s: float) -> None:
    script = replace(SLOW, dip=dip, hold_s=hold_s)
    assert counts(synthesize(script, seed=2).recording) == [10]


@pytest.mark.parametrize("rep", [0, 5, 9])
@pytest.mark.parametrize("share", [0.25, 0.4])
def test_a_repetition_turned_back_early_is_not_counted(share: float, rep: int) -> None:
    script = replace(SLOW, partial_rep=rep, partial_share=share)
    assert counts(synthesize(script, seed=3).recording) == [9]


@pytest.mark.parametrize("share", [1.0, 0.8])
@pytest.mark.parametrize("seed", [2, 3])
def test_sides_that_feel_alike_count_each(share: float, seed: int) -> None:
    script = replace(SLOW, other_side_share=share)
    assert counts(synthesize(script, seed=seed).recording) == [10]


@pytest.mark.parametrize("share", [0.0, 0.1, -0.1])
def test_a_side_that_is_hardly_felt_is_not_counted(share: float) -> None:
    script = replace(SLOW, other_side_share=share, reps=16)
    assert counts(synthesize(script, seed=2).recording) == [8]


@pytest.mark.parametrize("share", [-1.0, -0.5])
def test_sides_that_go_opposite_ways_count_each_or_each_pair(share: float) -> None:
    """Knee rolling: whether there and back again is one or two is the exercise's definition."""
    script = replace(SLOW, other_side_share=share, reps=16)
    (count,) = counts(synthesize(script, seed=2).recording)
    assert count in (8, 16)


@pytest.mark.parametrize("freq_hz", [4.0, 6.0, 9.0])
@pytest.mark.parametrize("range_deg", [8.0, 40.0])
def test_counts_shaking_legs(freq_hz: float, range_deg: float) -> None:
    """Strong shaking, 0.8 m/s², as large as what 5° of tilt do to gravity."""
    script = SetScript(reps=8, concentric_s=3.0, eccentric_s=3.0, range_deg=range_deg)
    shaking = TremorScript(freq_hz=freq_hz, amp_rms_ms2=0.8, growth=2.0)
    assert counts(synthesize(script, tremor=shaking, seed=2).recording) == [8]


@pytest.mark.parametrize("seed", range(6))
def test_counts_however_the_sensor_is_turned(seed: int) -> None:
    sensor = SensorParams(rotation_deg=random_rotation_deg(seed))
    assert counts(synthesize(SLOW, sensor=sensor, seed=3).recording) == [10]


def test_a_turn_about_the_vertical_is_not_guessed_at() -> None:
    """Gravity does not see it; what is left is sway, which must not be taken for a set."""
    unseen = LimbParams(rest_up=(0.0, 0.0, 1.0))
    assert counts(synthesize(SLOW, unseen, seed=1).recording) in ([], [10])
