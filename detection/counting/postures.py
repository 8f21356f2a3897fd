"""A posture that is kept: where up is in it, since when, how still it is, and how it is left."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detection.counting.beats import direction
from detection.counting.reps import angle_deg
from sensors.samples import FloatArray

SETTLED_BEATS = 8
"""A posture is kept if the limb stays in it for 1.6 s: turning round takes less."""
STILL_DEG = 3.0
"""So far from their mean these beats may be: people who hold sway by about 1° RMS."""
LEAST_LIMIT_DEG, MOST_LIMIT_DEG = 3.0, 15.0
"""Out of the hold is half-way back to rest, within these bounds."""
HOLD_MEMORY_BEATS = 20
"""A hold is followed as it sinks, over 4 s."""
ARRIVED_DEG = 1.5
"""Within this of the posture the limb has arrived: half of what it may move and be kept."""
LEAVING_BEATS = 10
"""Nobody takes longer than 2 s for the first few degrees of the way back."""
RESTLESS_BEATS = 300
"""Looked at for that: a minute."""


class Posture:
    """A posture that is kept: where up is in it by now, since when, and how still it is.

    begin, end: numbers of its first beat, and of the one after its last.
    """

    def __init__(self, up: FloatArray, begin: int, memory_beats: int) -> None:
        self.up = up
        self.begin = begin
        self.end = begin + SETTLED_BEATS
        self._memory_beats = memory_beats
        self._last_up = up
        self._steps_deg: deque[float] = deque(maxlen=RESTLESS_BEATS)
        self._beats = SETTLED_BEATS
        self._off2_deg2 = 0.0

    def take(self, up: FloatArray, heard: int) -> None:
        """The limb is in it; follow it slowly."""
        self._off2_deg2 += angle_deg(up, self.up) ** 2
        self._steps_deg.append(angle_deg(up, self._last_up))
        self._last_up = up
        self._beats += 1
        self.end = heard
        self.up = direction(self.up + (up - self.up) / min(self._beats, self._memory_beats))

    def unrest_deg(self) -> float:
        """How much the tilt changes from beat to beat, in the middle."""
        return float(np.median(self._steps_deg)) if self._steps_deg else 0.0

    def sway_deg(self) -> float:
        """RMS of the tilt around the posture."""
        return float(np.sqrt(self._off2_deg2 / self._beats))


class _Beat(NamedTuple):
    """A beat inside the hold: beats heard by then, its up, how far from the posture."""

    heard: int
    up: FloatArray
    off_deg: float


class HeldPosture:
    """A posture that is, or may become, a hold.

    first_up: the posture at its beginning. announced_at: beats heard by then; 0 if it is not.
    The posture follows 2 s behind, so that the way out of it is no part of it.
    """

    def __init__(self, heard: int, recent: Sequence[FloatArray], rest_up: FloatArray) -> None:
        up = direction(np.mean(recent, axis=0))
        self.posture = Posture(up, heard - SETTLED_BEATS, HOLD_MEMORY_BEATS)
        self.first_up = up
        self._arriving: tuple[FloatArray, ...] = tuple(recent)
        self.rest_up = rest_up
        self.announced_at = 0
        self.last_inside = self.posture.end
        half_way_deg = angle_deg(up, rest_up) / 2
        self._limit_deg = min(max(half_way_deg, LEAST_LIMIT_DEG), MOST_LIMIT_DEG)
        self._late: deque[_Beat] = deque()

    @property
    def is_announced(self) -> bool:
        """Whether it was told as a hold."""
        return self.announced_at > 0

    def arrive(self) -> None:
        """Now that the posture is known, so is when the limb arrived in it."""
        if not self._arriving:
            return
        self.first_up = self.posture.up
        off_deg = [angle_deg(up, self.first_up) for up in self._arriving]
        late = next((n for n, off in enumerate(off_deg) if off <= ARRIVED_DEG), len(off_deg) - 1)
        while late < len(off_deg) - 1 and off_deg[late + 1] < off_deg[late]:
            late += 1
        self.posture.begin += late
        self._arriving = ()

    def take(self, up: FloatArray, heard: int) -> bool:
        """Return whether the limb is in it."""
        off_deg = angle_deg(up, self.posture.up)
        if off_deg > self._limit_deg:
            return False
        self.last_inside = heard
        self._late.append(_Beat(heard, up, off_deg))
        if len(self._late) > LEAVING_BEATS:
            self._settle(self._late.popleft())
        return True

    def leave(self) -> None:
        """It is over: what was the way out of it does not belong to it."""
        while len(self._late) > 1 and self._late[-1].off_deg > self._late[-2].off_deg:
            self._late.pop()
        self.finish()

    def finish(self) -> None:
        """Nothing more comes."""
        while self._late:
            self._settle(self._late.popleft())

    def _settle(self, beat: _Beat) -> None:
        self.posture.take(beat.up, beat.heard)


def settled(recent: Sequence[FloatArray]) -> FloatArray | None:
    """The posture in which the last beats are, (3,); None while the limb moves."""
    if len(recent) < SETTLED_BEATS:
        return None
    ups = np.array(recent)
    up = direction(ups.mean(axis=0))
    return up if (ups @ up).min() >= np.cos(np.radians(STILL_DEG)) else None
