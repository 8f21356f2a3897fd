"""The synthetic body does what people do, at the sizes and paces that are published."""

from dataclasses import replace

import numpy as np
import pytest

from sensors.recording import Recording
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray
from sensors.synthetic import (
    Activity,
    GymExercise,
    LimbParams,
    Manner,
    SensorParams,
    SetScript,
    everyday,
    gym_set,
    synthesize,
)
from sensors.synthetic.motion import Waypoint

PERFECT = SensorParams(noise_ms2=0.0, step_ms2=0.0)
STILL = LimbParams(sway_deg=0.0)


def tilt_deg(recording: Recording) -> FloatArray:
    """Tilt against the first sample, (n,)."""
    unit = recording.acc_ms2 / np.linalg.norm(recording.acc_ms2, axis=1)[:, np.newaxis]
    return np.degrees(np.arccos(np.clip(unit @ unit[0], -1, 1)))


def peak_hz(recording: Recording, low_hz: float, high_hz: float) -> float:
    """Where most of the power of all axes lies between two frequencies."""
    moved = recording.acc_ms2 - recording.acc_ms2.mean(axis=0)
    power = (np.abs(np.fft.rfft(moved, axis=0)) ** 2).sum(axis=1)
    freq_hz = np.fft.rfftfreq(len(moved), 1 / recording.rate_hz)
    is_in = (freq_hz >= low_hz) & (freq_hz <= high_hz)
    return float(freq_hz[is_in][power[is_in].argmax()])


def longest_still_s(recording: Recording, below_ms2: float) -> float:
    """The longest time in which the size of acceleration stays near gravity."""
    size = np.linalg.norm(recording.acc_ms2, axis=1)
    is_moving = np.abs(size - STANDARD_GRAVITY_MS2) > below_ms2
    return float(np.diff(np.flatnonzero(np.concatenate(([1], is_moving, [1])))).max() / 100)


@pytest.mark.parametrize("seed", range(3))
def test_a_belly_breathes_12_to_18_times_a_minute_by_a_degree_or_two(seed: int) -> None:
    sensor = replace(PERFECT, placement="waist")
    recording = everyday(Activity.BREATHING, 60.0, sensor, seed).recording
    assert 0.19 <= peak_hz(recording, 0.1, 1.0) <= 0.31
    first_breaths = tilt_deg(recording)[:2000]
    assert 0.6 <= first_breaths.max() <= 4.5


@pytest.mark.parametrize("placement", ["thigh", "shank", "waist", "wrist"])
def test_walking_about_has_bouts_and_standing(placement: str) -> None:
    sensor = replace(PERFECT, placement=placement)
    recording = everyday(Activity.WALKING_ABOUT, 120.0, sensor, seed=2).recording
    assert longest_still_s(recording, 0.5) >= 2.0
    assert 0.5 <= peak_hz(recording, 0.4, 1.3) <= 1.15


def test_a_shank_swings_more_than_a_thigh_and_a_thigh_more_than_a_waist() -> None:
    sizes = [
        np.percentile(
            tilt_deg(
                everyday(
                    Activity.WALKING_ABOUT, 120.0, replace(PERFECT, placement=where), seed=2
                ).recording
            ),
            90,
        )
        for where in ("waist", "thigh", "shank")
    ]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("activity", "low_hz", "high_hz"),
    [
        (Activity.BOUNCING_A_LEG, 3.8, 7.2),
        (Activity.BRUSHING_TEETH, 2.8, 5.2),
        (Activity.STIRRING, 0.8, 1.9),
        (Activity.SCRATCHING, 3.8, 6.2),
    ],
)
def test_a_fast_rhythm_has_its_pitch(activity: Activity, low_hz: float, high_hz: float) -> None:
    recording = everyday(activity, 120.0, PERFECT, seed=2).recording
    assert low_hz <= peak_hz(recording, 0.7, 20.0) <= high_hz


def test_a_hold_lasts_and_shakes_more_towards_its_end() -> None:
    recording = everyday(Activity.HOLDING, 120.0, PERFECT, seed=2).recording
    is_held = tilt_deg(recording) > 15
    begin = int(np.flatnonzero(is_held)[0])
    end = begin + int(np.flatnonzero(~is_held[begin:])[0])
    assert 20 <= (end - begin) / 100 <= 65
    shaking_ms2 = np.abs(np.diff(recording.acc_ms2[begin:end], axis=0)).sum(axis=1)
    thirds = np.array_split(shaking_ms2[200:-200], 3)
    assert thirds[2].mean() > 1.3 * thirds[0].mean()


def test_a_sensor_on_the_table_is_still_and_then_turned_about() -> None:
    recording = everyday(Activity.HANDLING_THE_SENSOR, 120.0, PERFECT, seed=1).recording
    assert longest_still_s(recording, 0.05) >= 10.0
    assert tilt_deg(recording).max() > 30


def test_jumping_jacks_take_nine_tenths_of_a_second_and_hit_twice() -> None:
    made = gym_set(GymExercise.JUMPING_JACK_THIGH, 10, PERFECT, seed=1)
    reps = made.truth.sets[0]
    assert (reps[-1].end_s - reps[0].start_s) / 10 == pytest.approx(0.9, abs=0.05)
    hits = [
        np.abs(made.recording.acc_ms2[(t := round(100 * at_s)) : t + 5]).max()
        for rep in reps
        for at_s in (rep.hold_start_s, rep.end_s)
    ]
    assert np.median(hits) > 20


@pytest.mark.parametrize("exercise", list(GymExercise))
def test_every_gym_exercise_has_as_many_repetitions_as_asked(exercise: GymExercise) -> None:
    assert gym_set(exercise, 7, seed=1).truth.counts == (7,)


def test_a_step_up_lifts_one_thigh_much_more_than_the_other() -> None:
    reps = gym_set(GymExercise.STEP_UP, 8, seed=1).truth.sets[0]
    own = [rep.tilt_deg for rep in reps if not rep.is_other_side]
    other = [rep.tilt_deg for rep in reps if rep.is_other_side]
    assert np.median(other) == pytest.approx(0.35 * np.median(own), rel=0.3)


def test_rest_is_found_again_a_little_off() -> None:
    made = synthesize(SetScript(reps=20), STILL, PERFECT, manner=Manner(return_sd=0.1))
    rests_deg = [
        tilt_deg(made.recording)[round(100 * rep.end_s) + 30] for rep in made.truth.sets[0]
    ]
    assert 2.0 < np.sqrt(np.mean(np.square(rests_deg))) < 6.5


def test_hesitating_movement_has_consistent_derivatives() -> None:
    t_s = np.arange(0, 8, 0.001)
    path = [Waypoint(1.0, 0.0), Waypoint(3.0, 1.0), Waypoint(5.0, 0.2), Waypoint(7.0, 0.0)]
    motion = Manner(hesitation=0.3).motion(path, t_s, np.random.default_rng(1))
    np.testing.assert_allclose(np.gradient(motion.value, t_s), motion.velocity, atol=1e-2)
    np.testing.assert_allclose(
        np.gradient(motion.velocity, t_s)[1:-1], motion.acceleration[1:-1], atol=5e-2
    )


def test_hesitation_stays_near_the_script() -> None:
    at_the_joint = LimbParams(length_m=0.0, sway_deg=0.0)
    exact, hesitant = (
        synthesize(SetScript(reps=5), at_the_joint, PERFECT, seed=2, manner=manner)
        for manner in (Manner(), Manner(hesitation=0.3))
    )
    assert exact.truth == hesitant.truth
    off_deg = np.abs(tilt_deg(exact.recording) - tilt_deg(hesitant.recording))
    assert 0.5 < off_deg.max() < 5


def test_a_landing_is_felt_where_the_repetition_ends() -> None:
    made, soft = (
        synthesize(SetScript(reps=4), STILL, PERFECT, seed=2, manner=manner)
        for manner in (Manner(landing_ms2=5.0), Manner())
    )
    felt_ms2 = np.abs(made.recording.acc_ms2 - soft.recording.acc_ms2).max(axis=1)
    for rep in made.truth.sets[0]:
        end = round(100 * rep.end_s)
        assert felt_ms2[end : end + 10].max() > 1.5
        assert felt_ms2[end - 50 : end - 1].max() < 0.01
