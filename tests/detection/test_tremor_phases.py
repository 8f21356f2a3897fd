"""Shaking by phase of the repetition, and how it grows over a set."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from detection.events import Rep, SetEnded, TremorStatus
from detection.pipeline import Tracker
from detection.tremor.phases import RepPhase, SetShaking, shaking_by_phase
from sensors.recording import Recording
from sensors.samples import SampleBlock
from sensors.synthetic import (
    ORDINARY,
    LimbParams,
    SensorParams,
    SetScript,
    TremorScript,
    drop_out,
    random_rotation_deg,
    synthesize,
)
from sensors.synthetic.truth import Phase

SLOW = SetScript(
    reps=8, concentric_s=2.0, hold_s=2.0, eccentric_s=2.0, rest_s=2.0, jitter=0.08, lead_out_s=8.0
)
BENT = LimbParams(rest_up=(0.7, 0.7, 0.1))
OPPOSITE = {
    Phase.CONCENTRIC: RepPhase.ECCENTRIC,
    Phase.HOLD: RepPhase.REST,
    Phase.ECCENTRIC: RepPhase.CONCENTRIC,
}


def recorded(tremor: TremorScript | None, seed: int = 1, rate_hz: float = 100.0) -> Recording:
    sensor = SensorParams(rate_hz=rate_hz, rotation_deg=random_rotation_deg(seed))
    return synthesize(SLOW, BENT, sensor, tremor, seed, ORDINARY).recording


def counted(recording: Recording) -> tuple[Rep, ...]:
    tracker = Tracker()
    events = [event for block in recording.blocks(60.0) for event in tracker.push(block)]
    (ended,) = [e for e in events + tracker.flush() if isinstance(e, SetEnded)]
    return ended.reps


def measured(recording: Recording, reps: Sequence[Rep] | None = None) -> SetShaking:
    block = SampleBlock(recording.t_s, recording.acc_ms2, recording.rate_hz)
    found = shaking_by_phase(block, counted(recording) if reps is None else reps)
    assert found is not None
    return found


def status(found: SetShaking) -> dict[str, TremorStatus]:
    return {each.phase.value: each.status for each in found.phases}


@pytest.mark.parametrize("freq_hz", [5.5, 7.5, 10.5])
@pytest.mark.parametrize("phase", OPPOSITE, ids=str)
def test_what_shakes_in_one_phase_is_found_there_and_not_opposite(
    phase: Phase, freq_hz: float
) -> None:
    found = measured(recorded(TremorScript(freq_hz, 0.3, phases=(phase,))))
    by_phase = {each.phase.value: each for each in found.phases}
    right = by_phase[phase.value]
    assert right.status is TremorStatus.TREMOR
    assert right.freq_hz == pytest.approx(freq_hz, abs=0.35)
    assert right.amp_rms_ms2 == pytest.approx(0.3, rel=0.25)
    assert by_phase[OPPOSITE[phase]].status is TremorStatus.NONE


@pytest.mark.parametrize("seed", range(3))
def test_a_set_without_shaking_has_none_in_any_phase(seed: int) -> None:
    found = measured(recorded(None, seed))
    assert set(status(found).values()) == {TremorStatus.NONE}
    assert found.course is None


def test_shaking_that_grows_is_a_slope_over_the_repetitions() -> None:
    grown = measured(recorded(TremorScript(8.0, 0.3, 0.0, phases=(Phase.HOLD,), growth=3.0)))
    assert grown.course is not None
    assert grown.course.slope_log10 == pytest.approx(np.log10(3.0) / 7, rel=0.35)
    assert grown.course.low_log10 > 0
    assert len(grown.course.amp_rms_ms2) == SLOW.reps


def test_shaking_that_stays_has_no_slope_to_speak_of() -> None:
    even = measured(recorded(TremorScript(8.0, 0.3, phases=(Phase.HOLD,))))
    assert even.course is not None
    assert even.course.low_log10 < 0 < even.course.high_log10


def test_turning_the_sensor_changes_nothing() -> None:
    made = recorded(TremorScript(8.0, 0.3, phases=(Phase.HOLD,)))
    reps = counted(made)
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    turned = replace(made, acc_ms2=made.acc_ms2 @ turn)
    for one, other in zip(measured(made, reps).phases, measured(turned, reps).phases, strict=True):
        assert (one.status, one.phase) == (other.status, other.phase)
        assert one.amp_rms_ms2 == pytest.approx(other.amp_rms_ms2, rel=0.02)


@pytest.mark.parametrize("rate_hz", [50.0, 64.0, 200.0])
def test_the_rate_changes_little(rate_hz: float) -> None:
    script = TremorScript(8.0, 0.3, phases=(Phase.HOLD,), bandwidth_hz=0.0)
    amp = {
        hz: measured(recorded(script, rate_hz=hz)).phases[1].amp_rms_ms2 for hz in (100.0, rate_hz)
    }
    assert amp[rate_hz] == pytest.approx(amp[100.0], rel=0.05)


def test_a_slow_stream_and_a_short_set_are_not_judged() -> None:
    made = recorded(TremorScript(8.0, 0.3))
    block = SampleBlock(made.t_s, made.acc_ms2, made.rate_hz)
    assert shaking_by_phase(block, counted(made)[:3]) is None
    slow = SampleBlock(made.t_s[::4], made.acc_ms2[::4], 25.0)
    assert shaking_by_phase(slow, counted(made)) is None


def test_a_phase_that_hardly_lasts_cannot_be_told() -> None:
    brief = replace(SLOW, hold_s=0.1)
    made = synthesize(brief, BENT, SensorParams(rate_hz=100.0), None, 1).recording
    hold = measured(made).phases[1]
    assert (hold.status, hold.reason) == (TremorStatus.UNKNOWN, "too short a phase")
    assert hold.amp_rms_ms2 is None


def test_a_hole_in_the_set_is_left_out() -> None:
    made = recorded(TremorScript(8.0, 0.3, phases=(Phase.HOLD,)))
    found = measured(drop_out(made, 20.0, 3.0), counted(made))
    assert status(found)["hold"] is TremorStatus.TREMOR
    assert status(found)["rest"] is TremorStatus.NONE


def test_samples_that_hold_nothing_of_the_set_cannot_tell() -> None:
    made = recorded(None)
    nothing = SampleBlock(made.t_s[:50], made.acc_ms2[:50], made.rate_hz)
    found = shaking_by_phase(nothing, counted(made))
    assert found is not None
    assert {each.status for each in found.phases} == {TremorStatus.UNKNOWN}
