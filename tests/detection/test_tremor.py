"""Rows of "what the measurement must hold": synthetic, small; the large runs are in benchmarks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.events import TremorReading, TremorStatus, TremorWindow
from detection.tremor.meter import TremorMeter, TremorParams
from detection.tremor.verdict import BELOW_DEVICE
from sensors.samples import SampleBlock
from tests.detection.shaking_limb import (
    OBLIQUE,
    finals,
    knocks,
    median_amp_ms2,
    readings,
    resting,
    seconds,
    shaking,
    share,
    tilting,
)

MINUTE = seconds(60)
REPS = tilting(MINUTE, reps_hz=0.25, range_deg=40)
COARSE_STEP_MS2 = 0.153


@pytest.mark.parametrize("freq_hz", [5.0, 6.5, 8.0, 10.0, 12.0])
def test_tremor_on_slow_reps_is_found_and_measured(freq_hz: float) -> None:
    windows = finals(MINUTE, REPS + shaking(MINUTE, freq_hz, 0.5))
    path_mm = 1e3 * 0.5 / (2 * np.pi * freq_hz) ** 2
    assert share(windows, TremorStatus.TREMOR) == 1
    assert median_amp_ms2(windows) == pytest.approx(0.5, rel=0.05)
    assert np.median([w.freq_hz or 0 for w in windows]) == pytest.approx(freq_hz, abs=0.1)
    assert np.median([w.displacement_mm or 0 for w in windows]) == pytest.approx(path_mm, rel=0.05)


@pytest.mark.parametrize(("reps_hz", "range_deg"), [(0.1, 80), (0.33, 60), (0.5, 40), (1.0, 80)])
def test_reps_without_tremor_are_not_flagged(reps_hz: float, range_deg: float) -> None:
    windows = finals(MINUTE, tilting(MINUTE, reps_hz, range_deg, seed=3))
    assert share(windows, TremorStatus.TREMOR) == 0
    assert share(windows, TremorStatus.UNKNOWN) <= 0.05


@pytest.mark.parametrize("per_minute", [10, 30, 60])
def test_knocks_are_unknown_and_never_tremor(per_minute: int) -> None:
    windows = finals(MINUTE, REPS + knocks(MINUTE, per_minute, seed=per_minute))
    assert share(windows, TremorStatus.TREMOR) == 0
    assert share(windows, TremorStatus.UNKNOWN) > 0.3
    assert {w.reason for w in windows} >= {"impacts"}


def test_a_quarter_of_a_minute_is_a_quarter_of_the_windows() -> None:
    while_shaking = ((MINUTE >= 20) & (MINUTE < 35))[:, None]
    windows = finals(MINUTE, REPS + shaking(MINUTE, 7, 0.5) * while_shaking)
    assert share(windows, TremorStatus.TREMOR) == pytest.approx(0.25, abs=0.05)


@pytest.mark.parametrize("slope", [0, 1, 2])
def test_noise_is_not_tremor(slope: int) -> None:
    t_s = seconds(240)
    spectrum = np.fft.rfft(np.random.default_rng(slope).normal(size=(len(t_s), 3)), axis=0)
    freq_hz = np.maximum(np.fft.rfftfreq(len(t_s), 0.01), 0.05)
    noise = np.fft.irfft(spectrum / freq_hz[:, None] ** (slope / 2), len(t_s), axis=0)
    windows = finals(t_s, np.array([0, 0, 9.8]) + 0.5 * noise / noise.std())
    assert share(windows, TremorStatus.TREMOR) <= 0.005


def test_an_8_bit_sensor_sees_a_tremor_near_its_step_and_invents_none() -> None:
    shake = REPS + shaking(MINUTE, 7, 0.2)
    none = finals(MINUTE, np.round(REPS / COARSE_STEP_MS2) * COARSE_STEP_MS2)
    some = finals(MINUTE, np.round(shake / COARSE_STEP_MS2) * COARSE_STEP_MS2)
    assert share(none, TremorStatus.TREMOR) == 0
    assert share(some, TremorStatus.TREMOR) >= 0.95
    assert median_amp_ms2(some) == pytest.approx(0.2, rel=0.07)


def test_a_small_tremor_on_a_browser_phone_is_below_the_floor() -> None:
    windows = finals(MINUTE, np.round(REPS + shaking(MINUTE, 7, 0.05), 1))
    assert share(windows, TremorStatus.BELOW_FLOOR) >= 0.9


def test_a_noisy_device_raises_the_floor() -> None:
    shake = REPS + shaking(MINUTE, 7, 0.2)
    windows = finals(MINUTE, shake, TremorParams(floor_ms2=0.1))
    assert share(windows, TremorStatus.BELOW_FLOOR) == 1


def test_a_noisy_device_is_learnt_from_a_still_moment() -> None:
    noise = resting(MINUTE, noise_ms2=0.12, seed=5) - resting(MINUTE, noise_ms2=0)
    shake = (REPS - resting(MINUTE, noise_ms2=0)) * (MINUTE >= 20)[:, None]
    shaken = resting(MINUTE, 0) + shake + noise + shaking(MINUTE, 7, 0.12) * (MINUTE >= 20)[:, None]
    windows = finals(MINUTE, shaken)
    in_3_hz_ms2 = 0.12 * np.sqrt(3 * 3 / 50)
    assert windows[-1].noise_floor_ms2 == pytest.approx(in_3_hz_ms2, rel=0.15)
    late = [window for window in windows if window.start_s >= 26]
    assert share(late, TremorStatus.TREMOR) == 0
    assert {w.reason for w in late if w.status is TremorStatus.BELOW_FLOOR} == {BELOW_DEVICE}
    assert share(late, TremorStatus.BELOW_FLOOR) >= 0.8


@pytest.mark.parametrize("reps_hz", [0.25, 0.5])
def test_movement_and_shaking_teach_no_noise(reps_hz: float) -> None:
    moving = tilting(MINUTE, reps_hz, 40) + shaking(MINUTE, 7, 0.5)
    assert {w.noise_floor_ms2 for w in finals(MINUTE, moving)} == {0.0}


def test_shaking_under_a_step_of_the_numbers_is_below_the_resolution_of_the_device() -> None:
    small = finals(MINUTE, np.round(REPS + shaking(MINUTE, 7, 0.09), 1))
    assert {w.reason for w in small if w.status is TremorStatus.BELOW_FLOOR} == {BELOW_DEVICE}
    assert share(small, TremorStatus.TREMOR) == 0
    fine = finals(MINUTE, REPS + shaking(MINUTE, 7, 0.09))
    assert share(fine, TremorStatus.TREMOR) >= 0.9


@pytest.mark.parametrize("width_hz", [0.0, 0.1, 0.3])
def test_the_interval_holds_what_was_there(width_hz: float) -> None:
    held = [
        _holds(window, shake)
        for seed in range(4)
        for shake in [_swelling(5.5 + 1.5 * seed, width_hz, 0.15 + 0.15 * seed, seed)]
        for window in finals(MINUTE, tilting(MINUTE, 0.25, 50, seed=seed) + shake)
        if window.status is TremorStatus.TREMOR
    ]
    assert len(held) > 150
    assert np.mean(held) >= 0.92
    assert np.mean(held) > 0.99 or width_hz > 0


def _swelling(freq_hz: float, width_hz: float, rms_ms2: float, seed: int) -> np.ndarray:
    """A tremor that swells and fades at random, as one of a certain width does."""
    noise = np.fft.rfft(np.random.default_rng(seed).normal(size=len(MINUTE)))
    at_hz = np.fft.rfftfreq(len(MINUTE), 0.01)
    wave = np.sin(2 * np.pi * freq_hz * MINUTE)
    if width_hz:
        wave = np.fft.irfft(noise * np.exp(-0.5 * ((at_hz - freq_hz) / width_hz) ** 2))
    return np.asarray(rms_ms2 * wave / wave.std())[:, None] * OBLIQUE


def _holds(window: TremorWindow, shake: np.ndarray) -> bool:
    during = shake[(window.start_s <= MINUTE) & (window.end_s > MINUTE)]
    amp_ms2 = float(np.sqrt((during**2).sum(axis=1).mean()))
    assert window.amp_low_ms2 is not None
    assert window.amp_high_ms2 is not None
    return window.amp_low_ms2 <= amp_ms2 <= window.amp_high_ms2


def test_noise_under_the_shaking_widens_the_interval() -> None:
    def width_ms2(noise_ms2: float) -> float:
        moving = tilting(MINUTE, 0.25, 40, noise_ms2) + shaking(MINUTE, 7, 0.2)
        return float(
            np.median(
                [(w.amp_high_ms2 or 0) - (w.amp_low_ms2 or 0) for w in finals(MINUTE, moving)]
            )
        )

    assert width_ms2(0.3) > 1.5 * width_ms2(0.02)


def test_a_wide_tremor_has_a_wide_bandwidth_and_a_tone_the_narrowest() -> None:
    def median_hz(width_hz: float) -> float:
        windows = finals(MINUTE, REPS + _swelling(8.0, width_hz, 0.5, seed=2))
        return float(np.median([w.bandwidth_hz or 0 for w in windows]))

    assert median_hz(0.0) == pytest.approx(0.85, abs=0.1)
    assert median_hz(0.8) > 1.2 * median_hz(0.0)


def test_all_that_moves_in_the_band_is_told_beside_the_oscillation() -> None:
    windows = finals(MINUTE, REPS + shaking(MINUTE, 6, 0.3) + _swelling(12.0, 0.0, 0.4, seed=0))
    assert np.median([w.band_rms_ms2 or 0 for w in windows]) == pytest.approx(0.5, rel=0.05)


def test_orientation_changes_nothing() -> None:
    turn, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))
    shake = REPS + shaking(MINUTE, 7, 0.3)
    turned = median_amp_ms2(finals(MINUTE, shake @ turn.T))
    assert turned == pytest.approx(median_amp_ms2(finals(MINUTE, shake)), rel=0.001)


@pytest.mark.parametrize("rate_hz", [50, 64, 104, 200, 1000])
def test_the_same_motion_reads_the_same_at_any_rate(rate_hz: int) -> None:
    fine = seconds(40, 2000)
    motion = tilting(fine, 0.25, 40, noise_ms2=0) + shaking(fine, 7.3, 0.3)
    t_s = seconds(40, rate_hz)
    windows = finals(t_s, motion[np.round(t_s * 2000).astype(int)])
    assert median_amp_ms2(windows) == pytest.approx(0.292, rel=0.02)


def test_uneven_sample_times_change_the_amplitude_little() -> None:
    shake = REPS + shaking(MINUTE, 7, 0.3)
    jitter_s = np.clip(np.random.default_rng(3).normal(0, 0.01, len(MINUTE)), -0.0049, 0.0049)
    jittered = median_amp_ms2(finals(MINUTE + jitter_s, shake))
    assert jittered == pytest.approx(median_amp_ms2(finals(MINUTE, shake)), rel=0.03)


def test_the_pitch_is_that_of_the_sample_times_not_of_the_nominal_rate() -> None:
    true_rate_hz = 103.0
    t_s = seconds(40, true_rate_hz)
    shake = tilting(t_s, 0.25, 40) + shaking(t_s, 8, 0.5)
    found = [r.window for r in readings(t_s, shake, rate_hz=100.0)]
    assert np.median([w.freq_hz or 0 for w in found]) == pytest.approx(8, abs=0.1)


def test_sample_times_far_from_the_rate_are_unknown() -> None:
    t_s = seconds(40, 120.0)
    found = readings(t_s, resting(t_s), rate_hz=100.0)
    assert {r.window.reason for r in found} == {"sample times disagree with the rate"}


def test_25_hz_is_refused_with_the_reason() -> None:
    t_s = seconds(30, 25.0)
    windows = finals(t_s, tilting(t_s, 0.25, 40))
    assert len(windows) == 27
    assert share(windows, TremorStatus.REFUSED) == 1
    assert {w.amp_rms_ms2 for w in windows} == {None}
    assert "below 50 Hz" in windows[0].reason


@pytest.mark.parametrize("dead", [[1], [0, 1, 2]])
def test_a_dead_axis_is_no_signal(dead: list[int]) -> None:
    shake = REPS + shaking(MINUTE, 7, 0.5)
    shake[:, dead] = 0.0
    windows = finals(MINUTE, shake)
    assert share(windows, TremorStatus.UNKNOWN) == 1
    assert windows[0].reason.startswith("no signal")


def test_a_saturated_sensor_is_unknown() -> None:
    windows = finals(MINUTE, np.clip(3 * REPS + shaking(MINUTE, 6, 2.0), -19.6, 19.6))
    assert share(windows, TremorStatus.UNKNOWN) >= 0.9
    assert "clipped" in {w.reason for w in windows}


@pytest.mark.parametrize("samples", [1, 3, 150, 390])
def test_a_stretch_shorter_than_a_window_has_none(samples: int) -> None:
    assert readings(MINUTE[:samples], REPS[:samples], rate_hz=100.0) == []


@pytest.mark.parametrize("samples", [400, 450, 700, 1290])
def test_a_short_stretch_is_judged_by_the_context_there_is(samples: int) -> None:
    found = readings(MINUTE[:samples], REPS[:samples], rate_hz=100.0)
    final = [r.window for r in found if r.is_final]
    assert [round(w.start_s) for w in final] == list(range((samples - 400) // 100 + 1))


@settings(max_examples=25, deadline=None)
@given(
    rate_hz=st.sampled_from([50.0, 64.0, 103.169, 200.0, 400.7]),
    cuts=st.lists(st.floats(0, 1), max_size=40),
)
def test_any_partition_gives_identical_readings(rate_hz: float, cuts: list[float]) -> None:
    t_s = seconds(23.4, rate_hz)
    acc = tilting(t_s, 0.3, 50) + shaking(t_s, 6, 0.3) * (t_s > 9)[:, None] + knocks(t_s, 10)
    places = [int(cut * len(t_s)) for cut in cuts]
    assert _pushed(t_s, acc, places) == _pushed(t_s, acc, [])


def _pushed(t_s: np.ndarray, acc: np.ndarray, cuts: list[int]) -> list[TremorReading]:
    """All readings, each checked to come with the first sample at or after its time."""
    meter = TremorMeter((len(t_s) - 1) / (t_s[-1] - t_s[0]))
    found: list[TremorReading] = []
    bounds = [0, *sorted(cuts), len(t_s)]
    for start, stop in pairwise(bounds):
        new = meter.push(SampleBlock(t_s[start:stop], acc[start:stop], 100.0))
        before = t_s[start - 1] if start else -np.inf
        assert all(before < reading.at_s <= t_s[stop - 1] for reading in new)
        found += new
    return found + meter.flush()


def test_a_provisional_reading_comes_every_second_and_is_two_seconds_old() -> None:
    found = readings(MINUTE, REPS + shaking(MINUTE, 7, 0.5))
    early = [r for r in found if not r.is_final]
    assert np.allclose(np.diff([r.at_s for r in early]), 1.0)
    assert max(r.at_s - r.window.end_s for r in early) <= 2.5
    assert sum(r.window.status is TremorStatus.TREMOR for r in early) >= len(early) - 1


def test_every_window_is_judged_once_and_in_order() -> None:
    windows = finals(MINUTE, REPS)
    assert [round(w.start_s) for w in windows] == list(range(57))
    assert all(w.end_s - w.start_s == pytest.approx(4) for w in windows)


def test_state_stays_small_over_a_long_stream() -> None:
    meter = TremorMeter(100.0)
    block = REPS + shaking(MINUTE, 7, 0.2)
    for minute in range(12):
        meter.push(SampleBlock(MINUTE + 60 * minute, block, 100.0))
        if minute == 2:
            early_bytes = _bytes_held(meter)
    assert _bytes_held(meter) <= 1.5 * early_bytes < 3e6


def _bytes_held(thing: object, seen: set[int] | None = None) -> int:
    """Bytes of all arrays reachable from an object of ours, and a little for each other value."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, dict):
        return sum(_bytes_held(value, seen) for value in thing.values())
    if isinstance(thing, list | tuple):
        return sum(_bytes_held(value, seen) for value in thing)
    if type(thing).__module__.startswith("detection"):
        slots = getattr(type(thing), "__slots__", ())
        held = [getattr(thing, slot) for slot in slots] or list(vars(thing).values())
        return sum(_bytes_held(value, seen) for value in held)
    return 32
