"""A body that moves: seeded signals whose truth is known.

A limb turns about its joint and carries an accelerometer (`exercise`), smoothly or as people do
(`manner`), at the pace of a gym too (`gym`), may tremble (`tremor`), or does what is no exercise
(`everyday`: `gait`, `hands`, `resting`); the sensor sees it through its mounting, noise, steps and
range (`mounting`); straps slip and links drop (`mishaps`). The same seed always gives the same
samples, and a tremor or a set is the same movement at any sampling rate.
"""

from sensors.synthetic.everyday import Activity, everyday
from sensors.synthetic.exercise import LimbParams, SetScript, synthesize
from sensors.synthetic.gym import GymExercise, gym_set
from sensors.synthetic.manner import CARELESS, ORDINARY, Manner
from sensors.synthetic.mishaps import (
    arrive_in_bursts,
    drop_out,
    jitter_times,
    jump_clock,
    saturate,
    slip_strap,
    stick_axis,
)
from sensors.synthetic.mounting import SensorParams, random_rotation_deg
from sensors.synthetic.tremor import TremorScript
from sensors.synthetic.truth import Phase, RepTruth, Synthetic, TremorSpan, Truth, join

__all__ = [
    "CARELESS",
    "ORDINARY",
    "Activity",
    "GymExercise",
    "LimbParams",
    "Manner",
    "Phase",
    "RepTruth",
    "SensorParams",
    "SetScript",
    "Synthetic",
    "TremorScript",
    "TremorSpan",
    "Truth",
    "arrive_in_bursts",
    "drop_out",
    "everyday",
    "gym_set",
    "jitter_times",
    "join",
    "jump_clock",
    "random_rotation_deg",
    "saturate",
    "slip_strap",
    "stick_axis",
    "synthesize",
]
