"""The streaming law, holes, and what may be pushed."""

import json
from dataclasses import asdict, replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.events import (
    Event,
    GapEvent,
    Quality,
    QualityFlag,
    RepCorrection,
    RepEvent,
    SetEnded,
    SetStarted,
    TremorReading,
    TremorStatus,
)
from detection.exercises import EXERCISES
from detection.pipeline import Tracker, one_set_tracker, params_for
from sensors.errors import InvalidSamples
from sensors.recording import Recording
from sensors.samples import SampleBlock
from sensors.synthetic import (
    Activity,
    GymExercise,
    SensorParams,
    SetScript,
    TremorScript,
    drop_out,
    everyday,
    gym_set,
    jitter_times,
    join,
    synthesize,
)
from tests.detection.streams import blocks, events_of, sets_of

SLOW = SetScript(reps=5, concentric_s=1.5, hold_s=1.0, eccentric_s=2.0, rest_s=1.0)


@cache
def _signals() -> dict[str, Recording]:
    steady = synthesize(SLOW, tremor=TremorScript(freq_hz=7.0), seed=1).recording
    at_25_hz = synthesize(SLOW, sensor=SensorParams(rate_hz=25.0), seed=2).recording
    return {
        "steady": steady,
        "25 Hz": at_25_hz,
        "short hole": drop_out(steady, at_s=14.0, lasts_s=1.2),
        "hole in the third rep": drop_out(steady, at_s=19.0, lasts_s=3.0),
        "long hole": drop_out(steady, at_s=14.0, lasts_s=11.0),
        "jittered": jitter_times(steady, sd_s=0.003, seed=3),
        "walk, then squats": join(
            everyday(Activity.WALKING_ABOUT, 20.0, SensorParams(rate_hz=25.0), seed=1),
            gym_set(GymExercise.SQUAT, 5, SensorParams(rate_hz=25.0), seed=4),
        ).recording,
    }


SIGNALS = (
    "steady",
    "25 Hz",
    "short hole",
    "hole in the third rep",
    "long hole",
    "jittered",
    "walk, then squats",
)


@cache
def _whole(name: str) -> list[Event]:
    return events_of(_signals()[name])


@pytest.mark.parametrize("name", SIGNALS)
@given(sizes=st.lists(st.integers(1, 700), max_size=30))
@settings(max_examples=12, deadline=None)
def test_any_partition_gives_identical_events(name: str, sizes: list[int]) -> None:
    assert events_of(_signals()[name], sizes) == _whole(name)


@pytest.mark.parametrize("size", [3, 50, 1001])
def test_old_samples_are_forgotten_without_a_trace(size: int) -> None:
    """Sets after a quarter of an hour, when the first samples are long gone."""
    sensor = SensorParams(rate_hz=25.0)
    idle = everyday(Activity.LYING, 900.0, sensor, seed=1)
    recording = join(idle, *(synthesize(SLOW, sensor=sensor, seed=n) for n in range(3))).recording
    whole = events_of(recording)
    assert len(sets_of(whole)) >= 3
    assert events_of(recording, [size] * (len(recording.t_s) // size)) == whole


@pytest.mark.parametrize("name", SIGNALS)
def test_sample_by_sample_gives_identical_events(name: str) -> None:
    recording = _signals()[name]
    assert events_of(recording, [1] * len(recording.t_s)) == _whole(name)


@pytest.mark.parametrize("name", SIGNALS)
def test_events_come_with_the_first_sample_at_or_after_their_time(name: str) -> None:
    tracker = Tracker()
    seen_until_s = -np.inf
    for block in blocks(_signals()[name], [37] * 1000):
        for event in tracker.push(block):
            assert seen_until_s < event.at_s <= block.t_s[-1]
        seen_until_s = block.t_s[-1] if len(block) else seen_until_s


@pytest.mark.parametrize("name", SIGNALS)
def test_events_are_in_the_order_of_their_time(name: str) -> None:
    assert all(one.at_s <= other.at_s for one, other in pairwise(_whole(name)))


@pytest.mark.parametrize("name", SIGNALS)
def test_the_count_never_falls_silently(name: str) -> None:
    count = 0
    for event in _whole(name):
        match event:
            case SetStarted():
                count = 0
            case RepEvent():
                assert event.count == count + 1
                count = event.count
            case RepCorrection():
                count = event.count
            case SetEnded():
                assert len(event.reps) == count


def test_a_short_hole_is_reported_and_the_count_goes_on() -> None:
    events = _whole("short hole")
    holes = [event for event in events if isinstance(event, GapEvent)]
    assert [round(hole.end_s - hole.start_s, 1) for hole in holes] == [1.2]
    assert [len(ended.reps) for ended in sets_of(events)] == [5]
    assert _flags(events) == {Quality.GAP}


def test_no_window_of_shaking_reaches_over_a_hole() -> None:
    for name in ("short hole", "long hole"):
        (hole,) = (event for event in _whole(name) if isinstance(event, GapEvent))
        for reading in (e for e in _whole(name) if isinstance(e, TremorReading)):
            window = reading.window
            assert window.end_s <= hole.start_s + 0.02 or window.start_s >= hole.end_s - 0.02


def test_a_long_hole_ends_the_set_and_sets_are_numbered_on() -> None:
    long_set = synthesize(replace(SLOW, reps=10), seed=4).recording
    events = events_of(drop_out(long_set, at_s=32.0, lasts_s=11.0))
    numbers = [ended.set_number for ended in sets_of(events)]
    assert numbers == [1, 2]


def test_25_hz_is_counted_and_its_shaking_refused_with_a_reason() -> None:
    events = _whole("25 Hz")
    assert [len(ended.reps) for ended in sets_of(events)] == [5]
    windows = [event.window for event in events if isinstance(event, TremorReading)]
    assert windows
    assert {window.status for window in windows} == {TremorStatus.REFUSED}
    assert all("50 Hz" in window.reason for window in windows)
    assert all(window.amp_rms_ms2 is None for window in windows)


def test_after_flush_a_new_stream_begins_and_sets_are_numbered_on() -> None:
    tracker = Tracker()
    first = events_of(_signals()["steady"], tracker=tracker)
    second = events_of(_signals()["steady"], tracker=tracker)
    assert [e.set_number for e in sets_of(first) + sets_of(second)] == [1, 2]
    assert [len(e.reps) for e in sets_of(second)] == [5]


def test_time_going_back_is_refused_with_both_times() -> None:
    tracker = Tracker()
    one, other = blocks(_signals()["steady"], [500])[:2]
    tracker.push(other)
    with pytest.raises(InvalidSamples, match=r"time went back from .* to 0\.0"):
        tracker.push(one)


def test_another_rate_is_refused() -> None:
    tracker = Tracker()
    tracker.push(SampleBlock(np.array([0.0]), np.zeros((1, 3)), 100.0))
    with pytest.raises(InvalidSamples, match=r"100 Hz so far, now 50 Hz"):
        tracker.push(SampleBlock(np.array([0.1]), np.zeros((1, 3)), 50.0))


def test_an_empty_stream_says_nothing() -> None:
    assert Tracker().flush() == []
    tracker = Tracker()
    assert tracker.push(SampleBlock(np.zeros(0), np.zeros((0, 3)), 100.0)) == []


def test_three_samples_are_too_short_and_no_set() -> None:
    events = events_of(Recording(np.arange(3) / 100, np.full((3, 3), 5.7), 100.0))
    assert _flags(events) == {Quality.TOO_SHORT}
    assert sets_of(events) == []


def test_given_edges_count_all_of_the_stream_as_one_set() -> None:
    short = synthesize(SetScript(reps=2, lead_in_s=0.3, lead_out_s=0.3), seed=5).recording
    (ended,) = sets_of(events_of(short, [123] * 50, one_set_tracker()))
    assert len(ended.reps) == 2


def test_given_edges_hold_over_a_long_hole() -> None:
    holed = drop_out(synthesize(SLOW, seed=5).recording, at_s=14.0, lasts_s=12.0)
    assert len(sets_of(events_of(holed, tracker=one_set_tracker()))) == 1


def test_a_known_exercise_shuts_out_faster_movement() -> None:
    fast = SetScript(concentric_s=0.4, hold_s=0.0, eccentric_s=0.4, rest_s=0.1)
    recording = synthesize(fast, seed=6).recording
    assert [len(e.reps) for e in sets_of(events_of(recording))] == [10]
    known = Tracker(params_for(EXERCISES["bridge"]))
    assert sum(len(e.reps) for e in sets_of(events_of(recording, tracker=known))) <= 6


def _flags(events: list[Event]) -> set[Quality]:
    return {event.flag for event in events if isinstance(event, QualityFlag)}


def test_parameters_can_be_stored_beside_results() -> None:
    params = asdict(params_for(EXERCISES["bridge"]))
    assert json.loads(json.dumps(params, allow_nan=False)) == json.loads(json.dumps(params))
