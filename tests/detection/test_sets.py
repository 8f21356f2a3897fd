"""Sets and their counts, nothing given, over movement whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from detection.events import RepEvent, SetEnded, SetStarted
from sensors.recording import Recording
from sensors.synthetic import (
    Activity,
    SensorParams,
    SetScript,
    TremorScript,
    arrive_in_bursts,
    drop_out,
    everyday,
    join,
    random_rotation_deg,
    slip_strap,
    synthesize,
)
from tests.detection.streams import counts, events_of, sets_of

SLOW = SetScript()


@pytest.mark.parametrize("seconds", [2, 4, 6, 10, 20])
def test_counts_at_every_pace(seconds: float) -> None:
    script = SetScript(
        reps=8,
        concentric_s=0.3 * seconds,
        hold_s=0.2 * seconds,
        eccentric_s=0.3 * seconds,
        rest_s=0.2 * seconds,
    )
    assert counts(synthesize(script, seed=seconds).recording) == [8]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(replace(SLOW, hold_s=5.0), id="hold of 5 s"),
        pytest.param(replace(SLOW, rest_s=5.0), id="rest of 5 s"),
        pytest.param(
            replace(SLOW, concentric_s=1.0, eccentric_s=4.0, hold_s=0.2), id="1 up, 4 down"
        ),
        pytest.param(replace(SLOW, dip=0.3, hold_s=2.0), id="two bumps"),
        pytest.param(replace(SLOW, pace_drift=1.5), id="slower by half"),
        pytest.param(replace(SLOW, pace_drift=0.5), id="faster by half"),
        pytest.param(replace(SLOW, range_drift=0.4), id="range fades to 40 %"),
        pytest.param(replace(SLOW, range_deg=3.0), id="range of 3 degrees"),
        pytest.param(replace(SLOW, lying_down_s=3.0, standing_up_s=3.0), id="lies down, stands up"),
        pytest.param(replace(SLOW, paused_rep=5), id="a pause inside a repetition"),
        pytest.param(replace(SLOW, other_side_share=1.0), id="sides that feel alike count each"),
        pytest.param(replace(SLOW, reps=3), id="three repetitions"),
        pytest.param(replace(SLOW, reps=5), id="five repetitions"),
    ],
)
def test_counts_what_people_do(script: SetScript) -> None:
    assert counts(synthesize(script, seed=2).recording) == [script.reps]


@pytest.mark.parametrize("reps", [1, 2])
def test_one_or_two_movements_are_no_set(reps: int) -> None:
    assert counts(synthesize(replace(SLOW, reps=reps), seed=reps).recording) == []


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 50.0, 104.0, 200.0])
def test_counts_at_every_rate(rate_hz: float) -> None:
    sensor = SensorParams(rate_hz=rate_hz)
    assert counts(synthesize(SLOW, sensor=sensor, seed=3).recording) == [10]


@pytest.mark.parametrize("seed", range(4))
def test_counts_however_the_sensor_is_turned(seed: int) -> None:
    sensor = SensorParams(rotation_deg=random_rotation_deg(seed))
    assert counts(synthesize(SLOW, sensor=sensor, seed=3).recording) == [10]


def test_counts_shaking_legs() -> None:
    script = SetScript(reps=8, concentric_s=3.0, eccentric_s=3.0)
    shaking = TremorScript(freq_hz=6.0)
    assert counts(synthesize(script, tremor=shaking, seed=2).recording) == [8]


def test_a_slipping_strap_does_not_end_the_set() -> None:
    whole = synthesize(SLOW, seed=4).recording
    assert counts(slip_strap(whole, at_s=25.0, angle_deg=25.0, seed=1)) == [10]


@pytest.mark.parametrize("lasts_s", [0.3, 1.0, 2.0])
def test_a_lost_link_does_not_change_the_count(lasts_s: float) -> None:
    whole = synthesize(SLOW, seed=4).recording
    assert counts(drop_out(whole, at_s=25.0, lasts_s=lasts_s)) == [10]


def test_bursts_do_not_change_the_count() -> None:
    assert counts(arrive_in_bursts(synthesize(SLOW, seed=4).recording, samples=20)) == [10]


@pytest.mark.parametrize("pause_s", [10.0, 60.0])
def test_a_rest_parts_two_sets(pause_s: float) -> None:
    first = synthesize(replace(SLOW, lead_out_s=pause_s), seed=5)
    second = synthesize(replace(SLOW, lead_in_s=0.5, range_deg=60.0, concentric_s=2.0), seed=6)
    assert counts(join(first, second).recording) == [10, 10]


@pytest.mark.parametrize("activity", [Activity.LYING, Activity.TYPING])
@pytest.mark.parametrize("seed", range(3))
def test_everyday_stillness_is_no_set(activity: Activity, seed: int) -> None:
    assert counts(everyday(activity, 120.0, seed=seed).recording) == []


def test_a_set_is_announced_before_it_ends_and_from_where_it_began() -> None:
    script = replace(SLOW, lead_in_s=8.0)
    synthetic = synthesize(script, seed=7)
    events = events_of(synthetic.recording)
    (started,) = [event for event in events if isinstance(event, SetStarted)]
    (ended,) = sets_of(events)
    truth = synthetic.truth.sets[0]
    assert started.at_s < ended.at_s
    assert abs(started.start_s - truth[0].start_s) < 3.0
    assert abs(ended.end_s - truth[-1].end_s) < 0.5


def test_final_repetitions_have_the_tempo_turn_and_tilt_of_the_movement() -> None:
    script = SetScript(concentric_s=2.0, hold_s=2.0, eccentric_s=3.0, rest_s=1.5, range_deg=50.0)
    synthetic = synthesize(script, seed=8)
    (ended,) = sets_of(events_of(synthetic.recording))
    errors = np.array(
        [
            (
                rep.start_s - true.start_s,
                rep.turn_s - (true.hold_start_s + true.hold_end_s) / 2,
                rep.end_s - true.end_s,
                rep.tempo.concentric_s - (true.hold_start_s - true.start_s),
                rep.tempo.hold_s - (true.hold_end_s - true.hold_start_s),
                rep.tempo.eccentric_s - (true.end_s - true.hold_end_s),
                (rep.tilt_deg - true.tilt_deg) / 10,
            )
            for rep, true in zip(ended.reps, synthetic.truth.sets[0], strict=True)
        ]
    )
    assert np.abs(np.median(errors, axis=0)).max() < 0.25


def test_every_repetition_is_counted_once_it_can_be_known() -> None:
    (ended,) = sets_of(events_of(synthesize(SLOW, seed=9).recording))
    assert all(rep.counted_at_s <= ended.at_s for rep in ended.reps)
    assert all(rep.counted_at_s > rep.start_s for rep in ended.reps)
    assert 0.5 < ended.confidence <= 1.0


def test_memory_and_events_stay_bounded_in_a_long_repetitive_stream() -> None:
    """Ten minutes without a pause: sets are cut off, none holds more than the memory's length."""
    script = SetScript(reps=150, concentric_s=1.5, hold_s=0.5, eccentric_s=1.5, rest_s=0.5)
    events = events_of(synthesize(script, seed=10).recording, [1000] * 100)
    ended = [event for event in events if isinstance(event, SetEnded)]
    assert all(e.end_s - e.start_s < 430 for e in ended)
    assert abs(sum(len(e.reps) for e in ended) - 150) <= len(ended)


def _still(seconds: float, noise_ms2: float) -> Recording:
    t_s = np.arange(0, seconds, 0.01)
    noise = np.random.default_rng(0).normal(0, noise_ms2, (len(t_s), 3))
    return Recording(t_s, noise + np.array([0, 0, 9.81]), 100.0)


@pytest.mark.parametrize("noise_ms2", [0.0, 0.02, 0.2])
def test_stillness_is_no_set_however_noisy_the_sensor(noise_ms2: float) -> None:
    assert counts(_still(120.0, noise_ms2)) == []


@pytest.mark.parametrize("seed", range(2))
def test_walking_is_not_even_announced(seed: int) -> None:
    events = events_of(everyday(Activity.WALKING, 120.0, seed=seed).recording)
    assert [e for e in events if isinstance(e, SetStarted | RepEvent | SetEnded)] == []
