"""A set in the numbers that are kept."""

from dataclasses import replace

import pytest

from detection.events import Rep, SetEnded, Tempo, TremorReading, TremorStatus, TremorWindow
from detection.summary import summarise, summarise_tremor


def _window(start_s: float, status: TremorStatus, amp_ms2: float | None = None) -> TremorWindow:
    freq_hz = None if amp_ms2 is None else 8.0
    return TremorWindow(start_s, start_s + 4, status, "", amp_ms2, freq_hz, None)


def _rep(start_s: float, tempo: Tempo) -> Rep:
    return Rep(start_s, start_s + 1, start_s + 3, tempo, 40.0, 0.9, start_s + 3)


def test_a_set_has_the_medians_of_its_repetitions_and_its_own_windows() -> None:
    reps = tuple(_rep(10.0 + 4 * n, Tempo(1.0 + n, 0.5, 2.0)) for n in range(3))
    ended = SetEnded(30.0, 1, 10.0, 22.0, reps, 0.9)
    readings = [
        TremorReading(40.0, _window(start_s, TremorStatus.TREMOR, 0.3), is_final=True)
        for start_s in (0.0, 9.0, 15.0, 21.0)
    ]
    provisional = TremorReading(20.0, _window(12.0, TremorStatus.NONE), is_final=False)
    (summary,) = summarise([ended, provisional, *readings])
    assert summary.tempo == Tempo(2.0, 0.5, 2.0)
    assert summary.tilt_deg == 40.0
    assert summary.tremor.windows == 2
    assert summary.tremor.amp_rms_ms2 == pytest.approx(0.3)


def test_fractions_of_tremor_none_and_unknown_make_one() -> None:
    statuses = [*TremorStatus, TremorStatus.TREMOR]
    windows = [_window(n, status, 0.2) for n, status in enumerate(statuses)]
    summary = summarise_tremor(windows)
    parts = (summary.tremor_fraction, summary.none_fraction, summary.unknown_fraction)
    assert sum(part for part in parts if part is not None) == pytest.approx(1)
    assert summary.tremor_fraction == pytest.approx(2 / 6)
    assert summary.below_floor_fraction == pytest.approx(1 / 6)


def test_without_windows_nothing_is_known_rather_than_zero() -> None:
    summary = summarise_tremor([])
    assert summary.tremor_fraction is None
    assert summary.amp_rms_ms2 is None


def _sized(amps_ms2: list[float], half_width: float) -> list[TremorWindow]:
    """Windows with tremor of these sizes, each known to a factor of `half_width` either way."""
    return [
        TremorWindow(n, n + 4, TremorStatus.TREMOR, "", a, 8.0, 0.9, a / half_width, a * half_width)
        for n, a in enumerate(amps_ms2)
    ]


def test_many_windows_alike_are_no_surer_than_one() -> None:
    one, many = (summarise_tremor(_sized([0.3] * n, 1.2)) for n in (1, 40))
    assert (one.amp_low_ms2, one.amp_high_ms2) == pytest.approx((0.25, 0.36))
    assert (many.amp_low_ms2, many.amp_high_ms2) == pytest.approx((0.25, 0.36))


def test_windows_that_differ_widen_the_interval_less_the_more_there_are() -> None:
    few, many = (summarise_tremor(_sized([0.2, 0.3, 0.45] * n, 1.2)) for n in (2, 20))
    assert few.amp_high_ms2 is not None
    assert many.amp_high_ms2 is not None
    assert few.amp_high_ms2 > many.amp_high_ms2 > 0.36


def test_a_window_that_may_be_nothing_leaves_the_lower_end_at_nothing() -> None:
    (window,) = _sized([0.3], 1.2)
    summary = summarise_tremor([replace(window, amp_low_ms2=0.0)])
    assert summary.amp_low_ms2 == 0
    assert summary.amp_high_ms2 == pytest.approx(0.36)


def test_windows_of_an_earlier_version_have_no_interval() -> None:
    summary = summarise_tremor([_window(0, TremorStatus.TREMOR, 0.3)])
    assert summary.amp_rms_ms2 == 0.3
    assert (summary.amp_low_ms2, summary.amp_high_ms2) == (None, None)


def test_the_spread_of_the_pitch_is_that_of_the_windows_with_tremor() -> None:
    windows = [replace(one, freq_hz=8.0 + n) for n, one in enumerate(_sized([0.3] * 3, 1.2))]
    none = replace(windows[0], status=TremorStatus.NONE, freq_hz=4.0)
    assert summarise_tremor([*windows, none]).freq_spread_hz == pytest.approx(1.0)
