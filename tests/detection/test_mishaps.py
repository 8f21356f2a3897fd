"""Counts through what goes wrong with sensors and links; nothing given."""

from dataclasses import replace

import numpy as np
import pytest

from detection.events import GapEvent, Quality, QualityFlag
from detection.pipeline import Tracker
from sensors.errors import InvalidSamples
from sensors.samples import STANDARD_GRAVITY_MS2, SampleBlock
from sensors.synthetic import (
    SensorParams,
    SetScript,
    arrive_in_bursts,
    drop_out,
    jitter_times,
    jump_clock,
    saturate,
    slip_strap,
    synthesize,
)
from tests.detection.streams import blocks, counts, events_of, sets_of

SLOW = SetScript()
BRISK = SetScript(concentric_s=0.7, hold_s=0.2, eccentric_s=0.7, rest_s=0.3, reps=15)


@pytest.mark.parametrize(
    ("angle_deg", "seed"), [(10.0, 1), (25.0, 1), (45.0, 2), (90.0, 1), (90.0, 2)]
)
def test_a_slipping_strap_does_not_end_the_set(angle_deg: float, seed: int) -> None:
    whole = synthesize(SLOW, seed=4).recording
    assert counts(slip_strap(whole, at_s=28.0, angle_deg=angle_deg, seed=seed)) == [10]


def test_a_strap_that_creeps_over_half_a_minute_does_not_change_the_count() -> None:
    whole = synthesize(SLOW, seed=4).recording
    assert counts(slip_strap(whole, at_s=10.0, angle_deg=60.0, seed=3, takes_s=30.0)) == [10]


@pytest.mark.parametrize(
    ("at_s", "lasts_s"), [(25.0, 0.3), (25.0, 1.0), (25.0, 2.0), (27.5, 1.0), (27.5, 2.0)]
)
def test_a_lost_link_does_not_change_the_count(at_s: float, lasts_s: float) -> None:
    whole = synthesize(SLOW, seed=4).recording
    assert counts(drop_out(whole, at_s=at_s, lasts_s=lasts_s)) == [10]


def test_a_link_lost_for_half_a_second_does_not_change_the_count_of_a_brisk_set() -> None:
    whole = synthesize(BRISK, seed=4).recording
    assert counts(drop_out(whole, at_s=17.3, lasts_s=0.5)) == [15]


def test_a_link_lost_again_and_again_does_not_change_the_count() -> None:
    whole = synthesize(SLOW, seed=4).recording
    for at_s in (12.0, 21.0, 33.0, 46.0):
        whole = drop_out(whole, at_s=at_s, lasts_s=0.8)
    assert counts(whole) == [10]


@pytest.mark.parametrize("samples", [20, 50])
def test_bursts_do_not_change_the_count(samples: int) -> None:
    assert counts(arrive_in_bursts(synthesize(SLOW, seed=4).recording, samples)) == [10]


@pytest.mark.parametrize("sd_s", [0.005, 0.02])
def test_stamps_that_jitter_do_not_change_the_count(sd_s: float) -> None:
    assert counts(jitter_times(synthesize(BRISK, seed=4).recording, sd_s, seed=1)) == [15]


@pytest.mark.parametrize("by_s", [0.5, 2.0])
def test_a_small_clock_jump_does_not_change_the_count(by_s: float) -> None:
    whole = synthesize(SLOW, seed=4).recording
    assert counts(jump_clock(whole, at_s=29.0, by_s=by_s)) == [10]


def test_a_clock_that_jumps_an_hour_ends_the_set_and_loses_at_most_the_running_repetition() -> None:
    events = events_of(jump_clock(synthesize(SLOW, seed=4).recording, at_s=29.0, by_s=3600.0))
    assert [round(e.end_s - e.start_s) for e in events if isinstance(e, GapEvent)] == [3600]
    before, after = (len(ended.reps) for ended in sets_of(events))
    assert 9 <= before + after <= 10


def test_a_block_that_comes_twice_is_refused_and_changes_nothing() -> None:
    recording = synthesize(SLOW, seed=4).recording
    tracker, events = Tracker(), []
    for block in blocks(recording, [97] * 40):
        events += tracker.push(block)
        with pytest.raises(InvalidSamples, match="time went back"):
            tracker.push(block)
    assert events + tracker.flush() == events_of(recording)


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 50.0, 104.0, 200.0])
def test_counts_at_every_rate(rate_hz: float) -> None:
    sensor = SensorParams(rate_hz=rate_hz)
    assert counts(synthesize(SLOW, sensor=sensor, seed=3).recording) == [10]


@pytest.mark.parametrize("step_ms2", [0.1, 0.153])
def test_coarse_steps_do_not_change_the_count_of_small_tilts(step_ms2: float) -> None:
    sensor = SensorParams(step_ms2=step_ms2, noise_ms2=0.06)
    script = replace(SLOW, range_deg=6.0)
    assert counts(synthesize(script, sensor=sensor, seed=3).recording) == [10]


def test_a_noisy_sensor_does_not_change_the_count() -> None:
    sensor = SensorParams(noise_ms2=0.4)
    assert counts(synthesize(SLOW, sensor=sensor, seed=3).recording) == [10]


def test_a_range_too_small_is_told_and_does_not_change_the_count() -> None:
    """Set to 1 g: cut wherever the movement adds to gravity."""
    events = events_of(saturate(synthesize(BRISK, seed=4).recording, range_ms2=9.5))
    assert [len(ended.reps) for ended in sets_of(events)] == [15]


def test_g_in_place_of_ms2_is_flagged() -> None:
    recording = synthesize(SLOW, seed=4).recording
    in_g = SampleBlock(recording.t_s, recording.acc_ms2 / STANDARD_GRAVITY_MS2, recording.rate_hz)
    flags = [e.flag for e in Tracker().push(in_g) if isinstance(e, QualityFlag)]
    assert flags == [Quality.WRONG_UNIT]


def test_milli_g_in_place_of_ms2_is_flagged() -> None:
    recording = synthesize(SLOW, seed=4).recording
    in_mg = 1000 / STANDARD_GRAVITY_MS2 * recording.acc_ms2
    assert np.abs(in_mg).max() < 4000
    events = Tracker().push(SampleBlock(recording.t_s, in_mg, recording.rate_hz))
    (flag,) = (event for event in events if isinstance(event, QualityFlag))
    assert flag.flag is Quality.WRONG_UNIT
    assert "as gravity is in mg; m/s² are expected" in flag.detail
