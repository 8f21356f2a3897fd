"""The table of exercises."""

import pytest

from detection.exercises import EXERCISES, UnknownExercise, exercise_named


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_is_found_by_its_name_and_has_a_sensible_range(name: str) -> None:
    exercise = exercise_named(name)
    assert exercise.name == name
    assert 0.6 <= exercise.fastest_s < exercise.slowest_s <= 24


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownExercise, match="unknown exercise 'plank'.*bridge.*squat"):
        exercise_named("plank")
