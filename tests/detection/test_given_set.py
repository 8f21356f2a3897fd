"""What is counted when the edges of a set are given: one, two, stillness around, pauses, many."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from detection.counting.excursion import excursions
from detection.counting.resampling import GRID_RATE_HZ
from sensors.samples import FloatArray
from sensors.synthetic import (
    GymExercise,
    LimbParams,
    SensorParams,
    SetScript,
    gym_set,
    join,
    random_rotation_deg,
    synthesize,
)
from tests.detection.streams import count_given

SECOND = int(GRID_RATE_HZ)
REST, END = np.array([0.0, 0.0, 9.8]), np.array([0.0, 4.0, 8.9])


def along(*shares: float) -> FloatArray:
    """Half a second still at each share of the way from rest to the end, a second between."""
    still = [np.full(SECOND // 2, share) for share in shares]
    ways = [np.linspace(a, b, SECOND) for a, b in pairwise(shares)]
    way = np.concatenate([piece for pair in zip(still, [*ways, []], strict=True) for piece in pair])
    return np.asarray(REST + way[:, None] * (END - REST))


@pytest.mark.parametrize(
    ("shares", "count"),
    [
        pytest.param((0, 1, 0), 1, id="out and back"),
        pytest.param((0, 1, 0, 0.9, 0), 2, id="twice"),
        pytest.param((0, 1, 0, 0.3, 0), 1, id="once, and a partial one"),
        pytest.param((0, 1, 0.6, 1, 0), 1, id="two bumps"),
        pytest.param((0, 1), 0, id="out, not back"),
        pytest.param((0, 0), 0, id="still"),
        pytest.param((0, 0.05, 0), 0, id="sway"),
        pytest.param((0, 1, 0, 1, 0, 1, 0), 0, id="more than two are told by their period"),
    ],
)
def test_one_or_two_excursions_are_told_by_closure(shares: tuple[float, ...], count: int) -> None:
    assert len(excursions(along(*shares))) == count


def test_excursions_hold_the_way_out_and_back_and_do_not_overlap() -> None:
    first, second = excursions(along(0, 1, 0, 0.9, 0))
    assert first.start <= 0.7 * SECOND
    assert 2.8 * SECOND <= first.end <= second.start <= 3.7 * SECOND
    assert second.end >= 5.8 * SECOND


@pytest.mark.parametrize("reps", [1, 2])
@pytest.mark.parametrize("range_deg", [6.0, 40.0])
@pytest.mark.parametrize("seed", range(3))
def test_one_and_two_are_counted(reps: int, range_deg: float, seed: int) -> None:
    script = SetScript(reps=reps, range_deg=range_deg)
    sensor = SensorParams(rotation_deg=random_rotation_deg(seed))
    assert count_given(synthesize(script, sensor=sensor, seed=seed).recording) == reps


@pytest.mark.parametrize(
    "exercise", [GymExercise.JUMPING_JACK_WRIST, GymExercise.JUMPING_JACK_THIGH, GymExercise.CURL]
)
@pytest.mark.parametrize("reps", [4, 10, 20])
def test_five_seconds_of_stillness_around_a_fast_set_change_nothing(
    exercise: GymExercise, reps: int
) -> None:
    sensor = SensorParams(50.0, random_rotation_deg(7))
    assert count_given(gym_set(exercise, reps, sensor, seed=7).recording) == reps


def test_a_pause_in_the_middle_loses_and_invents_nothing() -> None:
    first = synthesize(SetScript(reps=6, lead_out_s=8.0), seed=5)
    second = synthesize(SetScript(reps=5, lead_in_s=0.5), seed=6)
    assert count_given(join(first, second).recording) == 11


def test_many_repetitions_are_not_taken_in_pairs() -> None:
    script = replace(SetScript(), reps=40, jitter=0.1)
    assert count_given(synthesize(script, LimbParams(sway_deg=0.5), seed=2).recording) == 40
