"""What a finished set says of how well it was seen: where the sensor sits, and whether it stayed.

Judged from the postures at rest and at the end position of its repetitions. Only what can be told
from gravity is said; each sentence names what was seen, not what must have happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detection.counting.beats import BEAT_S, Beats, direction
from detection.counting.reps import angle_deg
from detection.counting.resampling import GridParams, delay_s
from detection.events import Quality, QualityFlag, Rep, SetEnded
from sensors.samples import FloatArray

REACH_S = 900.0
"""Repetitions further back are not judged; longer than any set."""

LEAST_BEATS = 5
"""The way of a repetition shorter than a second is not seen in means over 0.2 s."""


@dataclass(frozen=True, slots=True)
class SetQualityParams:
    """From when on something is said of a set.

    below, above: by which factor the tilt must be outside of what the exercise is expected to
        give; people differ by less (recorded bridges: 6 to 25°, straight leg raises: 10 to 24°).
    small_deg, small_ms2: a tilt and a movement (RMS) that hardly stand out from sway; on the
        recordings most counts of smaller ones are off by one or more.
    one_sided, turning_ms2: movement that is hardly on one side of rest and no larger than this.
        A limb that tilts stays on one side of rest (0.48 and more in slow sets of 2° and more,
        recorded or synthetic); what it feels of a turn about the vertical is its own
        acceleration, there and back, which adds up to nothing (0.15 to 0.44).
    slip_deg: less is how people vary. slip_scatters: in units of how far the postures of single
        repetitions lie around their mean. slip_moved_deg: both postures must have turned.
        slip_kept: share of it by which the range of motion may differ before and after.
        None is told of in the 387 sets found in the recordings.
    slip_reps: repetitions before and after that tell chance from slip.
    slip_pause_s: two sets this near may be one that a slip has cut.
    """

    below: float = 2.0
    above: float = 1.5
    small_deg: float = 5.0
    small_ms2: float = 0.5
    one_sided: float = 0.45
    turning_ms2: float = 1.0
    slip_deg: float = 12.0
    slip_scatters: float = 4.5
    slip_moved_deg: float = 5.0
    slip_kept: float = 0.35
    slip_reps: int = 2
    slip_pause_s: float = 10.0


class _Seen(NamedTuple):
    """A repetition: its directions of up at rest and at the end, and its way from rest, (n, 3)."""

    rest: FloatArray
    end: FloatArray
    way_ms2: FloatArray


class SetJudge:
    """Grid samples and finished sets in, what is doubtful about a set out.

    expected_tilt_deg: what the exercise should give; None where it is not known.
    """

    def __init__(
        self,
        start_s: float,
        expected_tilt_deg: tuple[float, float] | None,
        params: SetQualityParams = SetQualityParams(),
    ) -> None:
        self._params = params
        self._expected_tilt_deg = expected_tilt_deg
        self._first_s = start_s - delay_s(GridParams())
        self._start_s = start_s
        self._means = Beats()
        self._beats_ms2: FloatArray = np.zeros((0, 3))
        self._dropped = 0
        self._before: list[_Seen] = []
        self._before_end_s = -np.inf

    def push(self, grid_ms2: FloatArray) -> None:
        """Take grid samples, (n, 3)."""
        new = self._means.push(grid_ms2)
        if len(new) == 0:
            return
        # counted from before the new ones, so that the sets among them find all they may ask for
        old = max(0, len(self._beats_ms2) - round(REACH_S / BEAT_S) - 2)
        self._dropped += old
        self._beats_ms2 = np.concatenate((self._beats_ms2[old:], new))

    def judge(self, ended: SetEnded) -> list[QualityFlag]:
        """Say what is doubtful about a set, as known when it ended."""
        reps = [rep for rep in ended.reps if rep.start_s > ended.at_s - REACH_S]
        seen = [self._see(rep, ended.at_s) for rep in reps]
        if not seen:
            return []
        tilt_deg = float(np.median([rep.tilt_deg for rep in reps]))
        details = (
            (Quality.STRAP_SLIP, self._slipped(ended, seen)),
            (Quality.HARD_TO_SEE, self._hard_to_see(tilt_deg, seen)),
            (Quality.WRONG_PLACEMENT, self._misplaced(tilt_deg)),
        )
        return [QualityFlag(ended.at_s, flag, detail) for flag, detail in details if detail]

    def _see(self, rep: Rep, at_s: float) -> _Seen:
        known = int((at_s - self._start_s) / BEAT_S + 1e-9) - self._dropped
        first, turn, last = (
            min(max(0, int((s - self._first_s) / BEAT_S) - self._dropped), known - 1)
            for s in (rep.start_s, rep.turn_s, rep.end_s)
        )

        def around(beat: int) -> FloatArray:
            return np.asarray(self._beats_ms2[max(0, beat - 1) : min(beat + 2, known)].mean(axis=0))

        rest_ms2 = (around(first) + around(last)) / 2
        way_ms2 = self._beats_ms2[first : last + 1] - rest_ms2
        return _Seen(direction(rest_ms2), direction(around(turn)), way_ms2)

    def _misplaced(self, tilt_deg: float) -> str | None:
        if self._expected_tilt_deg is None:
            return None
        least_deg, most_deg = self._expected_tilt_deg
        if least_deg / self._params.below <= tilt_deg <= most_deg * self._params.above:
            return None
        return (
            f"a repetition tilts the sensor by {tilt_deg:.0f}°; where it sits for this exercise, "
            f"{least_deg:.0f} to {most_deg:.0f}° are expected"
        )

    def _hard_to_see(self, tilt_deg: float, seen: Sequence[_Seen]) -> str | None:
        params = self._params
        if np.median([len(s.way_ms2) for s in seen]) < LEAST_BEATS:
            return None
        size_ms2 = float(np.sqrt(np.median([(s.way_ms2**2).sum(axis=1).mean() for s in seen])))
        mean_ms2 = np.median([s.way_ms2.mean(axis=0) for s in seen], axis=0)
        is_one_sided = np.linalg.norm(mean_ms2) >= params.one_sided * size_ms2
        if not is_one_sided and size_ms2 < params.turning_ms2:
            return "it moves but tilts hardly, as in a turn about the vertical"
        if tilt_deg < params.small_deg and size_ms2 < params.small_ms2:
            return f"a repetition tilts the sensor by only {tilt_deg:.1f}°"
        return None

    def _slipped(self, ended: SetEnded, seen: list[_Seen]) -> str | None:
        is_near = ended.start_s - self._before_end_s <= self._params.slip_pause_s
        seen = [*self._before, *seen] if is_near else seen
        self._before, self._before_end_s = seen, ended.end_s
        rest, end = np.array([s.rest for s in seen]), np.array([s.end for s in seen])
        most = self._params.slip_reps
        slips = (_slip(rest, end, cut, self._params) for cut in range(most, len(seen) - most + 1))
        slip_deg = max((slip for slip in slips if slip is not None), default=None)
        if slip_deg is None:
            return None
        return f"the sensor turned by {slip_deg:.0f}° between two repetitions and stayed so"


def _slip(rest: FloatArray, end: FloatArray, cut: int, params: SetQualityParams) -> float | None:
    """Degrees by which both postures, (n, 3) each, turned together at `cut`; None if not."""
    halves = (rest[:cut], rest[cut:], end[:cut], end[cut:])
    middles = rest_0, rest_1, end_0, end_1 = [direction(np.median(ups, axis=0)) for ups in halves]
    least_deg, moved_deg = sorted((angle_deg(rest_0, rest_1), angle_deg(end_0, end_1)))
    changed_deg = abs(angle_deg(rest_0, end_0) - angle_deg(rest_1, end_1))
    has_turned = (
        moved_deg >= max(params.slip_deg, params.slip_scatters)  # no scatter counts less than 1°
        and least_deg >= params.slip_moved_deg
        and changed_deg <= params.slip_kept * moved_deg
    )
    if not has_turned:
        return None
    scatter_deg = max(
        _scatter_deg(ups, middle) for ups, middle in zip(halves, middles, strict=True)
    )
    return moved_deg if moved_deg >= params.slip_scatters * scatter_deg else None


def _scatter_deg(ups: FloatArray, middle: FloatArray) -> float:
    """Degrees by which half of (n, 3) directions are away from their middle."""
    return float(np.median([angle_deg(up, middle) for up in ups]))
