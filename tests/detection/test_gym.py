"""Fast movement as in a gym: impacts, sides that differ, a band that pulls back; nothing given."""

import pytest

from sensors.recording import Recording
from sensors.synthetic import GymExercise, SensorParams, Synthetic, gym_set, random_rotation_deg
from tests.detection.streams import count_given, counts

ALIKE = [
    GymExercise.JUMPING_JACK_WRIST,
    GymExercise.JUMPING_JACK_THIGH,
    GymExercise.LUNGE_WRIST,
    GymExercise.SQUAT,
    GymExercise.SQUAT_WAIST,
    GymExercise.HEEL_RAISE,
    GymExercise.BAND_PULL,
    GymExercise.CURL,
]
DIFFERENT = [GymExercise.LUNGE, GymExercise.STEP_UP]
"""Of the other side this limb does something else: the two sides may count as one."""


AROUND_S = 0.3
"""A set whose edges are given is cut out this close."""


def done(exercise: GymExercise, reps: int, seed: int) -> Synthetic:
    return gym_set(exercise, reps, SensorParams(50.0, random_rotation_deg(seed)), seed)


def cut_out(made: Synthetic) -> Recording:
    reps, whole = made.truth.sets[0], made.recording
    begin_s, end_s = reps[0].start_s - AROUND_S, reps[-1].end_s + AROUND_S
    is_in = (whole.t_s >= begin_s) & (whole.t_s < end_s)
    return Recording(whole.t_s[is_in], whole.acc_ms2[is_in], whole.rate_hz)


@pytest.mark.parametrize("exercise", ALIKE)
@pytest.mark.parametrize("reps", [3, 5, 12])
def test_a_fast_set_is_found_and_counted(exercise: GymExercise, reps: int) -> None:
    assert counts(done(exercise, reps, seed=3).recording) == [reps]


@pytest.mark.parametrize("exercise", DIFFERENT)
@pytest.mark.parametrize("reps", [6, 12])
def test_sides_that_differ_count_each_or_each_pair(exercise: GymExercise, reps: int) -> None:
    assert counts(done(exercise, reps, seed=3).recording) in ([reps], [reps // 2])


@pytest.mark.parametrize("exercise", ALIKE)
def test_two_fast_movements_are_no_set(exercise: GymExercise) -> None:
    assert counts(done(exercise, 2, seed=4).recording) == []


@pytest.mark.parametrize("exercise", ALIKE)
@pytest.mark.parametrize("reps", [3, 12])
def test_a_fast_set_with_edges_given_is_counted(exercise: GymExercise, reps: int) -> None:
    assert count_given(cut_out(done(exercise, reps, seed=3))) == reps
