"""The synthetic body obeys physics, and its truth is what its samples show."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.recording import Recording
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray
from sensors.synthetic import (
    Activity,
    LimbParams,
    Phase,
    SensorParams,
    SetScript,
    TremorScript,
    arrive_in_bursts,
    drop_out,
    everyday,
    jitter_times,
    join,
    jump_clock,
    random_rotation_deg,
    saturate,
    slip_strap,
    stick_axis,
    synthesize,
)
from sensors.synthetic.motion import Waypoint, minimum_jerk, wandering

PERFECT = SensorParams(noise_ms2=0.0, step_ms2=0.0)
STILL = LimbParams(sway_deg=0.0)


def at(recording: Recording, t_s: float) -> FloatArray:
    return np.asarray(recording.acc_ms2[np.searchsorted(recording.t_s, t_s)])


def tilt_deg(recording: Recording, t1_s: float, t2_s: float) -> float:
    one, two = at(recording, t1_s), at(recording, t2_s)
    cosine = one @ two / np.linalg.norm(one) / np.linalg.norm(two)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def rms(recording: Recording, other: Recording, begin_s: float, end_s: float) -> float:
    span = (recording.t_s >= begin_s) & (recording.t_s < end_s)
    difference = recording.acc_ms2[span] - other.acc_ms2[span]
    return float(np.sqrt((difference**2).sum(axis=1).mean()))


@given(seed=st.integers(0, 1000))
@settings(max_examples=5, deadline=None)
def test_the_same_seed_gives_the_same_samples(seed: int) -> None:
    tremor = TremorScript()
    one = synthesize(SetScript(reps=3), tremor=tremor, seed=seed)
    two = synthesize(SetScript(reps=3), tremor=tremor, seed=seed)
    np.testing.assert_array_equal(one.recording.acc_ms2, two.recording.acc_ms2)
    assert one.truth == two.truth


def test_another_seed_gives_other_samples() -> None:
    one, two = synthesize(seed=1), synthesize(seed=2)
    assert one.truth != two.truth


def test_a_still_limb_feels_gravity_alone() -> None:
    limb = LimbParams(rest_up=(3.0, 4.0, 0.0), sway_deg=0.0)
    recording = synthesize(SetScript(reps=0), limb, PERFECT).recording
    up = np.array([0.6, 0.8, 0.0]) * STANDARD_GRAVITY_MS2
    np.testing.assert_allclose(recording.acc_ms2, np.tile(up, (len(recording), 1)), atol=1e-12)


def test_the_limbs_acceleration_is_that_of_its_place_in_the_room() -> None:
    """Twice differentiated, the sensor's place in the room gives what the sensor feels."""
    made = synthesize(
        SetScript(reps=1, range_deg=60, jitter=0, concentric_s=0.6, eccentric_s=0.5, hold_s=0.2),
        LimbParams(length_m=0.4, rest_up=(0, 1, 0), sway_deg=0),
        replace(PERFECT, rate_hz=10_000),
    )
    rep = made.truth.sets[0][0]
    path = [(rep.start_s, 0), (rep.hold_start_s, 60), (rep.hold_end_s, 60), (rep.end_s, 0)]
    t_s, felt_ms2 = made.recording.t_s, made.recording.acc_ms2
    angle = minimum_jerk([Waypoint(when, np.radians(deg)) for when, deg in path], t_s).value
    along, across = (
        np.stack([np.cos(angle), np.sin(angle)]),
        np.stack([-np.sin(angle), np.cos(angle)]),
    )
    dt_s = t_s[1] - t_s[0]
    in_room = np.gradient(np.gradient(0.4 * along, dt_s, axis=1), dt_s, axis=1)
    in_room[1] += STANDARD_GRAVITY_MS2
    expected = np.stack([(in_room * along).sum(axis=0), (in_room * across).sum(axis=0)], axis=1)
    assert np.abs(expected[:, 1] - STANDARD_GRAVITY_MS2).max() > 3
    np.testing.assert_allclose(felt_ms2[3:-3, :2], expected[3:-3], atol=0.03)


@given(
    range_deg=st.floats(1, 90),
    hold_s=st.floats(0.5, 5),
    rest_up=st.tuples(st.floats(-1, 1), st.floats(0.3, 1), st.floats(-1, 1)),
    seed=st.integers(0, 99),
)
@settings(max_examples=20, deadline=None)
def test_tilt_at_the_turn_is_the_truth(
    range_deg: float, hold_s: float, rest_up: tuple[float, float, float], seed: int
) -> None:
    limb = LimbParams(rest_up=rest_up, sway_deg=0)
    sensor = replace(PERFECT, rotation_deg=random_rotation_deg(seed))
    script = SetScript(reps=3, range_deg=range_deg, hold_s=hold_s)
    made = synthesize(script, limb, sensor, seed=seed)
    for rep in made.truth.sets[0]:
        shown = tilt_deg(made.recording, rep.start_s - 0.05, rep.turn_s)
        assert shown == pytest.approx(rep.tilt_deg, abs=0.01)


def test_turning_about_the_vertical_hardly_shows() -> None:
    made = synthesize(SetScript(reps=2), LimbParams(rest_up=(0, 0, 1), sway_deg=0), PERFECT)
    assert made.truth.sets[0][0].tilt_deg == pytest.approx(0, abs=1e-6)


@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_mounting_turns_the_samples_and_keeps_their_length(seed: int) -> None:
    straight = synthesize(SetScript(reps=1), sensor=PERFECT)
    rotation_deg = random_rotation_deg(seed)
    turned = synthesize(SetScript(reps=1), sensor=replace(PERFECT, rotation_deg=rotation_deg))
    lengths = [np.linalg.norm(made.recording.acc_ms2, axis=1) for made in (straight, turned)]
    np.testing.assert_allclose(lengths[0], lengths[1], rtol=1e-12)
    assert np.linalg.norm(rotation_deg) <= 180


def test_phases_last_as_scripted() -> None:
    script = SetScript(reps=4, concentric_s=1, hold_s=5, eccentric_s=4, rest_s=2, jitter=0)
    reps = synthesize(script).truth.sets[0]
    assert [rep.start_s for rep in reps] == pytest.approx([5, 17, 29, 41])
    assert reps[0].phase_s(Phase.HOLD) == pytest.approx((6, 11))
    assert reps[0].phase_s(Phase.ECCENTRIC) == pytest.approx((11, 15))
    assert reps[0].turn_s == pytest.approx(8.5)


def test_pace_and_range_drift_over_the_set() -> None:
    script = SetScript(reps=10, pace_drift=1.5, range_drift=0.4, jitter=0)
    reps = synthesize(script, STILL).truth.sets[0]
    lasts_s = [rep.end_s - rep.start_s for rep in reps]
    assert lasts_s[-1] / lasts_s[0] == pytest.approx(1.5)
    assert reps[-1].tilt_deg / reps[0].tilt_deg == pytest.approx(0.4)


def test_a_dip_makes_two_bumps() -> None:
    made = synthesize(SetScript(reps=1, dip=0.5, hold_s=2, jitter=0), STILL, PERFECT)
    (rep,) = made.truth.sets[0]
    full = tilt_deg(made.recording, 1, rep.hold_start_s)
    assert tilt_deg(made.recording, 1, rep.turn_s) == pytest.approx(full / 2, abs=0.5)


def test_a_partial_rep_is_told_and_not_counted() -> None:
    made = synthesize(SetScript(reps=5, partial_rep=2, jitter=0), STILL)
    assert made.truth.counts == (4,)
    reps = made.truth.sets[0]
    assert [rep.is_partial for rep in reps] == [False, False, True, False, False]
    assert reps[2].tilt_deg == pytest.approx(0.4 * 40)


def test_a_pause_makes_a_rep_longer_and_holds_it_halfway() -> None:
    made = synthesize(SetScript(reps=3, paused_rep=1, pause_s=4, jitter=0), STILL, PERFECT)
    plain, paused, _ = made.truth.sets[0]
    assert paused.end_s - paused.start_s == pytest.approx(plain.end_s - plain.start_s + 4)
    assert tilt_deg(made.recording, 1, paused.start_s + 2.5) == pytest.approx(20, abs=0.1)


def test_the_other_side_is_felt_in_part_and_counted() -> None:
    made = synthesize(SetScript(reps=4, other_side_share=-0.2, jitter=0), STILL)
    assert made.truth.counts == (4,)
    assert [rep.is_other_side for rep in made.truth.sets[0]] == [False, True, False, True]
    assert made.truth.sets[0][1].tilt_deg == pytest.approx(8)


def test_lying_down_and_standing_up_are_seen_outside_the_set() -> None:
    script = SetScript(reps=2, lying_down_s=4, standing_up_s=3)
    made = synthesize(script, STILL, PERFECT)
    first = made.truth.sets[0][0]
    assert first.start_s == 9
    assert tilt_deg(made.recording, 0, 8) > 45
    assert tilt_deg(made.recording, 8, made.recording.duration_s - 3.2) < 1
    assert tilt_deg(made.recording, 8, made.recording.duration_s) > 45


@pytest.mark.parametrize("bandwidth_hz", [0.0, 0.6, 2.0])
@pytest.mark.parametrize("rate_hz", [50.0, 104.0])
def test_a_tremor_has_its_size_and_pitch(bandwidth_hz: float, rate_hz: float) -> None:
    sensor = replace(PERFECT, rate_hz=rate_hz)
    spans_s = ((8.0, 28.0),)
    tremor = TremorScript(7.5, 0.4, bandwidth_hz, spans_s=spans_s)
    script = SetScript(reps=6, jitter=0)
    calm, shaky = (synthesize(script, STILL, sensor, each, seed=3) for each in (None, tremor))
    assert rms(shaky.recording, calm.recording, 8, 28) == pytest.approx(0.4, rel=1e-3)
    assert rms(shaky.recording, calm.recording, 0, 7.9) == 0.0
    wave = (shaky.recording.acc_ms2 - calm.recording.acc_ms2).sum(axis=1)
    power = np.abs(np.fft.rfft(wave)) ** 2
    freq_hz = np.fft.rfftfreq(len(wave), 1 / rate_hz)
    assert (freq_hz @ power) / power.sum() == pytest.approx(7.5, abs=0.1 + bandwidth_hz / 4)


@pytest.mark.parametrize("phase", list(Phase))
def test_a_tremor_of_one_phase_stays_in_it(phase: Phase) -> None:
    script = SetScript(reps=5, concentric_s=2, hold_s=2, eccentric_s=2)
    calm = synthesize(script, STILL, PERFECT, seed=1)
    shaky = synthesize(
        script, STILL, PERFECT, TremorScript(bandwidth_hz=0, phases=(phase,)), seed=1
    )
    for rep in calm.truth.sets[0]:
        for each in Phase:
            begin_s, end_s = rep.phase_s(each)
            size = rms(shaky.recording, calm.recording, begin_s + 0.06, end_s - 0.06)
            assert (size > 0.1) if each is phase else (size == 0.0)
    assert len(shaky.truth.tremor) == 5


def test_a_tremor_grows_over_the_set() -> None:
    spans = synthesize(SetScript(reps=10), tremor=TremorScript(growth=3.0)).truth.tremor
    assert [spans[0].amp_rms_ms2, spans[-1].amp_rms_ms2] == pytest.approx([0.3, 0.9])


def test_the_sensor_reports_steps_up_to_its_range() -> None:
    sensor = SensorParams(step_ms2=0.153, range_ms2=9.0, noise_ms2=0.05)
    acc_ms2 = synthesize(SetScript(reps=2), sensor=sensor).recording.acc_ms2
    assert np.abs(acc_ms2).max() == 9.0
    steps = acc_ms2[np.abs(acc_ms2) < 9] / 0.153
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-6)


@given(rate_hz=st.floats(10, 400))
@settings(max_examples=10, deadline=None)
def test_any_rate_samples_the_same_movement(rate_hz: float) -> None:
    fast, slow = (
        synthesize(SetScript(reps=2), sensor=replace(PERFECT, rate_hz=rate), seed=5)
        for rate in (400.0, rate_hz)
    )
    assert fast.truth == slow.truth
    assert slow.recording.rate_hz == rate_hz
    for t_s in slow.recording.t_s[:: max(1, len(slow.recording) // 20)]:
        np.testing.assert_allclose(at(fast.recording, t_s), at(slow.recording, t_s), atol=0.1)


@pytest.mark.parametrize("activity", list(Activity))
def test_everyday_life_has_gravity_and_no_reps(activity: Activity) -> None:
    made = everyday(activity, 60, seed=4)
    assert made.truth.counts == ()
    size = np.median(np.linalg.norm(made.recording.acc_ms2, axis=1))
    assert size == pytest.approx(STANDARD_GRAVITY_MS2, rel=0.05)
    assert len(made.recording) == 6000
    assert len(everyday(activity, 0.5).recording) == 50


def test_walking_steps_about_twice_a_stride() -> None:
    recording = everyday(Activity.WALKING, 120, seed=1).recording
    size = np.linalg.norm(recording.acc_ms2, axis=1)
    power = np.abs(np.fft.rfft(size - size.mean())) ** 2
    freq_hz = np.fft.rfftfreq(len(size), 0.01)
    slow = (freq_hz > 0.5) & (freq_hz < 1.4)
    assert freq_hz[slow][power[slow].argmax()] == pytest.approx(0.9, abs=0.15)


def test_joined_pieces_keep_their_truth_on_one_timeline() -> None:
    walk = everyday(Activity.WALKING, 20, seed=1)
    bridge = synthesize(SetScript(reps=3), seed=2)
    whole = join(walk, bridge, bridge)
    assert whole.truth.counts == (3, 3)
    assert whole.truth.sets[0][0].start_s == pytest.approx(bridge.truth.sets[0][0].start_s + 20)
    assert np.ptp(np.diff(whole.recording.t_s)) < 1e-9
    assert len(whole.recording) == 2000 + 2 * len(bridge.recording)


def test_pieces_of_different_rates_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="share one rate"):
        join(everyday(Activity.LYING, 5), everyday(Activity.LYING, 5, SensorParams(rate_hz=50)))


def test_a_dropped_link_leaves_a_gap() -> None:
    recording = drop_out(synthesize(seed=1).recording, 10, 2)
    assert np.diff(recording.t_s).max() == pytest.approx(2.01)


def test_a_clock_jump_loses_no_sample() -> None:
    before = synthesize(seed=1).recording
    after = jump_clock(before, 10, 3600)
    assert len(after) == len(before)
    assert after.duration_s == pytest.approx(before.duration_s + 3600)


@given(sd_s=st.floats(0, 0.1), seed=st.integers(0, 99), samples=st.integers(1, 40))
@settings(max_examples=20, deadline=None)
def test_disturbed_stamps_stay_near_and_in_order(sd_s: float, seed: int, samples: int) -> None:
    before = everyday(Activity.LYING, 10).recording
    jittered, burst = jitter_times(before, sd_s, seed), arrive_in_bursts(before, samples)
    assert np.abs(jittered.t_s - before.t_s).max() <= 6 * sd_s + 1e-9
    assert np.abs(burst.t_s - before.t_s).max() <= samples * 0.01
    assert (np.diff(burst.t_s) > 0).all()


def test_a_slipped_strap_turns_everything_after() -> None:
    before = synthesize(SetScript(reps=5), sensor=PERFECT).recording
    after = slip_strap(before, 12, 35, seed=2)
    np.testing.assert_array_equal(after.acc_ms2[:1200], before.acc_ms2[:1200])
    lengths = [np.linalg.norm(each.acc_ms2, axis=1) for each in (before, after)]
    np.testing.assert_allclose(lengths[0], lengths[1], rtol=1e-12)
    assert np.abs(after.acc_ms2[1300:] - before.acc_ms2[1300:]).max() > 1


def test_a_smaller_range_cuts_and_a_stuck_axis_repeats() -> None:
    before = synthesize(seed=1).recording
    assert np.abs(saturate(before, 8.0).acc_ms2).max() == 8.0
    assert saturate(before, 8.0).info.range_ms2 == 8.0
    stuck = stick_axis(before, 1, 4.0)
    assert np.ptp(stuck.acc_ms2[stuck.t_s >= 4, 1]) == 0
    assert np.ptp(stuck.acc_ms2[stuck.t_s < 4, 1]) > 0


def test_wandering_has_its_size_and_consistent_derivatives() -> None:
    t_s = np.arange(0, 500, 0.005)
    motion = wandering(t_s, (0.2, 1.0), 0.5, np.random.default_rng(0))
    assert motion.value.std() == pytest.approx(0.5, rel=0.05)
    np.testing.assert_allclose(
        np.gradient(motion.value, t_s)[1:-1], motion.velocity[1:-1], atol=1e-3
    )
    np.testing.assert_allclose(
        np.gradient(motion.velocity, t_s)[1:-1], motion.acceleration[1:-1], atol=1e-2
    )
