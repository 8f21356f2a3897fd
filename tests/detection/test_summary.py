"""A set in the numbers that are kept."""

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
