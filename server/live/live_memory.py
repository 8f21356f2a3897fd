"""What of a live set is remembered over a restart: all that is not in the signal.

The count is remembered, not counted again: after a restart it is the same whatever was pressed.
What the tracker needs to go on, and the shaking, come out of the signal (`following`).
"""

from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from detection.events import Rep
from server.live.live_set import LiveSet, SetPhase, Span


class LiveMemory(BaseModel):
    """A LiveSet's fields but for those of sensor and signal; an open set's `end_s` is None."""

    model_config = ConfigDict(frozen=True)

    phase: SetPhase
    exercise: str | None
    target_reps: int | None
    sets_done: int
    was_started: bool
    auto_count: int
    adjustment: int
    is_provisional: bool
    is_kept: bool
    start_s: float | None
    end_s: float | None
    last_rep: Rep | None
    stream_flags: tuple[str, ...]
    has_pain_alert: bool

    @property
    def open_since_s(self) -> float | None:
        """Where in the stream the set began that is going on; None if none is."""
        return self.start_s if self.phase is SetPhase.COUNTING else None


def memory_of(live: LiveSet) -> LiveMemory:
    """What to remember of a live set."""
    span = live.span
    return LiveMemory(
        phase=live.phase,
        exercise=live.exercise,
        target_reps=live.target_reps,
        sets_done=live.sets_done,
        was_started=live.was_started,
        auto_count=live.auto_count,
        adjustment=live.adjustment,
        is_provisional=live.is_provisional,
        is_kept=live.is_kept,
        start_s=span.start_s if span else None,
        end_s=span.end_s if span and span.end_s != float("inf") else None,
        last_rep=live.last_rep,
        stream_flags=live.stream_flags,
        has_pain_alert=live.has_pain_alert,
    )


def recalled(seen: LiveSet, memory: LiveMemory) -> LiveSet:
    """The live set as it was; `seen` is what the signal says of sensor, gaps and shaking."""
    end_s = float("inf") if memory.end_s is None else memory.end_s
    return replace(
        seen,
        phase=memory.phase,
        exercise=memory.exercise,
        target_reps=memory.target_reps,
        sets_done=memory.sets_done,
        was_started=memory.was_started,
        auto_count=memory.auto_count,
        adjustment=memory.adjustment,
        is_provisional=memory.is_provisional,
        is_kept=memory.is_kept,
        span=None if memory.start_s is None else Span(memory.start_s, end_s),
        counted=() if memory.phase is SetPhase.STOPPED else seen.counted,
        last_rep=memory.last_rep,
        stream_flags=memory.stream_flags,
        has_pain_alert=memory.has_pain_alert,
    )
