"""Everyday life in which no set may be found."""

import pytest

from sensors.recording import Recording
from sensors.synthetic import Activity, SensorParams, everyday, random_rotation_deg
from tests.detection.streams import counts

WORN = {
    Activity.BREATHING: "waist",
    Activity.TYPING: "wrist",
    Activity.DRINKING: "wrist",
    Activity.SIPPING: "wrist",
    Activity.EATING: "wrist",
    Activity.BRUSHING_TEETH: "wrist",
    Activity.STIRRING: "wrist",
    Activity.SCRATCHING: "wrist",
}
"""Where the sensor sits; on a thigh in all else."""


def lived(activity: Activity, placement: str, seed: int, lasts_s: float) -> Recording:
    sensor = SensorParams(50.0, random_rotation_deg(seed), placement=placement)
    return everyday(activity, lasts_s, sensor, seed).recording


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "activity",
    [
        Activity.LYING,
        Activity.BREATHING,
        Activity.TYPING,
        Activity.DRINKING,
        Activity.SIPPING,
        Activity.EATING,
        Activity.CROSSING_LEGS,
        Activity.HOLDING,
        Activity.HANDLING_THE_SENSOR,
        Activity.VEHICLE,
        Activity.RIDING_ALONG,
        Activity.SCRATCHING,
    ],
)
def test_resting_and_handling_things_is_no_set(activity: Activity, seed: int) -> None:
    assert counts(lived(activity, WORN.get(activity, "thigh"), seed, 120.0)) == []


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "activity", [Activity.BRUSHING_TEETH, Activity.STIRRING, Activity.BOUNCING_A_LEG]
)
def test_a_fast_rhythm_is_no_set(activity: Activity, seed: int) -> None:
    assert counts(lived(activity, WORN.get(activity, "thigh"), seed, 60.0)) == []


@pytest.mark.parametrize("placement", ["thigh", "shank", "waist", "wrist"])
@pytest.mark.parametrize("seed", [1, 2])
def test_walking_about_is_no_set(placement: str, seed: int) -> None:
    assert counts(lived(Activity.WALKING_ABOUT, placement, seed, 70.0)) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_climbing_stairs_is_no_set(seed: int) -> None:
    assert counts(lived(Activity.STAIRS, "thigh", seed, 60.0)) == []
