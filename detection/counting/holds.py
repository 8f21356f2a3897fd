"""How long a posture is held: wall sit, plank, bridge hold, stretch.

An accelerometer sees postures, not effort; which of them is the hold follows from the exercise
being known. The first posture that is kept is rest. Another one, as far from rest as the
exercise takes the limb, is the hold once it has been kept for some seconds; it is over when the
limb has been out of it for longer than a twitch lasts. What is kept after a hold is rest again,
wherever it is, unless it is a hold that is known already.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detection.counting.beats import BEAT_S, BEAT_SAMPLES, Beats, direction
from detection.counting.reps import angle_deg
from detection.counting.resampling import GRID_RATE_HZ, GridParams, delay_s
from detection.events import Event, HoldEnded, HoldProgress, HoldStarted, SetDiscarded
from sensors.samples import FloatArray

BEATS_A_SECOND = round(1 / BEAT_S)
SETTLED_BEATS = 8
"""A posture is kept if the limb stays in it for 1.6 s: turning round takes less."""
STILL_DEG = 3.0
"""So far from their mean these beats may be: people who hold sway by about 1° RMS."""
SAME_DEG = 10.0
"""Postures this near are one: a joint finds an angle again within 5 to 8° (Goble 2010, Phys.
Ther. 90:1176)."""
LEAST_LIMIT_DEG, MOST_LIMIT_DEG = 3.0, 15.0
"""Out of the hold is half-way back to rest, within these bounds."""
REST_MEMORY_BEATS = 150
"""Rest is a mean over 30 s, so that a slow way out of it is seen as one."""
HOLD_MEMORY_BEATS = 20
"""A hold is followed as it sinks, over 4 s."""
ARRIVED_DEG = 1.5
"""Within this of the posture the limb has arrived: half of what it may move and be kept."""
LEAVING_BEATS = 10
"""Nobody takes longer than 2 s for the first few degrees of the way back."""
REMEMBERED = 6
"""Postures that are remembered, of rest and of holds each."""
RESTLESS = 3.0
"""Who holds sways and shakes more than who rests; three times is more than fidgeting explains."""
RESTLESS_BEATS = 300
"""Looked at for that: a minute."""
FIRST_S = 3.0
"""The stream began in a posture if it was kept from here on."""
START_UNSEEN, END_UNSEEN = 0.3, 0.7
"""Confidence where the stream began, or ended, in the hold."""


@dataclass(frozen=True, slots=True)
class HoldParams:
    """What a hold is.

    least_s: shorter ones are none. longest_s: of longer ones it is less and less sure that they
        are not rest in another place.
    least_deg, most_deg: change of tilt from rest to hold. Without an exercise to say it, from
        twice what people sway to as far as a limb can turn.
    twitch_s: out of the posture for longer than this is the end of it.
    """

    least_s: float = 5.0
    longest_s: float = 120.0
    least_deg: float = 6.0
    most_deg: float = 180.0
    twitch_s: float = 2.0


class HoldTimer:
    """Grid samples in, the events of holds out."""

    def __init__(
        self, start_s: float, first_set: int = 1, params: HoldParams = HoldParams()
    ) -> None:
        self._params = params
        self._start_s = start_s
        self._number = first_set
        self._beats = Beats()
        self._heard = 0
        self._recent: deque[FloatArray] = deque(maxlen=SETTLED_BEATS)
        self._rests: deque[_Posture] = deque(maxlen=REMEMBERED)
        self._holds: deque[FloatArray] = deque(maxlen=REMEMBERED)
        self._hold: _Hold | None = None
        self._is_rest_due = False

    @property
    def next_set(self) -> int:
        """Number that the next hold gets."""
        return self._number

    def push(self, grid_ms2: FloatArray) -> list[Event]:
        """Take grid samples, (n, 3), and return what became known with them."""
        events: list[Event] = []
        for beat_ms2 in self._beats.push(grid_ms2):
            up = direction(beat_ms2)
            self._heard += 1
            self._recent.append(up)
            events += self._look_for_posture() if self._hold is None else self._keep(self._hold, up)
        return events

    def flush(self) -> list[Event]:
        """End the stream: the running hold, if any, is over."""
        hold, self._hold = self._hold, None
        if hold is None or not hold.is_announced:
            return []
        hold.finish()
        return [self._ended(hold, END_UNSEEN)]

    def only_posture(self) -> list[Event]:
        """The first posture of the stream as a hold, where nothing else can have been one."""
        if not self._rests or self._seconds(self._rests[0]) < self._params.least_s:
            return []
        return self._unseen(self._rests[0], None)

    def _look_for_posture(self) -> list[Event]:
        """Is a posture kept, and which one?"""
        up = _settled(self._recent)
        if up is None:
            return []
        if self._is_hold(up):
            self._hold = _Hold(self._heard, self._recent, self._nearest_rest(up).up)
            return []
        self._is_rest_due = False
        if not self._rests or angle_deg(up, self._nearest_rest(up).up) > self._rest_reach_deg:
            begin = self._heard - SETTLED_BEATS
            self._rests.append(_Posture(up, begin, REST_MEMORY_BEATS))
        self._nearest_rest(up).take(self._recent[-1], self._heard)
        return []

    def _is_hold(self, up: FloatArray) -> bool:
        if not self._rests:
            return False
        from_rest = angle_deg(up, self._nearest_rest(up).up)
        from_hold = min((angle_deg(up, hold) for hold in self._holds), default=np.inf)
        if from_hold < min(from_rest, SAME_DEG):
            return True
        fits = self._params.least_deg <= from_rest <= self._params.most_deg
        return fits and not self._is_rest_due

    @property
    def _rest_reach_deg(self) -> float:
        return min(self._params.least_deg, SAME_DEG)

    def _nearest_rest(self, up: FloatArray) -> "_Posture":
        return min(self._rests, key=lambda rest: angle_deg(up, rest.up))

    def _keep(self, hold: "_Hold", up: FloatArray) -> list[Event]:
        """The limb is in a posture that is, or may become, a hold."""
        if hold.take(up, self._heard):
            return self._tell(hold)
        if (self._heard - hold.last_inside) * BEAT_S < self._params.twitch_s:
            return []
        self._hold = None
        if not hold.is_announced:
            return []
        self._is_rest_due = True
        hold.leave()
        ended = self._ended(hold, 1.0)
        self._holds.append(hold.posture.up)
        return [ended]

    def _tell(self, hold: "_Hold") -> list[Event]:
        """Say once that it is a hold, and for how long it is one every second from then on."""
        if hold.is_announced:
            is_second = (self._heard - hold.announced_at) % BEATS_A_SECOND == 0
            return (
                [HoldProgress(self._now_s, self._number, self._held_s(hold))] if is_second else []
            )
        if self._held_s(hold) < self._params.least_s:
            return []
        hold.arrive()
        if self._held_s(hold) < self._params.least_s:
            return []
        if self._began_in_hold(hold):
            return self._take_back(hold)
        hold.announced_at = self._heard
        return [HoldStarted(self._now_s, self._number, self._time_s(hold.posture.begin))]

    def _held_s(self, hold: "_Hold") -> float:
        return self._now_s - self._time_s(hold.posture.begin)

    def _began_in_hold(self, hold: "_Hold") -> bool:
        """Was the first posture the hold, and is this the rest after it?"""
        first = self._rests[0]
        return (
            not self._holds
            and len(self._rests) == 1
            and first.begin * BEAT_S <= FIRST_S
            and self._seconds(first) >= self._params.least_s
            and RESTLESS * hold.posture.unrest_deg() < first.unrest_deg()
        )

    def _take_back(self, hold: "_Hold") -> list[Event]:
        first, self._hold = self._rests[0], None
        self._rests.clear()
        self._rests.append(_Posture(hold.posture.up, hold.posture.begin, REST_MEMORY_BEATS))
        self._holds.append(first.up)
        return self._unseen(first, angle_deg(first.up, hold.posture.up))

    def _unseen(self, first: "_Posture", tilt_deg: float | None) -> list[Event]:
        """A hold in which the stream began; it is told when it is over."""
        number, start_s = self._number, self._time_s(first.begin)
        end_s = self._time_s(first.end)
        self._number += 1
        return [
            HoldStarted(self._now_s, number, start_s),
            HoldEnded(
                self._now_s, number, start_s, end_s, tilt_deg, None, first.sway_deg(), START_UNSEEN
            ),
        ]

    def _ended(self, hold: "_Hold", certainty: float) -> HoldEnded:
        posture = hold.posture
        start_s, end_s = self._time_s(posture.begin), self._time_s(posture.end)
        tilt_deg = angle_deg(hold.first_up, hold.rest_up)
        sway_deg = posture.sway_deg()
        clear = max(0.0, 1 - 2 * sway_deg / max(tilt_deg, 1e-9))
        likely = min(1.0, self._params.longest_s / (end_s - start_s))
        number, self._number = self._number, self._number + 1
        return HoldEnded(
            self._now_s,
            number,
            start_s,
            end_s,
            tilt_deg,
            angle_deg(posture.up, hold.rest_up) - tilt_deg,
            sway_deg,
            certainty * clear * likely,
        )

    def _seconds(self, posture: "_Posture") -> float:
        return (posture.end - posture.begin) * BEAT_S

    @property
    def _now_s(self) -> float:
        """Stream time of the last sample that was heard."""
        return self._start_s + max(0, self._heard * BEAT_SAMPLES - 1) / GRID_RATE_HZ

    def _time_s(self, beat: int) -> float:
        """Stream time at which a beat began; the grid lags behind the movement."""
        return max(self._start_s, self._start_s + beat * BEAT_S - delay_s(GridParams()))


class GivenHold:
    """The whole stream is one hold, with what is before and after it."""

    def __init__(
        self, start_s: float, first_set: int = 1, params: HoldParams = HoldParams()
    ) -> None:
        self._timer = HoldTimer(start_s, first_set, params)
        self._has_hold = False

    @property
    def next_set(self) -> int:
        """Number that the next hold gets."""
        return self._timer.next_set

    def push(self, grid_ms2: FloatArray) -> Sequence[Event]:
        """Take grid samples, (n, 3), and return what became known with them."""
        events = self._timer.push(grid_ms2)
        self._has_hold = self._has_hold or bool(events)
        return events

    def flush(self) -> Sequence[Event]:
        """End the stream; where one posture was kept throughout, it was the hold."""
        if self._has_hold:
            return self._timer.flush()
        number = self.next_set
        nothing = SetDiscarded(0.0, number, "no posture was held in it")
        return self._timer.only_posture() or [nothing]


class _Posture:
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


class _Hold:
    """A posture that is, or may become, a hold.

    first_up: the posture at its beginning. announced_at: beats heard by then; 0 if it is not.
    The posture follows 2 s behind, so that the way out of it is no part of it.
    """

    def __init__(self, heard: int, recent: Sequence[FloatArray], rest_up: FloatArray) -> None:
        up = direction(np.mean(recent, axis=0))
        self.posture = _Posture(up, heard - SETTLED_BEATS, HOLD_MEMORY_BEATS)
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


def _settled(recent: Sequence[FloatArray]) -> FloatArray | None:
    """The posture in which the last beats are, (3,); None while the limb moves."""
    if len(recent) < SETTLED_BEATS:
        return None
    ups = np.array(recent)
    up = direction(ups.mean(axis=0))
    return up if (ups @ up).min() >= np.cos(np.radians(STILL_DEG)) else None
