"""What the core says, in stream time.

Every event carries `at_s`: the time of the stream at which it became known. An event with
`at_s = T` is returned by the push that brings the first sample at or after T, whatever the blocks;
that is the streaming law, and what makes a replay and a live listener agree.

An emitted event is final. What may still change is a type of its own: the running count of
`RepEvent` is provisional until `SetEnded`, and each change of it that is not "one more" is a
`RepCorrection`.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds of a repetition's phases: away from rest, held at the end position, back."""

    concentric_s: float
    hold_s: float
    eccentric_s: float


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition: leave the rest posture at `start_s`, reach the end position, return.

    turn_s: the middle of the end position.
    tilt_deg: range of motion as the change of tilt, a proxy; 0..180.
    confidence: 0..1, likeness to the set's typical repetition.
    counted_at_s: stream time at which the running count told it; the set's end if it never did.
    """

    start_s: float
    turn_s: float
    end_s: float
    tempo: Tempo
    tilt_deg: float
    confidence: float
    counted_at_s: float


class TremorStatus(StrEnum):
    """What can be said of the shaking in a window."""

    TREMOR = "tremor"
    NONE = "none"
    BELOW_FLOOR = "below_floor"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TremorWindow:
    """Shaking in `[start_s, end_s)`.

    amp_rms_ms2: band amplitude, m/s² RMS over all axes, background removed; None if refused.
    freq_hz: peak frequency; None if refused.
    confidence: 0..1 that a rhythmic oscillation is there; None if refused.
    reason: one short phrase, empty where the status needs none.
    What follows is None if refused, or if an earlier version did not keep it:
    amp_low_ms2, amp_high_ms2: 95 % interval of amp_rms_ms2.
    displacement_mm: the same oscillation as a path, mm RMS.
    bandwidth_hz: between its half-power points; a pure tone reads 0.9 Hz (4 s resolve no more).
    band_rms_ms2: all that moves between 4 and 15 Hz, m/s² RMS over all axes.
    contrast_db: its power over that of the movement under it.
    noise_floor_ms2: the device's noise as learnt by then, m/s² RMS; 0 without a still moment.
    """

    start_s: float
    end_s: float
    status: TremorStatus
    reason: str
    amp_rms_ms2: float | None
    freq_hz: float | None
    confidence: float | None
    amp_low_ms2: float | None = None
    amp_high_ms2: float | None = None
    displacement_mm: float | None = None
    bandwidth_hz: float | None = None
    band_rms_ms2: float | None = None
    contrast_db: float | None = None
    noise_floor_ms2: float | None = None


class Quality(StrEnum):
    """What is wrong with a stream; said once for each kind."""

    LOW_RATE = "low_rate"
    HIGH_RATE = "high_rate"
    RATE_MISMATCH = "rate_mismatch"
    CLIPPED = "clipped"
    AXIS_STUCK = "axis_stuck"
    NO_SIGNAL = "no_signal"
    NO_GRAVITY = "no_gravity"
    WRONG_UNIT = "wrong_unit"
    STRAP_SLIP = "strap_slip"
    HARD_TO_SEE = "hard_to_see"
    WRONG_PLACEMENT = "wrong_placement"
    TOO_SHORT = "too_short"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class SetCandidate:
    """Something was done twice alike, too slowly for steps; it began at `start_s`.

    It may become a set: then SetStarted follows, else CandidateDropped.
    """

    at_s: float
    set_number: int
    start_s: float


@dataclass(frozen=True, slots=True)
class CandidateDropped:
    """What looked as if it became a set did not go on."""

    at_s: float
    set_number: int


@dataclass(frozen=True, slots=True)
class SetPaused:
    """No repetition came for longer than one takes; the last was done at `since_s`.

    The next RepEvent ends the pause; without one the set is over before long.
    """

    at_s: float
    set_number: int
    since_s: float


@dataclass(frozen=True, slots=True)
class SetStarted:
    """Repetitions were recognised; the set began at `start_s`, before it could be known."""

    at_s: float
    set_number: int
    start_s: float


@dataclass(frozen=True, slots=True)
class RepEvent:
    """The running count of the set went up by one, to `count`.

    rep: what was counted, as far as it can be told by now.
    """

    at_s: float
    set_number: int
    count: int
    rep: Rep


@dataclass(frozen=True, slots=True)
class RepCorrection:
    """The running count was wrong and is now `count`."""

    at_s: float
    set_number: int
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class SetEnded:
    """The set is over; its repetitions, looked at as a whole, are final.

    partial_reps: those that turned back before half of the way; not among `reps`, not counted.
    """

    at_s: float
    set_number: int
    start_s: float
    end_s: float
    reps: tuple[Rep, ...]
    confidence: float
    partial_reps: tuple[Rep, ...] = ()


@dataclass(frozen=True, slots=True)
class SetDiscarded:
    """What began like a set was none (walking, for example); its running count is void."""

    at_s: float
    set_number: int
    reason: str


@dataclass(frozen=True, slots=True)
class HoldStarted:
    """A posture is held; the hold began at `start_s`, before it could be known."""

    at_s: float
    set_number: int
    start_s: float


@dataclass(frozen=True, slots=True)
class HoldProgress:
    """The posture is still held, for `held_s` by now; said once a second."""

    at_s: float
    set_number: int
    held_s: float


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """The posture was left, or the stream ended in it; a set of one hold is over.

    tilt_deg: change of tilt from rest to the held posture; None where no rest was seen.
    drift_deg: change of tilt while it was held, below 0 back towards rest; None as above.
    sway_deg: RMS of the tilt around the posture, sway and slow shaking together.
    confidence: 0..1 that this was the hold and that its edges are right.
    """

    at_s: float
    set_number: int
    start_s: float
    end_s: float
    tilt_deg: float | None
    drift_deg: float | None
    sway_deg: float
    confidence: float

    @property
    def held_s(self) -> float:
        """Seconds for which it was held."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class TremorReading:
    """A window of shaking; a provisional one is live and is followed by the final one."""

    at_s: float
    window: TremorWindow
    is_final: bool


@dataclass(frozen=True, slots=True)
class GapEvent:
    """No samples between `start_s` and `end_s`; nothing is made up for them."""

    at_s: float
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class QualityFlag:
    """Something about the stream that makes results less certain."""

    at_s: float
    flag: Quality
    detail: str


Event = (
    SetCandidate
    | CandidateDropped
    | SetStarted
    | SetPaused
    | RepEvent
    | RepCorrection
    | SetEnded
    | SetDiscarded
    | HoldStarted
    | HoldProgress
    | HoldEnded
    | TremorReading
    | GapEvent
    | QualityFlag
)
