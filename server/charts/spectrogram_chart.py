"""What moved at which frequency during a set, on the time axis of the set's own picture."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from detection.tremor.spectrogram import SHOWN_HZ, Spectrogram
from detection.tremor.stretches import STEP_S
from sensors.samples import FloatArray
from server.charts.scales import Frame, Linear, Tick, linear_ticks, seconds_ticks
from server.charts.set_chart import LEFT, RIGHT, WIDTH, IntArray, time_scale

TOP, BOTTOM, HEIGHT = 10.0, 210.0, 262.0
PHASES_TOP, PHASES_HEIGHT = 216.0, 12.0
STEP_DB = 6.0
"""From one shade to the next: four times the power."""
SHADES = 6
LEAST_TOP_DB = -12.0
"""The darkest shade begins no lower, so that a still limb's noise does not fill the picture; there
is a tremor of 0.25 m/s² RMS within a hertz."""
MOST_COLUMNS = 200
"""More are narrower than a hair on any screen and make the page large."""


@dataclass(frozen=True, slots=True)
class Shade:
    """All places of one shade, 0 the lightest, as SVG path data."""

    number: int
    path: str


@dataclass(frozen=True, slots=True)
class SpectrogramChart:
    """Everything that the picture is drawn from."""

    frame: Frame
    shades: tuple[Shade, ...]
    time_ticks: tuple[Tick, ...]
    freq_ticks: tuple[Tick, ...]
    phases_y: float
    phases_height: float


def draw_spectrogram(
    start_s: float, end_s: float, spectrogram: Spectrogram | None
) -> SpectrogramChart | None:
    """The picture of a set `[start_s, end_s)` of the stream; None where nothing can be seen."""
    time = time_scale(start_s, end_s)
    if spectrogram is None:
        return None
    column_s = max((time.high - time.low) / MOST_COLUMNS, STEP_S)
    columns = np.floor((spectrogram.t_s - start_s - time.low) / column_s).astype(np.intp)
    is_shown = (columns >= 0) & (time.low + columns * column_s < time.high)
    if not is_shown.any():
        return None
    grid_db = _grid_db(columns[is_shown], spectrogram.level_db[is_shown])
    freq = Linear(*SHOWN_HZ, BOTTOM, TOP)
    return SpectrogramChart(
        Frame(WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM),
        _shades(_levels(grid_db), column_s, time, freq, spectrogram.freq_hz),
        seconds_ticks(Linear(0.0, time.high, time(0.0), RIGHT), 12),
        linear_ticks(freq, 5),
        PHASES_TOP,
        PHASES_HEIGHT,
    )


def _grid_db(columns: IntArray, level_db: FloatArray) -> FloatArray:
    """Mean power of each column's moments, `(columns, frequencies)`; NaN where nothing came.

    Uneven sample times may leave a column empty between two that are not: it is its left one's.
    """
    grid_db = np.full((int(columns.max()) + 1, level_db.shape[1]), np.nan)
    for column in np.unique(columns):
        power = 10 ** (level_db[columns == column] / 10)
        grid_db[column] = 10 * np.log10(power.mean(axis=0))
    is_empty = np.isnan(grid_db[:, 0])
    lone = np.flatnonzero(is_empty[1:-1] & ~is_empty[:-2] & ~is_empty[2:]) + 1
    grid_db[lone] = grid_db[lone - 1]
    return grid_db


def _levels(grid_db: FloatArray) -> IntArray:
    """The shade of each place, -1 for none: the darkest begins one step under the strongest."""
    top_db = max(float(np.nanmax(grid_db)), LEAST_TOP_DB)
    below = np.floor((top_db - np.nan_to_num(grid_db, nan=-np.inf)) / STEP_DB)
    return np.asarray(np.maximum(SHADES - 1 - below, -1), np.intp)


def _shades(
    levels: IntArray, column_s: float, time: Linear, freq: Linear, freq_hz: FloatArray
) -> tuple[Shade, ...]:
    half_hz = float(freq_hz[1] - freq_hz[0]) / 2
    paths: list[list[str]] = [[] for _ in range(SHADES)]
    for place, hz in enumerate(freq_hz.tolist()):
        top, bottom = freq(min(hz + half_hz, freq.high)), freq(max(hz - half_hz, freq.low))
        row = levels[:, place]
        edges = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
        for first, last in pairwise(edges):
            shade = int(row[first])
            if shade >= 0:
                left, right = (
                    min(time(time.low + edge * column_s), RIGHT) for edge in (first, last)
                )
                paths[shade].append(f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}Z")
    return tuple(Shade(number, "".join(path)) for number, path in enumerate(paths) if path)
