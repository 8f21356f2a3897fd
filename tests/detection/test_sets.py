"""What is said of a set: when it is announced, its repetitions, its bounds; and of none."""

from dataclasses import replace

import numpy as np
import pytest

from detection.events import RepEvent, SetEnded, SetStarted
from sensors.recording import Recording
from sensors.synthetic import (
    Activity,
    SetScript,
    everyday,
    synthesize,
)
from tests.detection.streams import counts, events_of, sets_of

SLOW = SetScript()


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
