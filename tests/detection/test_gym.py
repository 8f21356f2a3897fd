"""Fast movement as in a gym: impacts, sides that differ, a band that pulls back; nothing given."""

import pytest

from detection.pipeline import one_set_tracker
from sensors.recording import Recording
from sensors.synthetic import GymExercise, SensorParams, gym_set, random_rotation_deg
from tests.detection.streams import counts, events_of, sets_of

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


def done(exercise: GymExercise, reps: int, seed: int, is_cut: bool = False) -> Recording:
    sensor = SensorParams(50.0, random_rotation_deg(seed))
    made = gym_set(exercise, reps, sensor, seed)
    if not is_cut:
        return made.recording
    begin_s, end_s = made.truth.sets[0][0].start_s - 0.3, made.truth.sets[0][-1].end_s + 0.3
    is_in = (made.recording.t_s >= begin_s) & (made.recording.t_s < end_s)
    return Recording(made.recording.t_s[is_in], made.recording.acc_ms2[is_in], 50.0)


@pytest.mark.parametrize("exercise", ALIKE)
@pytest.mark.parametrize("reps", [3, 5, 12])
def test_a_fast_set_is_found_and_counted(exercise: GymExercise, reps: int) -> None:
    assert counts(done(exercise, reps, seed=3)) == [reps]


@pytest.mark.parametrize("exercise", DIFFERENT)
@pytest.mark.parametrize("reps", [6, 12])
def test_sides_that_differ_count_each_or_each_pair(exercise: GymExercise, reps: int) -> None:
    assert counts(done(exercise, reps, seed=3)) in ([reps], [reps // 2])


@pytest.mark.parametrize("exercise", ALIKE)
@pytest.mark.parametrize("reps", [1, 2])
def test_one_or_two_fast_movements_are_no_set(exercise: GymExercise, reps: int) -> None:
    assert counts(done(exercise, reps, seed=4)) == []


@pytest.mark.parametrize("exercise", ALIKE)
@pytest.mark.parametrize("reps", [3, 5, 12])
def test_a_fast_set_with_edges_given_is_counted(exercise: GymExercise, reps: int) -> None:
    cut = done(exercise, reps, seed=3, is_cut=True)
    (ended,) = sets_of(events_of(cut, tracker=one_set_tracker()))
    assert len(ended.reps) == reps
