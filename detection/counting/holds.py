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

import numpy as np

from detection.counting.beats import BEAT_S, BEAT_SAMPLES, Beats, direction
from detection.counting.postures import SETTLED_BEATS, HeldPosture, Posture, settled
from detection.counting.reps import angle_deg
from detection.counting.resampling import GRID_RATE_HZ, GridParams, delay_s
from detection.events import Event, HoldEnded, HoldProgress, HoldStarted, SetDiscarded
from sensors.samples import FloatArray

BEATS_A_SECOND = round(1 / BEAT_S)
SAME_DEG = 10.0
"""Postures this near are one: people find an angle again to within some degrees (Goble 2010,
Phys. Ther. 90:1176)."""
REST_MEMORY_BEATS = 150
"""Rest is a mean over 30 s, so that a slow way out of it is seen as one."""
REMEMBERED = 6
"""Postures that are remembered, of rest and of holds each."""
RESTLESS = 3.0
"""Who holds sways and shakes more than who rests; three times is more than fidgeting explains."""
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
        self._rests: deque[Posture] = deque(maxlen=REMEMBERED)
        self._holds: deque[FloatArray] = deque(maxlen=REMEMBERED)
        self._hold: HeldPosture | None = None
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
        up = settled(self._recent)
        if up is None:
            return []
        if self._is_hold(up):
            self._hold = HeldPosture(self._heard, self._recent, self._nearest_rest(up).up)
            return []
        self._is_rest_due = False
        if not self._rests or angle_deg(up, self._nearest_rest(up).up) > self._rest_reach_deg:
            begin = self._heard - SETTLED_BEATS
            self._rests.append(Posture(up, begin, REST_MEMORY_BEATS))
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

    def _nearest_rest(self, up: FloatArray) -> Posture:
        return min(self._rests, key=lambda rest: angle_deg(up, rest.up))

    def _keep(self, hold: HeldPosture, up: FloatArray) -> list[Event]:
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

    def _tell(self, hold: HeldPosture) -> list[Event]:
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

    def _held_s(self, hold: HeldPosture) -> float:
        return self._now_s - self._time_s(hold.posture.begin)

    def _began_in_hold(self, hold: HeldPosture) -> bool:
        """Was the first posture the hold, and is this the rest after it?"""
        first = self._rests[0]
        return (
            not self._holds
            and len(self._rests) == 1
            and first.begin * BEAT_S <= FIRST_S
            and self._seconds(first) >= self._params.least_s
            and RESTLESS * hold.posture.unrest_deg() < first.unrest_deg()
        )

    def _take_back(self, hold: HeldPosture) -> list[Event]:
        first, self._hold = self._rests[0], None
        self._rests.clear()
        self._rests.append(Posture(hold.posture.up, hold.posture.begin, REST_MEMORY_BEATS))
        self._holds.append(first.up)
        return self._unseen(first, angle_deg(first.up, hold.posture.up))

    def _unseen(self, first: Posture, tilt_deg: float | None) -> list[Event]:
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

    def _ended(self, hold: HeldPosture, certainty: float) -> HoldEnded:
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

    def _seconds(self, posture: Posture) -> float:
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
