"""A set's signal as a curve to look at: how far the limb tilts from its posture at rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sensors.chunks import Chunk
from sensors.samples import FloatArray

CURVE_STEP_S = 0.1
"""A screen's width shows a minute at most; ten points a second draw it smoothly."""
SMOOTHED_S = 0.5
"""Gravity shows through slow movement; shaking above 2 Hz averages out over half a second."""


@dataclass(frozen=True, slots=True)
class TiltSignal:
    """t_s (n,) stream seconds; tilt_deg (n,) degrees from the posture at rest, 0..180."""

    t_s: FloatArray
    tilt_deg: FloatArray


def tilt_signal(
    chunks: Sequence[Chunk], start_s: float, end_s: float, rest_s: Sequence[float]
) -> TiltSignal | None:
    """The tilt in `[start_s, end_s)`; rest is the posture at the times `rest_s`, or at the start.

    None where there is no signal.
    """
    t_s = np.concatenate([chunk.block.t_s for chunk in chunks]) if chunks else np.empty(0)
    inside = (t_s >= start_s - SMOOTHED_S) & (t_s < end_s + SMOOTHED_S)
    if not inside.any():
        return None
    acc_ms2 = np.concatenate([chunk.block.acc_ms2 for chunk in chunks])[inside]
    points_s = np.arange(start_s, end_s, CURVE_STEP_S)
    directions, has_signal = _directions(t_s[inside], acc_ms2, points_s)
    at_rest = np.searchsorted(points_s, rest_s or [start_s]).clip(0, len(points_s) - 1)
    rest = _unit(directions[at_rest].sum(axis=0))
    tilt_deg = np.degrees(np.arccos(np.clip(directions @ rest, -1, 1)))
    return TiltSignal(points_s[has_signal], tilt_deg[has_signal])


def _directions(
    t_s: FloatArray, acc_ms2: FloatArray, points_s: FloatArray
) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Unit vectors of the mean acceleration around each point, and where there is any."""
    sums = np.vstack([np.zeros(3), np.cumsum(acc_ms2, axis=0)])
    first = np.searchsorted(t_s, points_s - SMOOTHED_S / 2)
    last = np.searchsorted(t_s, points_s + SMOOTHED_S / 2)
    return _unit(sums[last] - sums[first]), last > first


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length > 0, length, 1)
