"""The geometry of the pictures: what is drawn stands for what was measured, and nothing else."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.events import Rep, Tempo, TremorStatus, TremorWindow
from server.charts import set_chart, trend_chart
from server.charts.scales import Linear, Logarithmic, linear_ticks, octave_ticks, seconds_ticks
from server.charts.set_chart import draw_set, rep_shaking
from server.charts.trend_chart import (
    Answer,
    FitPoint,
    Mark,
    SessionPoint,
    TrendPicture,
    draw_trend,
)
from server.tilt import TiltSignal

DAY = 740_000


def rep(start_s: float) -> Rep:
    return Rep(start_s, start_s + 2.5, start_s + 6.0, Tempo(2.0, 1.0, 3.0), 40.0, 0.9, start_s + 6)


def window(start_s: float, status: TremorStatus, amp_rms_ms2: float | None = None) -> TremorWindow:
    return TremorWindow(start_s, start_s + 4.0, status, "", amp_rms_ms2, 8.0, 0.9)


def curve(t_s: np.ndarray) -> TiltSignal:
    return TiltSignal(t_s, 20 + 20 * np.sin(t_s))


def numbers(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def trend_picture(points: list[SessionPoint], **more: object) -> TrendPicture:
    given: dict[str, object] = {
        "fit": [],
        "answers": {},
        "baseline_ms2": 0.2,
        "mdc_ms2": (0.1, 0.4),
        "floor_ms2": None,
        "baseline_day": None,
    }
    return TrendPicture(points=points, **{**given, **more})  # type: ignore[arg-type]


@given(span=st.floats(0.5, 1e5), low=st.floats(-1e4, 1e4), at_most=st.integers(2, 12))
def test_ticks_are_few_and_inside(span: float, low: float, at_most: int) -> None:
    scale = Linear(low, low + span, 0.0, 100.0)
    ticks = linear_ticks(scale, at_most)
    assert len(ticks) <= at_most + 1
    assert all(-1e-6 <= tick.at <= 100 + 1e-6 for tick in ticks)


def test_time_is_counted_in_parts_of_a_minute() -> None:
    values = [tick.value for tick in seconds_ticks(Linear(0, 95, 0, 1000), 12)]
    assert values == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]


def test_halving_and_doubling_are_equally_far() -> None:
    scale = Logarithmic(0.05, 0.8, 400, 0)
    down, middle, up = (scale(value) for value in (0.1, 0.2, 0.4))
    assert down - middle == pytest.approx(middle - up)
    assert [tick.value for tick in octave_ticks(scale, 0.1)] == pytest.approx(
        [0.05, 0.1, 0.2, 0.4, 0.8]
    )


def test_phases_are_as_wide_as_their_seconds_and_end_at_the_count() -> None:
    chart = draw_set(100, 130, [rep(105), rep(115)], [], None)
    for mark in chart.reps:
        lift, hold, lower = mark.phases
        assert lift.width / hold.width == pytest.approx(2.0)
        assert lower.width / hold.width == pytest.approx(3.0)
        assert lower.x + lower.width == pytest.approx(mark.end_x)
    assert [mark.number for mark in chart.reps] == [1, 2]


def test_turn_lies_on_the_signal() -> None:
    t_s = np.arange(100, 130, 0.1)
    chart = draw_set(100, 130, [rep(105)], [], curve(t_s))
    turn = chart.reps[0]
    assert turn.turn_y is not None
    nearest = min(numbers(chart.signal_path), key=lambda point: abs(point[0] - turn.turn_x))
    assert nearest[1] == pytest.approx(turn.turn_y, abs=3)


def test_signal_is_broken_where_nothing_was_received() -> None:
    t_s = np.concatenate([np.arange(100, 110, 0.1), np.arange(115, 130, 0.1)])
    assert draw_set(100, 130, [rep(105)], [], curve(t_s)).signal_path.count("M") == 2


def test_long_signal_is_thinned_but_keeps_its_extremes() -> None:
    t_s = np.arange(0, 1200, 0.1)
    signal = TiltSignal(t_s, np.where(np.arange(len(t_s)) == 6000, 90.0, 10.0))
    points = numbers(draw_set(0, 1200, [], [], signal).signal_path)
    assert len(points) <= 2 * (set_chart.RIGHT - set_chart.LEFT) + 2
    heights = [y for _, y in points]
    assert max(heights) - min(heights) > 100


def test_cannot_tell_is_drawn_over_the_whole_lane_not_as_nothing() -> None:
    windows = [
        window(100, TremorStatus.TREMOR, 0.3),
        window(101, TremorStatus.UNKNOWN, 0.9),
        window(102, TremorStatus.NONE, 0.01),
    ]
    tremor, unknown, _ = draw_set(100, 110, [rep(101)], windows, None).bars
    lane_height = set_chart.SHAKING_BOTTOM - set_chart.SHAKING_TOP
    assert unknown.height == lane_height
    assert 0 < tremor.height < lane_height


def test_set_without_signal_still_shows_its_reps() -> None:
    chart = draw_set(100, 130, [rep(105)], [], None)
    assert chart.signal_path == ""
    assert chart.reps[0].turn_y is None


@pytest.mark.parametrize(
    ("windows", "status", "amp_rms_ms2"),
    [
        (
            [window(104, TremorStatus.TREMOR, 0.2), window(105, TremorStatus.TREMOR, 0.4)],
            "tremor",
            0.3,
        ),
        ([window(104, TremorStatus.NONE), window(105, TremorStatus.UNKNOWN)], "unknown", None),
        (
            [window(104, TremorStatus.NONE), window(105, TremorStatus.BELOW_FLOOR)],
            "below_floor",
            None,
        ),
        ([window(104, TremorStatus.NONE)], "none", None),
        ([window(104, TremorStatus.REFUSED)], "refused", None),
        ([window(150, TremorStatus.TREMOR, 0.2)], "unknown", None),
        ([], "unknown", None),
    ],
)
def test_shaking_of_a_rep_comes_from_its_own_windows(
    windows: list[TremorWindow], status: str, amp_rms_ms2: float | None
) -> None:
    found = rep_shaking(rep(104), windows)
    assert found.status == status
    assert found.amp_rms_ms2 == (pytest.approx(amp_rms_ms2) if amp_rms_ms2 else None)


def test_what_cannot_be_told_has_its_own_lane() -> None:
    chart = draw_trend(
        trend_picture(
            [
                SessionPoint(DAY, Mark.MEASURED, 0.2, is_current=True),
                SessionPoint(DAY + 2, Mark.UNKNOWN, None, is_current=True),
            ]
        )
    )
    assert len(chart.dots) == 1
    assert [dot.y for dot in chart.unknown] == [trend_chart.UNKNOWN_Y]
    assert trend_chart.UNKNOWN_Y > trend_chart.BOTTOM


def test_picture_holds_every_session_the_band_and_the_line() -> None:
    fit = [FitPoint(DAY, 0.5, 0.01, 9.0), FitPoint(DAY + 40, 0.06, 0.001, 2.0)]
    points = [
        SessionPoint(DAY + n, Mark.MEASURED, 0.5 * 0.95**n, is_current=True) for n in range(40)
    ]
    chart = draw_trend(trend_picture(points, fit=fit))
    assert chart.band is not None
    heights = [dot.y for dot in chart.dots] + [chart.band.top, chart.band.bottom]
    heights += [y for _, y in numbers(chart.fit_path + chart.interval_path)]
    assert all(trend_chart.TOP - 0.1 <= y <= trend_chart.BOTTOM + 0.1 for y in heights)
    assert all(dot.x <= trend_chart.RIGHT for dot in chart.dots)


def test_interval_may_be_wider_than_the_picture_and_is_cut() -> None:
    fit = [FitPoint(DAY, 0.2, 1e-6, 1e6), FitPoint(DAY + 30, 0.2, 1e-6, 1e6)]
    chart = draw_trend(
        trend_picture([SessionPoint(DAY, Mark.MEASURED, 0.2, is_current=True)], fit=fit)
    )
    edges = {y for _, y in numbers("".join(chart.edges))}
    assert edges == {trend_chart.TOP, trend_chart.BOTTOM}


def test_one_session_makes_a_picture() -> None:
    chart = draw_trend(trend_picture([SessionPoint(DAY, Mark.MEASURED, 0.2, is_current=True)]))
    assert len(chart.dots) == 1
    assert chart.fit_path == chart.interval_path == ""
    assert chart.day_ticks


def test_an_answer_of_zero_is_seen_as_one_and_each_question_has_its_lane() -> None:
    answers = {"pain": [Answer(DAY, 0), Answer(DAY + 1, 10)], "effort": [Answer(DAY, 5)]}
    points = [SessionPoint(DAY, Mark.MEASURED, 0.2, is_current=True)]
    chart = draw_trend(trend_picture(points, answers=answers))
    pain, effort = chart.lanes
    none, worst = pain.bars
    assert 0 < none.height < worst.height
    assert (worst.y, none.y + none.height) == (pain.top, pain.bottom)
    assert chart.unknown_y < pain.top < pain.bottom < effort.top < effort.bottom
    assert effort.bottom < chart.frame.height


def test_months_are_labelled_in_whole_weeks() -> None:
    points = [SessionPoint(DAY + n, Mark.MEASURED, 0.2, is_current=True) for n in range(0, 120, 3)]
    days = [tick.day.toordinal() for tick in draw_trend(trend_picture(points)).day_ticks]
    assert len(days) <= trend_chart.MOST_DAY_TICKS + 1
    assert {later - day for day, later in pairwise(days)} == {14}
