import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.clock import LowerEnvelope, StreamClock

NS = 1_000_000_000
EPOCH_2026_NS = 820_000_000 * NS


def tick(stream_s: float) -> int:
    return EPOCH_2026_NS + round(stream_s * NS)


def test_packets_in_a_row_are_one_even_grid() -> None:
    clock = StreamClock(200.0, NS)
    t_s = np.concatenate(
        [clock.date_last(tick((36 * k + 35) / 200), 36, 50 + 0.18 * k) for k in range(10)]
    )
    np.testing.assert_allclose(t_s, np.arange(360) / 200, atol=1e-8)
    assert (clock.gaps, clock.restarts) == (0, 0)


def test_late_and_bursty_arrival_does_not_move_a_sample() -> None:
    clock = StreamClock(200.0, NS)
    arrivals_s = [9.0, 9.0, 9.0, 9.001, 12.5, 12.5, 12.5]
    t_s = [clock.date_last(tick((36 * k + 35) / 200), 36, at) for k, at in enumerate(arrivals_s)]
    np.testing.assert_allclose(np.concatenate(t_s), np.arange(7 * 36) / 200, atol=1e-8)


def test_a_rate_two_percent_off_is_followed_without_gaps() -> None:
    clock = StreamClock(200.0, NS)
    true_hz = 203.4
    t_s = [clock.date_last(tick((70 * k + 69) / true_hz), 70, 0.35 * k) for k in range(50)]
    steps_s = np.diff(np.concatenate(t_s)[70:])
    np.testing.assert_allclose(steps_s, 1 / true_hz, rtol=1e-4)
    assert (clock.gaps, clock.restarts) == (0, 0)


@pytest.mark.parametrize("lost", [1, 2, 500])
def test_lost_packets_are_a_hole_of_their_length(lost: int) -> None:
    clock = StreamClock(200.0, NS)
    before = clock.date_last(tick(35 / 200), 36, 0.2)
    after = clock.date_last(tick((36 * (1 + lost) + 35) / 200), 36, 0.2 + 0.18 * (1 + lost))
    assert after[0] - before[-1] == pytest.approx((36 * lost + 1) / 200)
    np.testing.assert_allclose(np.diff(after), 1 / 200)
    assert clock.gaps == 1


def test_a_single_lost_sample_is_a_hole_where_packets_hold_one() -> None:
    clock = StreamClock(50.0, NS)
    t_s = [float(clock.date_last(tick(k / 50), 1, k / 50)[0]) for k in (0, 1, 2, 4, 5)]
    np.testing.assert_allclose(t_s, [0, 0.02, 0.04, 0.08, 0.1], atol=1e-9)
    assert clock.gaps == 1


def test_a_packet_seen_twice_counts_once() -> None:
    clock = StreamClock(200.0, NS)
    clock.date_last(tick(1), 36, 1.0)
    assert len(clock.date_last(tick(1), 36, 1.1)) == 0
    assert len(clock.date_last(tick(1.18), 36, 1.2)) == 36
    assert (clock.gaps, clock.restarts) == (0, 0)


@pytest.mark.parametrize("restarted_at", [0, EPOCH_2026_NS - NS, EPOCH_2026_NS + 10**6 * NS])
def test_a_restarted_device_clock_continues_by_the_host_clock(restarted_at: int) -> None:
    clock = StreamClock(200.0, NS)
    before = clock.date_last(EPOCH_2026_NS, 36, 100.0)
    after = clock.date_last(restarted_at, 36, 107.0)
    assert after[-1] - before[-1] == pytest.approx(7.0)
    later = clock.date_last(restarted_at + 180_000_000, 36, 107.3)
    assert later[-1] - after[-1] == pytest.approx(0.18)
    assert (clock.gaps, clock.restarts) == (0, 1)


US, SPAN = 1_000_000, 2**32


@pytest.mark.parametrize("before", [1, 20_000, 16_667 * 10])
def test_a_clock_that_begins_again_at_its_end_has_not_restarted(before: int) -> None:
    clock = StreamClock(60.0, US, tick_span=SPAN)
    ticks = [(SPAN - before + round(k * US / 60)) % SPAN for k in range(20)]
    t_s = np.concatenate([clock.date_last(at, 1, k / 60) for k, at in enumerate(ticks)])
    np.testing.assert_allclose(t_s, np.arange(20) / 60, atol=1e-5)
    assert (clock.gaps, clock.restarts) == (0, 0)


def test_a_hole_over_the_end_of_the_clock_has_its_length() -> None:
    clock = StreamClock(60.0, US, tick_span=SPAN)
    before = clock.date_last(SPAN - 5 * US, 1, 100.0)
    after = clock.date_last(7 * US, 1, 112.0)
    assert after[0] - before[0] == pytest.approx(12.0)
    assert (clock.gaps, clock.restarts) == (1, 0)


@pytest.mark.parametrize("died_at", [SPAN // 4, SPAN // 2 + 1, SPAN - 120 * US])
def test_a_clock_with_an_end_can_restart_all_the_same(died_at: int) -> None:
    clock = StreamClock(60.0, US, tick_span=SPAN)
    before = clock.date_last(died_at, 1, 100.0)
    after = clock.date_last(3 * US, 1, 107.0)
    assert after[0] - before[0] == pytest.approx(7.0)
    assert (clock.gaps, clock.restarts) == (0, 1)


@given(
    st.sampled_from([None, 2**32, 2**64]),
    st.lists(
        st.tuples(st.integers(0, 2**64 - 1), st.integers(1, 80), st.floats(0, 30)), max_size=30
    ),
)
def test_times_increase_whatever_the_device_says(
    tick_span: int | None, packets: list[tuple[int, int, float]]
) -> None:
    clock = StreamClock(200.0, NS, tick_span=tick_span)
    host_s, t_s = 0.0, [np.empty(0)]
    for at, n, wait_s in packets:
        host_s += wait_s
        t_s.append(clock.date_last(at, n, host_s))
    assert (np.diff(np.concatenate(t_s)) > 0).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_envelope_sees_through_connection_intervals_and_stalls(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stream_s = np.arange(1, 6000) * 0.05
    true_host_s = 1000 + stream_s * (1 + 40e-6)
    arrival_s = np.ceil((true_host_s + 0.002) / 0.045) * 0.045 + rng.exponential(0.003, 5999)
    for stall_s in (1050, 1120, 1121, 1200):
        arrival_s[(arrival_s > stall_s) & (arrival_s < stall_s + 1.2)] = stall_s + 1.2
    envelope = LowerEnvelope()
    mapped_s = []
    arrival_s = np.maximum.accumulate(arrival_s)
    for k, (measured_s, arrived_s) in enumerate(zip(stream_s, arrival_s, strict=True)):
        envelope.add(measured_s, arrived_s)
        if k % 40 == 0:
            mapped_s.append(envelope.host_s(measured_s))
    assert np.std(mapped_s - true_host_s[::40]) < 0.005
    assert np.std(arrival_s - true_host_s) > 0.1


def test_the_start_of_the_stream_is_known_on_the_host_clock() -> None:
    clock = StreamClock(200.0, NS)
    for k in range(100):
        late_s = 0.0 if k % 7 == 3 else 0.2
        clock.date_last(tick((36 * k + 35) / 200), 36, 500 + (36 * k + 35) / 200 + late_s)
    assert clock.host_s(0.0) == pytest.approx(500.0, abs=0.005)


def test_nothing_is_known_before_the_first_packet() -> None:
    with pytest.raises(ValueError, match="nothing has arrived"):
        StreamClock(200.0, NS).host_s(0.0)
