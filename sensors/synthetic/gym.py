"""Movement as in a gym: fast, with impacts, with sides that differ, against a band."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sensors.synthetic.exercise import LimbParams, SetScript, synthesize
from sensors.synthetic.manner import Manner
from sensors.synthetic.mounting import SensorParams
from sensors.synthetic.truth import Synthetic

STANDING = (1.0, 0.0, 0.0)


class GymExercise(StrEnum):
    """What is done, and where the sensor sits."""

    JUMPING_JACK_WRIST = "jumping jack, wrist"
    JUMPING_JACK_THIGH = "jumping jack, thigh"
    LUNGE = "lunge, thigh"
    LUNGE_WRIST = "lunge, wrist"
    SQUAT = "squat, thigh"
    SQUAT_WAIST = "squat, waist"
    HEEL_RAISE = "heel raise, shank"
    BAND_PULL = "band pull, wrist"
    CURL = "curl, wrist"
    STEP_UP = "step-up, thigh"


@dataclass(frozen=True, slots=True)
class Movement:
    """How an exercise is done, and how the limb hangs before it."""

    script: SetScript
    limb: LimbParams
    manner: Manner


def gym_set(
    exercise: GymExercise, reps: int, sensor: SensorParams | None = None, seed: int = 0
) -> Synthetic:
    """A set of an exercise with its truth; sides that alternate count each."""
    how = _DONE[exercise]
    script = replace(how.script, reps=reps)
    return synthesize(script, how.limb, sensor, None, seed, how.manner)


def _limb(length_m: float, rest_up: tuple[float, float, float] = STANDING) -> LimbParams:
    return LimbParams(length_m, rest_up, sway_deg=0.8)


_JACK = SetScript(concentric_s=0.43, hold_s=0.02, eccentric_s=0.43, rest_s=0.02, range_deg=150)
_LUNGE = SetScript(
    concentric_s=1.1, hold_s=0.2, eccentric_s=1.0, rest_s=0.6, range_deg=75, jitter=0.1,
)  # fmt: skip
_SQUAT = SetScript(
    concentric_s=1.1, hold_s=0.3, eccentric_s=1.0, rest_s=0.5, range_deg=75, jitter=0.08
)
_PEOPLE = Manner(return_sd=0.05, roll_share=0.2, hesitation=0.1)
_DONE: dict[GymExercise, Movement] = {
    # 0.9 s; feet land twice, apart and together; impacts on the thigh of 2 to 3 g
    GymExercise.JUMPING_JACK_WRIST: Movement(
        _JACK, _limb(0.45), replace(_PEOPLE, landing_ms2=8.0, turn_jolt_ms2=8.0)
    ),
    GymExercise.JUMPING_JACK_THIGH: Movement(
        replace(_JACK, range_deg=25),
        _limb(0.3),
        replace(_PEOPLE, landing_ms2=22.0, turn_jolt_ms2=22.0),
    ),
    # the thigh of the leg in front flexes, of the one behind extends a little
    GymExercise.LUNGE: Movement(
        replace(_LUNGE, other_side_share=-0.3),
        _limb(0.3),
        replace(_PEOPLE, landing_ms2=5.0, turn_jolt_ms2=3.0),
    ),
    # hands on the hips: the trunk leans to both sides, less to one
    GymExercise.LUNGE_WRIST: Movement(
        replace(_LUNGE, range_deg=12, other_side_share=0.6),
        _limb(0.5),
        replace(_PEOPLE, landing_ms2=4.0, turn_jolt_ms2=3.0),
    ),
    GymExercise.SQUAT: Movement(_SQUAT, _limb(0.3), _PEOPLE),
    GymExercise.SQUAT_WAIST: Movement(replace(_SQUAT, range_deg=25), _limb(0.3), _PEOPLE),
    GymExercise.HEEL_RAISE: Movement(
        replace(_SQUAT, concentric_s=0.6, eccentric_s=0.7, rest_s=0.3, range_deg=8),
        _limb(0.35),
        replace(_PEOPLE, landing_ms2=2.0),
    ),
    # the band pulls back: the arm gives way and is drawn in once more
    GymExercise.BAND_PULL: Movement(
        replace(_SQUAT, hold_s=1.0, range_deg=40, dip=0.55), _limb(0.5), _PEOPLE
    ),
    GymExercise.CURL: Movement(
        replace(_SQUAT, concentric_s=0.9, eccentric_s=1.2, rest_s=0.2, range_deg=130),
        _limb(0.25),
        _PEOPLE,
    ),
    GymExercise.STEP_UP: Movement(
        replace(_LUNGE, concentric_s=0.7, eccentric_s=0.7, other_side_share=0.35, range_deg=60),
        _limb(0.3),
        replace(_PEOPLE, landing_ms2=6.0, turn_jolt_ms2=4.0),
    ),
}
