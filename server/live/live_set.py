"""What is known of the set that is going on, and what a step of it brings about.

Pure: the clock, the store and the sockets are elsewhere; `live_steps` tells what follows on what.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from detection.events import Rep, TremorReading, TremorWindow
from server.live.outlook import Outlook
from server.live.set_commands import EndReason


class SetPhase(StrEnum):
    """Where the patient is: before, in or after a set."""

    IDLE = "idle"
    READY = "ready"
    COUNTING = "counting"
    BETWEEN = "between"
    STOPPED = "stopped"


class Link(StrEnum):
    """Whether samples come; `quiet`: the link is open and nothing comes."""

    NONE = "none"
    STREAMING = "streaming"
    LOST = "lost"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Sensor:
    """What is known of the sensor."""

    link: Link = Link.NONE
    battery_pct: int | None = None
    device: str | None = None
    placement: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open piece of the stream."""

    start_s: float
    end_s: float

    def holds(self, window: TremorWindow) -> bool:
        """Whether a window belongs here: its middle does."""
        return self.start_s <= (window.start_s + window.end_s) / 2 < self.end_s


@dataclass(frozen=True, slots=True)
class LiveSet:
    """The state between two inputs.

    auto_count and adjustment stand side by side; `span` is the set's place in the stream, its end
    unknown (infinite) while it runs; `was_started`: by the patient, not recognised by the tracker;
    `is_kept`: the count belongs to a set that has ended and is stored.
    """

    sensor: Sensor = Sensor()
    phase: SetPhase = SetPhase.IDLE
    outlook: Outlook = Outlook.NONE
    exercise: str | None = None
    target_reps: int | None = None
    sets_done: int = 0
    was_started: bool = False
    auto_count: int = 0
    adjustment: int = 0
    is_provisional: bool = False
    is_kept: bool = False
    span: Span | None = None
    counted: tuple[Span, ...] = ()
    last_rep: Rep | None = None
    ending: EndReason = EndReason.DETECTED
    reading: TremorReading | None = None
    windows: tuple[TremorWindow, ...] = ()
    gaps: tuple[Span, ...] = ()
    stream_flags: tuple[str, ...] = ()
    stream_s: float | None = None
    has_pain_alert: bool = False

    @property
    def count(self) -> int:
        """The number to show."""
        return self.auto_count + self.adjustment

    @property
    def is_open(self) -> bool:
        """Whether a set goes on, or was started and waits for its first repetition."""
        return self.phase in (SetPhase.READY, SetPhase.COUNTING)

    @property
    def is_started(self) -> bool:
        """Whether the patient started a set and has not ended it: it outlasts its recording."""
        return self.was_started and self.is_open

    @property
    def set_number(self) -> int:
        """Of the set that runs or was last; before the first, of the first."""
        is_over = self.phase in (SetPhase.BETWEEN, SetPhase.STOPPED)
        return max(1, self.sets_done + (0 if is_over else 1))

    @property
    def flags(self) -> tuple[str, ...]:
        """What makes the running or last set less certain."""
        start_s = self.span.start_s if self.span else float("inf")
        end_s = self.span.end_s if self.span else float("inf")
        has_gap = any(gap.end_s > start_s and gap.start_s < end_s for gap in self.gaps)
        return (*self.stream_flags, "gap") if has_gap else self.stream_flags


@dataclass(frozen=True, slots=True)
class SetFinished:
    """A set to keep. `span` is None and `auto_reps` too where no sensor took part."""

    span: Span | None
    exercise: str | None
    target_reps: int | None
    auto_reps: int | None
    confirmed_reps: int | None
    end_reason: EndReason
    confidence: float | None
    flags: tuple[str, ...]
    reps: tuple[Rep, ...]


@dataclass(frozen=True, slots=True)
class TremorMeasured:
    """The final windows of shaking of the set that finished last, as far as they are known."""

    windows: tuple[TremorWindow, ...]


@dataclass(frozen=True, slots=True)
class CountConfirmed:
    """The patient corrected the set that finished last."""

    reps: int


Effect = SetFinished | TremorMeasured | CountConfirmed


@dataclass(frozen=True, slots=True)
class Step:
    """The next state, and what has to be kept because of it."""

    live: LiveSet
    effects: tuple[Effect, ...] = field(default=())


class NothingToAdjust(Exception):
    """There is no set whose count could be corrected."""
