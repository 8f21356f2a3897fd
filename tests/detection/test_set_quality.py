"""What is said of a set whose movement or sensor makes it doubtful."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.events import Event, Quality, QualityFlag, SetEnded
from detection.exercises import EXERCISES
from detection.pipeline import Tracker, params_for
from sensors.recording import Recording
from sensors.synthetic import (
    CARELESS,
    ORDINARY,
    GymExercise,
    LimbParams,
    Manner,
    SensorParams,
    SetScript,
    gym_set,
    join,
    random_rotation_deg,
    slip_strap,
    synthesize,
)
from tests.detection.streams import events_of

LYING, STANDING, UPRIGHT_AXIS = (0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def flags(events: list[Event]) -> list[Quality]:
    return [event.flag for event in events if isinstance(event, QualityFlag)]


def flags_of(recording: Recording, exercise: str | None = None) -> list[Quality]:
    known = EXERCISES[exercise] if exercise else None
    return flags(events_of(recording, tracker=Tracker(params_for(known))))


def leg(
    range_deg: float = 40.0,
    up: tuple[float, float, float] = LYING,
    manner: Manner = ORDINARY,
    seed: int = 1,
    script: SetScript = SetScript(),
) -> Recording:
    sensor = SensorParams(rotation_deg=random_rotation_deg(seed))
    script = replace(script, range_deg=range_deg)
    return synthesize(script, LimbParams(rest_up=up), sensor, seed=seed, manner=manner).recording


@pytest.mark.parametrize("seed", [0, 2, 3])
@pytest.mark.parametrize("angle_deg", [25.0, 45.0])
@pytest.mark.parametrize(("range_deg", "up"), [(40.0, LYING), (70.0, STANDING)])
def test_a_slipped_strap_is_told(
    range_deg: float, up: tuple[float, float, float], angle_deg: float, seed: int
) -> None:
    slipped = slip_strap(leg(range_deg, up, seed=seed), 27.0, angle_deg, seed)
    assert flags_of(slipped) == [Quality.STRAP_SLIP]


@pytest.mark.parametrize("manner", [ORDINARY, CARELESS])
@pytest.mark.parametrize("seed", range(4))
def test_who_never_comes_back_to_quite_the_same_posture_has_no_slip(
    manner: Manner, seed: int
) -> None:
    assert flags_of(leg(60.0, STANDING, manner, seed)) == []


def test_a_strap_that_turns_by_less_than_people_vary_is_not_told() -> None:
    assert flags_of(slip_strap(leg(), 27.0, angle_deg=5.0, seed=2)) == []


def test_lying_down_elsewhere_between_two_sets_is_no_slip() -> None:
    """The second set begins long after the first: the leg lies as it likes."""
    first = synthesize(SetScript(lead_out_s=30.0), seed=1, manner=ORDINARY)
    turned = SensorParams(rotation_deg=(40.0, 0.0, 20.0))
    assert flags_of(join(first, synthesize(sensor=turned, seed=2)).recording) == []


@pytest.mark.parametrize(
    ("script", "range_deg"),
    [
        (SetScript(), 40.0),
        (SetScript(), 80.0),
        (SetScript(concentric_s=3.0, hold_s=2.0, eccentric_s=3.0, rest_s=2.0), 60.0),
    ],
    ids=["usual", "wide", "slow"],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_turn_about_the_vertical_is_hard_to_see(
    script: SetScript, range_deg: float, seed: int
) -> None:
    recording = leg(range_deg, UPRIGHT_AXIS, Manner(), seed, script)
    assert flags_of(recording) == [Quality.HARD_TO_SEE]


@pytest.mark.parametrize("seed", range(3))
def test_a_tilt_that_hardly_stands_out_from_sway_is_hard_to_see(seed: int) -> None:
    assert flags_of(leg(2.5, seed=seed)) == [Quality.HARD_TO_SEE]


@pytest.mark.parametrize("exercise", GymExercise)
def test_fast_exercise_is_seen_by_its_own_acceleration(exercise: GymExercise) -> None:
    assert Quality.HARD_TO_SEE not in flags_of(gym_set(exercise, 10, seed=3).recording)


@pytest.mark.parametrize(
    ("exercise", "range_deg", "up"),
    [
        ("squat", 75.0, STANDING),
        ("bridge", 25.0, (0.7, 0.7, 0.0)),
        ("straight-leg-raise", 15.0, LYING),
        ("knee-extension", 85.0, STANDING),
    ],
)
def test_a_sensor_where_it_belongs_is_not_told(
    exercise: str, range_deg: float, up: tuple[float, float, float]
) -> None:
    assert flags_of(leg(range_deg, up), exercise) == []


@pytest.mark.parametrize(
    ("exercise", "range_deg"), [("squat", 9.0), ("knee-extension", 12.0), ("prone-leg-raise", 85.0)]
)
def test_a_tilt_far_from_what_the_exercise_gives_is_told(exercise: str, range_deg: float) -> None:
    assert flags_of(leg(range_deg), exercise) == [Quality.WRONG_PLACEMENT]
    assert flags_of(leg(range_deg)) == []


def test_the_flag_comes_before_the_end_of_its_set_and_says_what_was_seen() -> None:
    tracker = Tracker(params_for(EXERCISES["squat"]))
    events = events_of(leg(9.0), tracker=tracker)
    told = [e for e in events if isinstance(e, QualityFlag | SetEnded)]
    flag, ended = told
    assert isinstance(flag, QualityFlag)
    assert isinstance(ended, SetEnded)
    assert flag.at_s == ended.at_s
    assert flag.detail.startswith("a repetition tilts the sensor by 9°")
    assert "25 to 110°" in flag.detail


@cache
def _doubtful() -> Recording:
    first = synthesize(SetScript(reps=6), seed=1, manner=ORDINARY)
    still = synthesize(SetScript(reps=6, range_deg=2.5), seed=2)
    both = join(first, still).recording
    return slip_strap(both, at_s=first.truth.sets[0][3].start_s - 0.6, angle_deg=40.0, seed=2)


@cache
def _at_once() -> list[Event]:
    return events_of(_doubtful())


@given(sizes=st.lists(st.integers(1, 900), max_size=30))
@settings(max_examples=10, deadline=None)
def test_any_partition_says_the_same(sizes: list[int]) -> None:
    assert events_of(_doubtful(), sizes) == _at_once()


def test_each_kind_is_said_once() -> None:
    assert sorted(flags(_at_once())) == [Quality.HARD_TO_SEE, Quality.STRAP_SLIP]
    twice = join(*(synthesize(SetScript(range_deg=2.5), seed=n) for n in range(2))).recording
    assert flags_of(twice) == [Quality.HARD_TO_SEE]


@pytest.mark.parametrize("block", [50, 4000])
def test_old_samples_are_forgotten_without_a_trace(block: int) -> None:
    """A set after a quarter of an hour, cut as it likes."""
    rate_hz = 25.0
    sensor = SensorParams(rate_hz=rate_hz)
    lead = SetScript(reps=8, range_deg=2.5, lead_in_s=960.0)
    recording = synthesize(lead, sensor=sensor, seed=3).recording
    whole = events_of(recording)
    assert flags(whole) == [Quality.HARD_TO_SEE]
    assert events_of(recording, [block] * (len(recording.t_s) // block)) == whole
    assert np.diff(recording.t_s).max() < 1
