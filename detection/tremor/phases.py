"""Shaking by phase of the repetition: like is compared with like.

Shaking is larger at particular stages of a slow movement (Pozos, Iaizzo & Petry 1982), for less
than a window of four seconds lasts. Here the repetitions that the counter found tell which moments
belong together: short spectra whose middle lies in the same phase of any repetition of the set are
put together, and their median is judged as the context of a window is (contrast.py). What only this
phase has stands out of it; what a single repetition has does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from scipy import stats

from detection.events import Rep, TremorStatus
from detection.tremor.contrast import DB_PER_NEPER, LEFT, PEAK, RIGHT
from detection.tremor.history import IndexArray
from detection.tremor.noise import resolution_ms2, smallest_step_ms2
from detection.tremor.params import TremorParams
from detection.tremor.setup import TremorSetup, tremor_setup
from detection.tremor.stretches import stretches
from detection.tremor.verdict import BELOW_COUNTED
from sensors.samples import FloatArray, SampleBlock

FEWEST_REPS = 4
"""Of fewer a median is one repetition's."""
SHORTEST_S = 0.5
"""A phase that lasts less is lost in stretches of a second."""
FEWEST_STRETCHES = 12
CLEAR_S, CLEAR_SHARE = 0.35, 0.25
"""From either edge of a phase, at most such a share of it, in which stretches are left out: they
reach into the phase before or after."""
SCORE_PEAK, SCORE_UNSURE = 7.0, 6.4
"""Above the first a phase shakes, above the second it cannot be told (docs/tremor.md)."""
HALF_BAND_HZ = 1.8
"""About the peak, in which its power lies: a second's spectrum blurs a line to ± 1.5 Hz."""
CENTRINGS = 3
"""Times that the band is laid about the centre of what is in it."""
AS_GOOD = 0.3
"""Scores that differ by less point at the same peak."""
LOW_ANCHOR, HIGH_ANCHOR = 0.56, 1.8
"""Middles of the bands below and above, as shares of the frequency, between which the background
runs (contrast.py)."""


class RepPhase(StrEnum):
    """A phase of a repetition; the rest follows it."""

    CONCENTRIC = "concentric"
    HOLD = "hold"
    ECCENTRIC = "eccentric"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class PhaseShaking:
    """Shaking in one phase over all repetitions of a set.

    amp_rms_ms2: at the best frequency, background removed; like freq_hz and score None where the
    phase is too short. score: on the scale of windows' without their lines.
    """

    phase: RepPhase
    status: TremorStatus
    reason: str
    amp_rms_ms2: float | None
    freq_hz: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class ShakingCourse:
    """How the shaking grows over a set: the fatigue signal.

    amp_rms_ms2: of each repetition, in the phases that shake; None where it has none there.
    slope_log10: of log10 of the amplitude, a repetition; Theil and Sen's, with its 95 % interval.
    """

    amp_rms_ms2: tuple[float | None, ...]
    slope_log10: float
    low_log10: float
    high_log10: float


@dataclass(frozen=True, slots=True)
class SetShaking:
    """A set's shaking by phase, and its course; no course where no phase shakes."""

    phases: tuple[PhaseShaking, ...]
    course: ShakingCourse | None


def shaking_by_phase(
    block: SampleBlock, reps: Sequence[Rep], params: TremorParams | None = None
) -> SetShaking | None:
    """Return what shakes in which phase; None below 49 Hz or of fewer than four repetitions.

    block: the samples around a set, some seconds more on either side are of use. reps: its
    repetitions, in order.
    """
    params = params or TremorParams()
    if block.rate_hz < params.min_rate_hz or len(reps) < FEWEST_REPS:
        return None
    setup = tremor_setup(block.rate_hz, params)
    least_ms2 = _least_ms2(block, params)
    of = stretches(block, params)
    log_power = of.log_power
    phase, number = _places(of.middle_s, reps)
    found = tuple(
        _judged(each, log_power[phase == n], _lasts_s(reps, each), setup, least_ms2)
        for n, each in enumerate(RepPhase)
    )
    return SetShaking(found, _course(found, log_power, phase, number, len(reps), setup))


def _places(middle_s: FloatArray, reps: Sequence[Rep]) -> tuple[IndexArray, IndexArray]:
    """Of each moment the number of its phase and repetition; -1 outside the set.

    The rest after a repetition goes until the next, and belongs to it; the last has none.
    """
    edges = [edge for rep in reps for edge in edges_s(rep)] + [reps[-1].end_s]
    place = np.searchsorted(np.array(edges), middle_s, side="right") - 1
    inside = (place >= 0) & (place < len(edges) - 1)
    bounds = np.array(edges)
    at = np.where(inside, place, 0)
    from_edge_s = np.minimum(middle_s - bounds[at], bounds[at + 1] - middle_s)
    inside &= from_edge_s >= np.minimum(CLEAR_S, CLEAR_SHARE * (bounds[at + 1] - bounds[at]))
    phases = len(RepPhase)
    return np.where(inside, place % phases, -1), np.where(inside, place // phases, -1)


def edges_s(rep: Rep) -> tuple[float, float, float, float]:
    """Where the phases of a repetition begin, rest included."""
    held_s = min(rep.start_s + rep.tempo.concentric_s, rep.end_s)
    lowered_s = min(max(held_s, rep.end_s - rep.tempo.eccentric_s), rep.end_s)
    return rep.start_s, held_s, lowered_s, rep.end_s


def _lasts_s(reps: Sequence[Rep], phase: RepPhase) -> float:
    """Median seconds of a phase."""
    number = list(RepPhase).index(phase)
    edges = np.array([edges_s(rep) for rep in reps])
    after = np.append(edges[1:, 0], reps[-1].end_s)[:, None]
    return float(np.median(np.diff(np.concatenate([edges, after], axis=1), axis=1)[:, number]))


def _judged(
    phase: RepPhase,
    log_power: FloatArray,
    lasts_s: float,
    setup: TremorSetup,
    least_ms2: float,
) -> PhaseShaking:
    if lasts_s < SHORTEST_S or len(log_power) < FEWEST_STRETCHES:
        return PhaseShaking(phase, TremorStatus.UNKNOWN, "too short a phase", None, None, None)
    typical = np.median(log_power, axis=0)
    levels = setup.contrasts.hump_levels(typical[None])[0]
    score = _scores(levels)
    best = float(score.max())
    # where several are as good, as where the score is at its end, the highest is the peak
    at = int(np.where(score >= best - AS_GOOD, levels[PEAK], -np.inf).argmax())
    peak = _peak(log_power, levels[:, at], float(setup.contrasts.grid_hz[at]), setup)
    status, reason = _status(best, peak.amp_ms2, least_ms2)
    return PhaseShaking(phase, status, reason, peak.amp_ms2, peak.freq_hz, best)


def _scores(levels: FloatArray) -> FloatArray:
    """The hump's part of a window's score, (grid,), of levels (3, grid)."""
    left = DB_PER_NEPER * (levels[PEAK] - levels[LEFT])
    right = DB_PER_NEPER * (levels[PEAK] - levels[RIGHT])
    hump = 0.2 * np.clip(left, -6.0, 8.0) + 0.55 * np.clip(right, 0.0, 16.0)
    return np.asarray(hump - 0.6 * np.maximum(0.0, -left))


def _least_ms2(block: SampleBlock, params: TremorParams) -> float:
    """The smallest amplitude that counts, with this device's steps."""
    step_ms2 = resolution_ms2(smallest_step_ms2(block.acc_ms2))
    return max(params.min_amp_ms2, params.times_floor * params.floor_ms2, step_ms2)


def _status(score: float, amp_ms2: float, least_ms2: float) -> tuple[TremorStatus, str]:
    if score <= SCORE_UNSURE:
        return TremorStatus.NONE, ""
    if amp_ms2 < least_ms2:
        return TremorStatus.BELOW_FLOOR, BELOW_COUNTED
    if score <= SCORE_PEAK:
        return TremorStatus.UNKNOWN, "weak"
    return TremorStatus.TREMOR, ""


class _Peak(NamedTuple):
    """An oscillation over its background: m/s² RMS, and the centre of its power."""

    amp_ms2: float
    freq_hz: float


def _peak(log_power: FloatArray, levels: FloatArray, freq_hz: float, setup: TremorSetup) -> _Peak:
    """The power about a frequency over a background that is a power law between its anchors.

    log_power: (k, frequencies) of stretches, whose mean power counts: a tremor swells and fades.
    levels: (3,) of their median.
    """
    short_hz = setup.short.freq_hz
    slope = float(levels[RIGHT] - levels[LEFT]) / np.log(HIGH_ANCHOR / LOW_ANCHOR)
    background = levels[LEFT] + slope * np.log(short_hz / (LOW_ANCHOR * freq_hz))
    over = np.maximum(0.0, np.exp(log_power).mean(axis=0) - np.exp(background))
    for _ in range(CENTRINGS):
        weight = over * (np.abs(short_hz - freq_hz) <= HALF_BAND_HZ)
        if weight.sum() == 0:
            return _Peak(0.0, freq_hz)
        freq_hz = float((weight * short_hz).sum() / weight.sum())
    power = float(over[np.abs(short_hz - freq_hz) <= HALF_BAND_HZ].sum())
    step_hz = float(short_hz[1] - short_hz[0])
    return _Peak(float(np.sqrt(power * step_hz)), freq_hz)


def _course(
    found: Sequence[PhaseShaking],
    log_power: FloatArray,
    phase: IndexArray,
    number: IndexArray,
    reps: int,
    setup: TremorSetup,
) -> ShakingCourse | None:
    """The amplitude of each repetition in the phases that shake, at the largest's frequency."""
    shaking = [n for n, each in enumerate(found) if each.status is TremorStatus.TREMOR]
    if not shaking:
        return None
    freq_hz = max((found[n] for n in shaking), key=lambda each: each.amp_rms_ms2 or 0.0).freq_hz
    at = int(np.abs(setup.contrasts.grid_hz - (freq_hz or 0.0)).argmin())
    is_there = np.isin(phase, shaking)
    amps: list[float | None] = []
    for rep in range(reps):
        own = log_power[is_there & (number == rep)]
        if len(own) == 0:
            amps.append(None)
            continue
        typical = np.median(own, axis=0)
        levels = setup.contrasts.hump_levels(typical[None])[0][:, at]
        amp_ms2 = _peak(own, levels, float(setup.contrasts.grid_hz[at]), setup).amp_ms2
        amps.append(amp_ms2 if amp_ms2 > 0 else None)
    known = [(n, np.log10(amp)) for n, amp in enumerate(amps) if amp is not None]
    if len(known) < FEWEST_REPS:
        return None
    rep_number, level = (np.array(each) for each in zip(*known, strict=True))
    slope, _, low, high = stats.theilslopes(level, rep_number)
    return ShakingCourse(tuple(amps), float(slope), float(low), float(high))
