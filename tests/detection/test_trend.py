from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.trend import (
    Conditions,
    SessionLevel,
    TremorSession,
    TrendVerdict,
    trend,
)
from detection.trend_line import detectable_log10, fit_line, own_sem_log10

BRIDGE = Conditions("bridge", "left", "eccentric", "thigh", "polar-h10", None, "2026.11")
MEASURED, BELOW, UNKNOWN = SessionLevel


def measured(
    levels_log10: np.ndarray, weeks: float, conditions: Conditions = BRIDGE, start: float = 0.0
) -> list[TremorSession]:
    days = start + np.linspace(0, 7 * weeks, len(levels_log10))
    return [
        TremorSession(float(day), MEASURED, float(10**level), conditions)
        for day, level in zip(days, levels_log10, strict=True)
    ]


def scatter(count: int, seed: int, correlation: float = 0.0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.17, count)
    for i in range(1, count):
        noise[i] = correlation * noise[i - 1] + np.sqrt(1 - correlation**2) * noise[i]
    return noise


def falling(count: int, fall: float, seed: int) -> np.ndarray:
    return np.linspace(0, np.log10(1 - fall), count) + scatter(count, seed)


def verdicts(
    count: int, weeks: float, fall: float = 0.0, correlation: float = 0.0
) -> list[TrendVerdict]:
    return [
        trend(
            measured(
                np.linspace(0, np.log10(1 - fall), count) + scatter(count, seed, correlation), weeks
            )
        ).verdict
        for seed in range(300)
    ]


def test_a_clear_fall_is_improved_and_says_so() -> None:
    found = trend(measured(falling(18, 0.75, seed=1), weeks=6))
    assert found.verdict is TrendVerdict.IMPROVED
    assert found.sentence.startswith("Shaking fell by ")
    assert found.sentence.endswith("more than chance explains.")
    line, edges = found.baselines[0].line, found.baselines[0].edges
    assert line is not None
    assert edges is not None
    assert line.kendall_p < 0.01
    assert edges[0].amp_rms_ms2 > edges[1].amp_rms_ms2
    assert all(edge.low_ms2 < edge.amp_rms_ms2 < edge.high_ms2 for edge in edges)


def test_a_clear_rise_is_worse() -> None:
    found = trend(measured(-falling(18, 0.75, seed=2), weeks=6))
    assert found.verdict is TrendVerdict.WORSE
    assert "rose by" in found.sentence


def test_scatter_alone_is_no_clear_change_yet() -> None:
    found = trend(measured(scatter(18, seed=3), weeks=6))
    assert found.verdict is TrendVerdict.NO_CLEAR_CHANGE
    assert found.sentence.startswith("No clear change yet")


@pytest.mark.parametrize(("count", "weeks"), [(8, 4.0), (12, 2.5), (1, 0.0)])
def test_few_sessions_are_too_few_whatever_they_say(count: int, weeks: float) -> None:
    found = trend(measured(np.linspace(0, -1.5, count), weeks))
    assert found.verdict is TrendVerdict.TOO_FEW
    assert found.baselines[0].line is None


def test_no_sessions_are_too_few() -> None:
    assert trend([]).verdict is TrendVerdict.TOO_FEW


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("device", "phone", "device changed from polar-h10 to phone"),
        ("placement", "shank", "placement changed from thigh to shank"),
        ("load_kg", 2.0, "load changed from not given to 2 kg"),
        ("algorithm_version", "2027.01", "algorithm version changed from 2026.11 to 2027.01"),
    ],
)
def test_a_change_of_conditions_begins_a_new_baseline(field: str, value: object, said: str) -> None:
    changed = replace(BRIDGE, **{field: value})
    before = measured(scatter(10, seed=4), weeks=4)
    after = measured(scatter(10, seed=5) - 1, weeks=4, conditions=changed, start=30)
    found = trend([*after, *before])
    assert [b.started_because for b in found.baselines] == ["", said]
    assert found.verdict is TrendVerdict.NO_CLEAR_CHANGE


def test_sessions_below_the_floor_count_as_at_most_that() -> None:
    fading = measured(falling(10, 0.8, seed=6), weeks=3.3)
    below = [TremorSession(24.0 + day, BELOW, 0.15, BRIDGE) for day in range(6)]
    found = trend([*fading, *below])
    assert found.verdict is TrendVerdict.IMPROVED
    assert found.baselines[0].edges is not None
    assert found.baselines[0].edges[1].amp_rms_ms2 >= 0.1


def test_early_sessions_below_a_high_floor_make_no_fall() -> None:
    early = [TremorSession(float(2 * day), BELOW, 0.5, BRIDGE) for day in range(8)]
    late = measured(np.full(10, -1.0) + scatter(10, 7), weeks=3, start=16)
    assert trend([*early, *late]).verdict is TrendVerdict.NO_CLEAR_CHANGE


def test_all_below_the_floor_is_no_clear_change() -> None:
    below = [TremorSession(3.0 * day, BELOW, 0.08, BRIDGE) for day in range(12)]
    found = trend(below)
    assert found.verdict is TrendVerdict.NO_CLEAR_CHANGE
    assert "+0 %" in found.sentence


def test_unknown_sessions_are_kept_but_not_counted() -> None:
    sessions = measured(falling(8, 0.8, seed=8), weeks=4)
    unknown = [TremorSession(40.0 + day, UNKNOWN, None, BRIDGE) for day in range(5)]
    found = trend([*sessions, *unknown])
    assert found.verdict is TrendVerdict.TOO_FEW
    assert len(found.baselines[0].sessions) == 13


def test_false_calls_are_rare() -> None:
    assert np.mean([v is TrendVerdict.IMPROVED for v in verdicts(18, 6)]) <= 0.03


def test_false_calls_are_rare_when_neighbouring_sessions_err_alike() -> None:
    found = verdicts(18, 6, correlation=0.4)
    assert np.mean([v is TrendVerdict.IMPROVED for v in found]) <= 0.06


def test_a_fall_by_two_thirds_over_18_sessions_is_seen() -> None:
    assert np.mean([v is TrendVerdict.IMPROVED for v in verdicts(18, 6, fall=0.66)]) >= 0.82


@given(st.integers(9, 30), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_as_many_sessions_lie_above_the_line_as_below_it(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    day = np.cumsum(rng.integers(1, 5, count)).astype(float)
    level = -0.01 * day + rng.normal(0, 0.17, count)
    line = fit_line(day, level, sem_log10=0.169)
    away = np.array([y - line.at(x, line.change_log10) for x, y in zip(day, level, strict=True)])
    assert abs((away > 1e-9).sum() - (away < -1e-9).sum()) <= 1


def test_the_detectable_change_of_two_sessions_is_the_published_one() -> None:
    single = detectable_log10(np.array([0.0, 7.0]), 0.169)
    assert 10**-single == pytest.approx(1 - 0.66, abs=0.005)
    assert trend(measured(scatter(3, 1), 1)).baselines[0].single_session_pct == pytest.approx(
        -66, abs=0.5
    )


def test_a_persons_own_repeats_replace_the_published_scatter() -> None:
    days = np.arange(24.0)
    steady = 0.05 * np.random.default_rng(9).normal(size=24)
    assert own_sem_log10(days[:9], steady[:9]) is None
    own = own_sem_log10(days, steady)
    assert own is not None
    assert 0.04 < own < 0.09
    assert trend(measured(steady, weeks=23 / 7)).baselines[0].has_own_scatter


def test_amplitude_and_level_must_go_together() -> None:
    with pytest.raises(ValueError, match="positive"):
        TremorSession(1.0, MEASURED, 0.0, BRIDGE)
    with pytest.raises(ValueError, match="no amplitude"):
        TremorSession(1.0, UNKNOWN, 0.2, BRIDGE)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-2, 1), min_size=1, max_size=30),
    st.floats(0.1, 20),
    st.randoms(use_true_random=False),
)
def test_any_sessions_get_one_verdict_whatever_their_order(
    levels: list[float], weeks: float, order: object
) -> None:
    sessions = measured(np.array(levels), weeks)
    shuffled = sorted(sessions, key=lambda _: order.random())  # type: ignore[attr-defined]
    assert trend(shuffled) == trend(sessions)
