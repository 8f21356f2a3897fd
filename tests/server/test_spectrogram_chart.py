"""The picture of what moves at which frequency during a set."""

import re

import numpy as np
import pytest

from detection.tremor.spectrogram import SHOWN_HZ, Spectrogram
from server.charts.scales import Linear
from server.charts.set_chart import LEFT, RIGHT, time_scale
from server.charts.spectrogram_chart import BOTTOM, SHADES, TOP, Shade, draw_spectrogram

FREQ_HZ = np.arange(3.0, 20.2, 0.4)
START_S, END_S = 100.0, 130.0


def drawn(level_db: np.ndarray, t_s: np.ndarray | None = None) -> tuple[Shade, ...]:
    moments = np.arange(95.0, 135.0, 0.2) if t_s is None else t_s
    levels = np.broadcast_to(level_db, (len(moments), len(FREQ_HZ)))
    chart = draw_spectrogram(START_S, END_S, Spectrogram(moments, FREQ_HZ, levels))
    assert chart is not None
    return chart.shades


def boxes(shade: Shade) -> list[tuple[float, ...]]:
    """Left, top, right, bottom of each."""
    found = re.findall(r"M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)H[\d.]+Z", shade.path)
    return [tuple(map(float, each)) for each in found]


def test_a_line_of_shaking_is_one_dark_box_at_its_pitch() -> None:
    levels = np.full(len(FREQ_HZ), -60.0)
    at_8 = int(np.argmin(np.abs(FREQ_HZ - 8)))
    levels[at_8] = 0.0
    (shade,) = drawn(levels)
    ((left, top, right, bottom),) = boxes(shade)
    assert shade.number == SHADES - 1
    assert (left, right) == pytest.approx((LEFT, RIGHT), abs=6)
    middle = Linear(*SHOWN_HZ, BOTTOM, TOP)(FREQ_HZ[at_8])
    assert (top + bottom) / 2 == pytest.approx(middle, abs=0.2)


def test_each_shade_is_four_times_the_power() -> None:
    levels = np.full(len(FREQ_HZ), -90.0)
    levels[:7] = [0, -7, -13, -19, -25, -31, -37]
    assert [shade.number for shade in drawn(levels)] == list(range(SHADES))
    assert all(len(boxes(shade)) == 1 for shade in drawn(levels))


def test_a_still_limb_is_not_blown_up() -> None:
    assert drawn(np.full(len(FREQ_HZ), -60.0)) == ()


def test_a_hole_stays_white() -> None:
    t_s = np.arange(95.0, 135.0, 0.2)
    t_s = t_s[(t_s < 110) | (t_s > 114)]
    (shade,) = drawn(np.full(len(FREQ_HZ), 0.0), t_s)
    time = time_scale(START_S, END_S)
    places = {(left, right) for left, _, right, _ in boxes(shade)}
    assert len(places) == 2
    for left, right in places:
        assert right <= time(10.3) or left >= time(13.7)


def test_uneven_times_leave_no_stripes() -> None:
    uneven = np.arange(95.0, 135.0, 0.2)
    uneven += np.random.default_rng(1).uniform(-0.02, 0.02, len(uneven))
    (shade,) = drawn(np.full(len(FREQ_HZ), 0.0), uneven)
    assert len({(left, right) for left, _, right, _ in boxes(shade)}) == 1


def test_where_nothing_is_known_there_is_no_picture() -> None:
    elsewhere = Spectrogram(np.arange(5.0), FREQ_HZ, np.zeros((5, len(FREQ_HZ))))
    assert draw_spectrogram(START_S, END_S, elsewhere) is None
    assert draw_spectrogram(START_S, END_S, None) is None
