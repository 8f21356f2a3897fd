"""What a limb does all day that is no exercise and must not be counted."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

import numpy as np

from sensors.samples import FloatArray
from sensors.synthetic import gait, hands, resting
from sensors.synthetic.mounting import SensorParams
from sensors.synthetic.truth import Synthetic, Truth

Doing = Callable[[FloatArray, np.random.Generator], FloatArray]


class Activity(StrEnum):
    """What is done. WALKING_ABOUT is felt as the sensor's placement feels it."""

    WALKING = "walking"
    WALKING_ABOUT = "walking about"
    STAIRS = "stairs"
    LYING = "lying"
    BREATHING = "breathing"
    VEHICLE = "vehicle"
    RIDING_ALONG = "riding along"
    TYPING = "typing"
    DRINKING = "drinking"
    SIPPING = "sipping"
    EATING = "eating"
    BRUSHING_TEETH = "brushing teeth"
    STIRRING = "stirring"
    SCRATCHING = "scratching"
    BOUNCING_A_LEG = "bouncing a leg"
    CROSSING_LEGS = "crossing legs"
    HOLDING = "holding"
    HANDLING_THE_SENSOR = "handling the sensor"


def everyday(
    activity: Activity, duration_s: float, sensor: SensorParams | None = None, seed: int = 0
) -> Synthetic:
    """A stretch of everyday life as a sensor on a limb sees it; nothing in it is to be counted."""
    sensor, rng = sensor or SensorParams(), np.random.default_rng(seed)
    t_s = sensor.times(duration_s)
    acc_ms2 = _doing(activity, sensor.placement)(t_s, rng)
    return Synthetic(sensor.record(t_s, acc_ms2, rng), Truth())


def _doing(activity: Activity, placement: str | None) -> Doing:
    if activity is Activity.WALKING_ABOUT:
        return partial(gait.walking_about, gait.PARTS[placement or "thigh"])
    return _DOES[activity]


_DOES: dict[Activity, Doing] = {
    Activity.WALKING: partial(gait.stepping, gait.WALK),
    Activity.STAIRS: partial(gait.stepping, gait.CLIMB),
    Activity.LYING: resting.lying,
    Activity.BREATHING: resting.breathing,
    Activity.VEHICLE: resting.vehicle,
    Activity.RIDING_ALONG: resting.riding_along,
    Activity.TYPING: hands.typing,
    Activity.DRINKING: hands.drinking,
    Activity.SIPPING: hands.sipping,
    Activity.EATING: hands.eating,
    Activity.BRUSHING_TEETH: hands.brushing_teeth,
    Activity.STIRRING: hands.stirring,
    Activity.SCRATCHING: hands.scratching,
    Activity.BOUNCING_A_LEG: resting.bouncing_a_leg,
    Activity.CROSSING_LEGS: resting.crossing_legs,
    Activity.HOLDING: resting.holding,
    Activity.HANDLING_THE_SENSOR: resting.handling_the_sensor,
}
