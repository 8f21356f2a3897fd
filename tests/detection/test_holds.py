"""How long a posture is held, told while it is and when it is over."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.events import (
    Event,
    HoldEnded,
    HoldProgress,
    HoldStarted,
    RepEvent,
    SetDiscarded,
    SetEnded,
)
from detection.exercises import EXERCISES
from detection.pipeline import Tracker, one_set_tracker, params_for
from sensors.recording import Recording
from sensors.synthetic import (
    ORDINARY,
    Activity,
    LimbParams,
    SensorParams,
    SetScript,
    TremorScript,
    drop_out,
    everyday,
    random_rotation_deg,
    synthesize,
)
from sensors.synthetic.limb import X, Y, felt_ms2
from sensors.synthetic.motion import Waypoint, minimum_jerk, wandering
from tests.detection.streams import events_of

HELD = {
    "plank": (9.0, (0.1, 1.0, 0.0)),
    "wall-sit": (70.0, (1.0, 0.0, 0.0)),
    "bridge-hold": (35.0, (0.7, 0.7, 0.0)),
    "hamstring-stretch": (80.0, (0.0, 1.0, 0.0)),
}
"""By how much the limb is turned, and where up is at rest."""
STANDING = (0.0, 0.0)


def moved(*points: tuple[float, float], sway_deg: float = 0.7, seed: int = 0) -> Recording:
    """A limb that goes to each angle (degrees) by its time (s), held to the end.

    It sways while it is turned, by the share of 60° by which it is.
    """
    sensor = SensorParams(rotation_deg=random_rotation_deg(seed))
    rng = np.random.default_rng(seed)
    t_s = sensor.times(points[-1][0])
    path = minimum_jerk([Waypoint(at_s, np.radians(deg)) for at_s, deg in points], t_s)
    sway = wandering(t_s, (0.2, 1.5), 1.0, rng)
    effort = np.radians(0.05 + sway_deg * np.clip(np.degrees(path.value) / 60, 0, 1))
    up = np.outer(np.cos(effort * sway.value), X) + np.outer(np.sin(effort * sway.value), Y)
    return sensor.record(t_s, felt_ms2(up, path), rng)


def held(recording: Recording, exercise: str = "wall-sit") -> list[HoldEnded]:
    events = events_of(recording, tracker=Tracker(params_for(EXERCISES[exercise])))
    return [event for event in events if isinstance(event, HoldEnded)]


@cache
def three_holds(exercise: str, seed: int) -> tuple[Recording, tuple[tuple[float, float], ...]]:
    """Three holds of about 25 s with shaking, and from when to when the posture was kept."""
    range_deg, up = HELD[exercise]
    made = synthesize(
        SetScript(reps=3, concentric_s=2, hold_s=25, eccentric_s=2, rest_s=12, range_deg=range_deg),
        LimbParams(rest_up=up, sway_deg=0.5),
        SensorParams(rotation_deg=random_rotation_deg(seed)),
        TremorScript(freq_hz=7.0),
        seed,
        ORDINARY,
    )
    (reps,) = made.truth.sets
    return made.recording, tuple((rep.hold_start_s, rep.hold_end_s) for rep in reps)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("exercise", HELD)
def test_every_hold_is_timed_to_a_second(exercise: str, seed: int) -> None:
    recording, truth = three_holds(exercise, seed)
    found = held(recording, exercise)
    assert [each.set_number for each in found] == [1, 2, 3]
    np.testing.assert_allclose([(e.start_s, e.end_s) for e in found], truth, atol=1.2)
    assert all(each.confidence > 0.6 for each in found)


def test_a_hold_is_no_repetition() -> None:
    recording, _ = three_holds("bridge-hold", 1)
    events = events_of(recording, tracker=Tracker(params_for(EXERCISES["bridge-hold"])))
    assert not [event for event in events if isinstance(event, RepEvent | SetEnded)]


@cache
def _streams() -> dict[str, Recording]:
    whole, _ = three_holds("plank", 1)
    return {
        "whole": whole,
        "hole in a hold": drop_out(whole, at_s=20.0, lasts_s=3.0),
        "long hole": drop_out(whole, at_s=20.0, lasts_s=14.0),
        "25 Hz": Recording(whole.t_s[::4], whole.acc_ms2[::4], 25.0),
    }


def _followed(name: str, sizes: list[int]) -> list[Event]:
    return events_of(_streams()[name], sizes, Tracker(params_for(EXERCISES["plank"])))


@cache
def _at_once(name: str) -> list[Event]:
    return _followed(name, [])


@pytest.mark.parametrize("name", ["whole", "hole in a hold", "long hole", "25 Hz"])
@given(sizes=st.lists(st.integers(1, 900), max_size=30))
@settings(max_examples=10, deadline=None)
def test_any_partition_gives_identical_events(name: str, sizes: list[int]) -> None:
    assert _followed(name, sizes) == _at_once(name)


def test_sample_by_sample_gives_identical_events() -> None:
    assert _followed("25 Hz", [1] * len(_streams()["25 Hz"])) == _at_once("25 Hz")


def test_a_lost_link_does_not_end_a_hold() -> None:
    found = [event for event in _at_once("hole in a hold") if isinstance(event, HoldEnded)]
    assert len(found) == 3


def test_the_seconds_are_told_every_second_while_it_lasts() -> None:
    events = [e for e in _at_once("whole") if isinstance(e, HoldStarted | HoldProgress | HoldEnded)]
    first = events[: events.index(next(e for e in events if isinstance(e, HoldEnded))) + 1]
    started, *running, ended = first
    assert isinstance(started, HoldStarted)
    assert 4.9 < started.at_s - started.start_s < 8
    assert isinstance(ended, HoldEnded)
    told = [event.held_s for event in running if isinstance(event, HoldProgress)]
    assert len(told) == len(running) >= 15
    np.testing.assert_allclose(np.diff(told), 1.0, atol=1e-6)
    assert all(event.set_number == 1 for event in first)


def test_events_come_in_the_order_of_their_time() -> None:
    assert all(one.at_s <= other.at_s for one, other in pairwise(_at_once("whole")))


def test_sinking_is_measured_and_does_not_end_the_hold() -> None:
    (sunk,) = held(moved(STANDING, (10, 0), (12, 60), (52, 42), (54, 0), (64, 0)))
    assert sunk.held_s == pytest.approx(40, abs=2)
    assert sunk.tilt_deg == pytest.approx(59, abs=3)
    assert sunk.drift_deg == pytest.approx(-16, abs=3)


def test_sway_is_measured() -> None:
    course = (STANDING, (10, 0), (12, 60), (42, 60), (44, 0), (54, 0))
    (still,), (swaying,) = (held(moved(*course, sway_deg=deg)) for deg in (0.3, 1.5))
    assert swaying.sway_deg > 2 * still.sway_deg
    assert swaying.confidence < still.confidence


def test_a_twitch_does_not_end_a_hold() -> None:
    twitch = ((25, 60), (25.5, 30), (26.2, 30), (26.8, 60))
    (found,) = held(moved(STANDING, (10, 0), (12, 60), *twitch, (42, 60), (44, 0), (54, 0)))
    assert found.held_s == pytest.approx(30, abs=1.2)


def test_a_posture_of_three_seconds_is_no_hold() -> None:
    assert held(moved(STANDING, (10, 0), (12, 60), (15, 60), (17, 0), (27, 0))) == []


def test_repetitions_are_no_holds() -> None:
    assert held(synthesize(SetScript(range_deg=60)).recording) == []


def test_a_third_posture_ends_a_hold_and_is_rest() -> None:
    course = (STANDING, (10, 0), (12, 60), (30, 60), (32, 95), (60, 95), (62, 0), (72, 0))
    (found,) = held(moved(*course))
    assert found.end_s == pytest.approx(30, abs=1.2)


def test_lying_down_is_no_plank() -> None:
    """A trunk that goes from upright to lying turns by far more than it does for the plank."""
    course = (STANDING, (15, 0), (18, 90), (40, 90), (42, 80), (70, 80), (72, 90), (85, 90))
    (found,) = held(moved(*course), "plank")
    assert (found.start_s, found.end_s) == pytest.approx((42, 70), abs=1.5)
    assert found.tilt_deg == pytest.approx(10, abs=2)


def test_a_stream_that_begins_in_the_hold_is_told_with_little_confidence() -> None:
    (found,) = held(moved((0, 60), (30, 60), (32, 0), (50, 0)))
    assert (found.start_s, found.end_s) == pytest.approx((0, 30), abs=1.2)
    assert found.confidence <= 0.3


def test_a_stream_that_ends_in_the_hold_is_told_with_less_confidence() -> None:
    (whole,) = held(moved(STANDING, (10, 0), (12, 60), (40, 60), (42, 0), (50, 0)))
    (cut,) = held(moved(STANDING, (10, 0), (12, 60), (40, 60)))
    assert cut.end_s == pytest.approx(40, abs=0.3)
    assert cut.confidence < 0.75 * whole.confidence


def test_longer_than_people_hold_is_less_sure() -> None:
    (long,) = held(moved(STANDING, (10, 0), (12, 60), (312, 60), (314, 0), (324, 0)))
    assert long.held_s == pytest.approx(300, abs=2)
    assert long.confidence < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_everyday_holds_are_each_found(seed: int) -> None:
    sensor = SensorParams(rotation_deg=random_rotation_deg(seed))
    recording = everyday(Activity.HOLDING, 240.0, sensor, seed=seed).recording
    found = held(recording, "bridge-hold")
    assert 3 <= len(found) <= 6
    assert all(20 <= each.held_s <= 62 for each in found[:-1])


@pytest.mark.parametrize("activity", [Activity.WALKING, Activity.WALKING_ABOUT, Activity.STAIRS])
@pytest.mark.parametrize("exercise", HELD)
def test_walking_is_no_hold(activity: Activity, exercise: str) -> None:
    assert held(everyday(activity, 120.0, seed=1).recording, exercise) == []


def test_the_whole_stream_as_one_hold() -> None:
    still = moved((0, 60), (20, 60), sway_deg=0.5)
    events = events_of(still, tracker=one_set_tracker(EXERCISES["wall-sit"]))
    (found,) = (event for event in events if isinstance(event, HoldEnded))
    assert (found.start_s, found.end_s) == pytest.approx((0, 20), abs=0.3)
    assert found.tilt_deg is None
    assert found.confidence <= 0.3


def test_where_no_posture_is_kept_there_is_no_hold_even_if_one_is_said_to_be() -> None:
    walk = everyday(Activity.WALKING, 30.0, seed=1).recording
    events = events_of(walk, tracker=one_set_tracker(EXERCISES["plank"]))
    (told,) = (event for event in events if isinstance(event, SetDiscarded))
    assert told.reason == "no posture was held in it"


def test_sets_are_numbered_on_after_a_stream_has_ended() -> None:
    tracker = Tracker(params_for(EXERCISES["wall-sit"]))
    recording = moved(STANDING, (10, 0), (12, 60), (30, 60), (32, 0), (42, 0))
    numbers = [
        event.set_number
        for _ in range(2)
        for event in events_of(recording, tracker=tracker)
        if isinstance(event, HoldEnded)
    ]
    assert numbers == [1, 2]


def test_how_far_the_limb_turns_must_fit_the_exercise() -> None:
    course = (STANDING, (10, 0), (12, 60), (30, 60), (32, 0), (42, 0))
    assert len(held(moved(*course), "wall-sit")) == 1
    assert held(moved(*course), "plank") == []
