"""The table of exercises."""

import re

import numpy as np
import pytest

from detection.exercises import (
    EXERCISES,
    Exercise,
    FirstPhase,
    Kind,
    Placement,
    Sides,
    UnknownExercise,
    exercise_named,
)
from detection.exercises.kneeling import KNEELING
from detection.exercises.lying import LYING
from detection.exercises.seated import SEATED
from detection.exercises.standing import STANDING
from detection.pipeline import Tracker, one_set_tracker, params_for
from sensors.samples import SampleBlock

STORED = {
    "pelvic-tilt": (1.5, 24.0),
    "bridge": (1.5, 24.0),
    "knee-to-chest": (2.0, 24.0),
    "knee-rolling": (1.5, 24.0),
    "cat-cow": (2.0, 24.0),
    "bird-dog": (1.5, 24.0),
    "prone-extension": (1.5, 24.0),
    "superman": (1.5, 24.0),
    "straight-leg-raise": (1.2, 24.0),
    "side-leg-raise": (1.2, 24.0),
    "clam": (1.2, 24.0),
    "knee-extension": (1.2, 24.0),
    "sit-to-stand": (1.5, 15.0),
    "squat": (1.2, 15.0),
    "wall-slide": (1.5, 20.0),
    "heel-raise": (1.0, 15.0),
    "lunge": (1.2, 15.0),
    "step-up": (1.2, 12.0),
}
"""Names that stand in records, with the seconds by which their sets were counted."""
TWENTY = {*STORED, "wall-sit", "hamstring-stretch"}
"""The least that a low-back and leg program needs."""
CITED = re.compile(r"^\S.+: .+(\b(19|20)\d\d\.|n\.d\.)$")

every = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


def test_the_twenty_are_there_and_no_name_is_twice() -> None:
    assert len(TWENTY) == 20
    assert set(EXERCISES) >= TWENTY
    assert len(EXERCISES) == sum(map(len, (LYING, KNEELING, SEATED, STANDING)))
    assert len({each.title for each in EXERCISES.values()}) == len(EXERCISES)


def test_names_in_records_keep_the_seconds_by_which_their_sets_were_counted() -> None:
    table = {name: (e.fastest_s, e.slowest_s) for name, e in EXERCISES.items() if name in STORED}
    assert table == STORED


@every
def test_every_exercise_is_found_by_its_kebab_case_name(exercise: Exercise) -> None:
    assert exercise_named(exercise.name) is exercise
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", exercise.name)


@every
def test_the_usual_tempo_lies_inside_the_seconds_looked_for(exercise: Exercise) -> None:
    assert 0.6 <= exercise.fastest_s < exercise.usual_s < exercise.slowest_s
    assert exercise.tempo.concentric_s > 0
    assert exercise.tempo.eccentric_s > 0


@every
def test_every_exercise_says_what_it_needs_and_who_says_so(exercise: Exercise) -> None:
    assert exercise.placement in Placement
    assert exercise.first_phase in FirstPhase
    assert exercise.equipment
    assert exercise.sources
    assert [each for each in exercise.sources if not CITED.match(each)] == []
    sentences = (exercise.repetition, *exercise.cautions)
    assert len(sentences) > 1
    assert [each for each in sentences if not re.fullmatch(r"[A-Z].{9,99}\.", each)] == []


def test_holds_are_those_that_are_kept_longer_than_a_repetition_lasts() -> None:
    held = {name: each.hold_s for name, each in EXERCISES.items() if each.kind is Kind.HOLD}
    assert set(held) == {"bridge-hold", "hamstring-stretch", "plank", "wall-sit"}
    assert min(seconds or 0 for seconds in held.values()) >= 15
    longest = max(e.slowest_s for e in EXERCISES.values() if e.kind is Kind.REPETITIONS)
    assert longest == 24


def test_where_sides_take_turns_a_pair_lasts_twice_as_long_as_its_tempo() -> None:
    pair, each = exercise_named("knee-rolling"), exercise_named("bird-dog")
    assert (pair.sides, pair.usual_s) == (Sides.ALTERNATING_PAIR, 14.0)
    assert (each.sides, each.usual_s) == (Sides.ALTERNATING_EACH, 10.0)


def test_what_lowers_first_is_told_from_what_lifts_first() -> None:
    lowering = {n for n, e in EXERCISES.items() if e.first_phase is FirstPhase.ECCENTRIC}
    assert lowering >= {"squat", "wall-slide", "wall-sit", "lunge"}
    assert not lowering & {"bridge", "sit-to-stand", "step-up", "heel-raise", "straight-leg-raise"}


@every
def test_every_exercise_can_be_followed(exercise: Exercise) -> None:
    lying = SampleBlock(np.arange(1000) / 50, np.tile([0.0, 0.0, 9.81], (1000, 1)), 50)
    for tracker in (Tracker(params_for(exercise)), one_set_tracker(exercise)):
        assert tracker.push(lying) is not None
        tracker.flush()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("brige", "bridge"),
        ("Wall sit", "wall-sit"),
        ("wall_slide", "wall-slide"),
        ("Partial squat", "squat"),
        ("birddog", "bird-dog"),
    ],
)
def test_a_name_spelled_otherwise_is_refused_with_the_nearest_first(
    name: str, nearest: str
) -> None:
    with pytest.raises(UnknownExercise, match="unknown exercise .*nearest: .*one of: ") as refused:
        exercise_named(name)
    assert refused.value.name == name
    assert refused.value.nearest[0] == nearest


def test_a_name_like_no_other_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownExercise, match="unknown exercise 'yodel'; one of: .*bridge.*squat"):
        exercise_named("yodel")
