"""The set that is going on, step by step: (events, commands, sensor) in, the next state out.

A set begins when the tracker recognises one, or at once when the patient starts it. It ends when
the patient stops it or the tracker sees its end; an ended set is kept, whoever ended it. After the
patient's "stop" nothing counts until the next "start": what a person ended, the program does not
begin again. Pure: the clock, the store and the sockets are elsewhere.
"""

from collections.abc import Sequence
from dataclasses import replace

from detection.events import (
    CandidateDropped,
    Event,
    GapEvent,
    HoldEnded,
    HoldProgress,
    HoldStarted,
    QualityFlag,
    RepCorrection,
    RepEvent,
    SetCandidate,
    SetDiscarded,
    SetEnded,
    SetPaused,
    SetStarted,
    TremorReading,
)
from server.live.live_set import (
    CountConfirmed,
    Effect,
    LiveSet,
    NothingToAdjust,
    Sensor,
    SetFinished,
    SetPhase,
    Span,
    Step,
    TremorMeasured,
)
from server.live.outlook import Outlook, SetLife, outlook_after
from server.live.set_commands import AdjustCount, EndReason, StartSet, StopSet

WINDOWS_KEPT_S = 600.0
"""Shaking this far back may belong to a set that is recognised only now; longer than any set."""

GAPS_KEPT = 100
"""Enough to know whether the last set has any; a broken sensor sends thousands."""


def after_events(live: LiveSet, events: Sequence[Event], stream_s: float | None) -> Step:
    """Take in what the tracker said; `stream_s` is how far the stream has come."""
    effects: list[Effect] = []
    for event in events:
        step = _after_event(live, event)
        live = step.live
        effects.extend(step.effects)
    if stream_s is not None:
        live = replace(live, stream_s=stream_s)
    return Step(live, tuple(effects))


def after_sensor(live: LiveSet, sensor: Sensor) -> LiveSet:
    """Take in what the sensor or its link said."""
    return replace(live, sensor=sensor)


def after_new_stream(live: LiveSet, exercise: str | None) -> LiveSet:
    """Another recording begins. Only a set that waits for its first samples goes on into it."""
    if not live.is_started:
        return LiveSet(exercise=exercise)
    return LiveSet(
        phase=live.phase,
        exercise=live.exercise or exercise,
        target_reps=live.target_reps,
        was_started=True,
        adjustment=live.adjustment,
        is_provisional=True,
    )


def after_stream(live: LiveSet) -> LiveSet:
    """The recording is over: what is counted from now on is counted by hand."""
    return replace(live, sensor=Sensor(), stream_s=None, windows=(), reading=None)


def after_command(live: LiveSet, command: StartSet | StopSet | AdjustCount) -> Step:
    """Do what the patient said. The tracker's flush comes before a start or stop.

    Raises NothingToAdjust.
    """
    match command:
        case StartSet():
            return _started(live, command)
        case StopSet():
            return _stopped(live, EndReason(command.reason))
        case AdjustCount():
            return _adjusted(live, command.by)


def _started(live: LiveSet, command: StartSet) -> Step:
    finished = _finish_open(live, EndReason.OTHER) if live.was_started else Step(live)
    fresh = _new_set(finished.live, SetPhase.READY, live.stream_s)
    started = replace(
        fresh,
        exercise=command.exercise,
        target_reps=command.target_reps,
        was_started=True,
        windows=(),
        gaps=(),
        has_pain_alert=False,
    )
    return Step(started, finished.effects)


def _stopped(live: LiveSet, reason: EndReason) -> Step:
    step = _finish_open(live, reason)
    phase = SetPhase.IDLE if reason is EndReason.SENSOR_LOST else SetPhase.STOPPED
    stopped = replace(
        step.live,
        phase=phase,
        outlook=Outlook.NONE,
        ending=EndReason.DETECTED,
        was_started=False,
        has_pain_alert=step.live.has_pain_alert or reason is EndReason.PAIN,
    )
    return Step(stopped, step.effects)


def _finish_open(live: LiveSet, reason: EndReason) -> Step:
    """Keep a set that the tracker did not end: tapped by hand, or stopped before it was sure."""
    if not live.is_open or (live.auto_count == 0 and live.adjustment == 0):
        return Step(live)
    span = _open_span(live)
    finished = SetFinished(
        span=span,
        exercise=live.exercise,
        target_reps=live.target_reps,
        auto_reps=None if span is None else live.auto_count,
        confirmed_reps=_confirmed(live, live.auto_count),
        end_reason=reason,
        confidence=None,
        flags=live.flags,
        reps=(),
    )
    done = replace(
        live, span=span, sets_done=live.sets_done + 1, is_provisional=False, is_kept=True
    )
    return Step(done, (finished,))


def _open_span(live: LiveSet) -> Span | None:
    """Where in the stream an open set lies; None if no sample came during it."""
    if live.stream_s is None or live.span is None or live.span.start_s >= live.stream_s:
        return None
    return Span(live.span.start_s, live.stream_s)


def _adjusted(live: LiveSet, by: int) -> Step:
    if not (live.is_open or live.is_kept):
        raise NothingToAdjust
    adjusted = replace(live, adjustment=max(live.adjustment + by, -live.auto_count))
    if live.is_kept:
        return Step(adjusted, (CountConfirmed(adjusted.count),))
    return Step(replace(adjusted, phase=SetPhase.COUNTING))


def _new_set(live: LiveSet, phase: SetPhase, start_s: float | None) -> LiveSet:
    return replace(
        live,
        phase=phase,
        outlook=Outlook.NONE,
        auto_count=0,
        adjustment=0,
        is_provisional=True,
        is_kept=False,
        span=None if start_s is None else Span(start_s, float("inf")),
        counted=(),
        last_rep=None,
    )


def _after_event(live: LiveSet, event: Event) -> Step:
    match event:
        case TremorReading():
            return _after_tremor(live, event)
        case GapEvent():
            gaps = (*live.gaps, Span(event.start_s, event.end_s))
            return Step(replace(live, gaps=gaps[-GAPS_KEPT:]))
        case QualityFlag():
            return Step(_with_flag(live, event.flag.value))
        case HoldStarted() | HoldProgress() | HoldEnded():
            return Step(
                live
            )  # the pages count repetitions; the seconds of a hold have no place yet
        case _ if live.phase is SetPhase.STOPPED:
            return Step(live)
        case SetEnded():
            return _after_set_ended(live, event)
        case _:
            return Step(_after_count(live, event))


def _after_count(live: LiveSet, event: SetLife) -> LiveSet:
    live = replace(live, outlook=outlook_after(live.outlook, event))
    match event:
        case SetCandidate() | CandidateDropped() | SetPaused():
            return live
        case SetStarted():
            return _after_set_started(live, event)
        case RepEvent():
            counted = (*live.counted, Span(event.rep.start_s, event.rep.end_s))
            return replace(_with_count(live, event.count), counted=counted, last_rep=event.rep)
        case RepCorrection():
            counted = live.counted[: event.count]
            return replace(_with_count(live, event.count), counted=counted)
        case SetDiscarded():
            return _after_set_discarded(live)


def _with_count(live: LiveSet, auto_count: int) -> LiveSet:
    """The automatic count changed; together with the person's it is never less than nothing."""
    return replace(live, auto_count=auto_count, adjustment=max(live.adjustment, -auto_count))


def _after_set_started(live: LiveSet, event: SetStarted) -> LiveSet:
    """A set that the patient started keeps its taps; any other begins from nothing."""
    if live.is_started:
        return replace(live, phase=SetPhase.COUNTING, span=Span(event.start_s, float("inf")))
    return _new_set(live, SetPhase.COUNTING, event.start_s)


def _after_set_discarded(live: LiveSet) -> LiveSet:
    if live.was_started:
        phase = SetPhase.COUNTING if live.adjustment > 0 else SetPhase.READY
        return replace(_with_count(live, 0), phase=phase, counted=(), last_rep=None)
    phase = SetPhase.BETWEEN if live.sets_done else SetPhase.IDLE
    return replace(_new_set(live, phase, None), is_provisional=False)


def _after_set_ended(live: LiveSet, event: SetEnded) -> Step:
    span = Span(event.start_s, event.end_s)
    ended = replace(
        _with_count(live, len(event.reps)),
        phase=SetPhase.BETWEEN,
        outlook=Outlook.NONE,
        is_provisional=False,
        is_kept=True,
        span=span,
        last_rep=event.reps[-1] if event.reps else None,
        sets_done=live.sets_done + 1,
        was_started=False,
        ending=EndReason.DETECTED,
    )
    finished = SetFinished(
        span=span,
        exercise=live.exercise,
        target_reps=live.target_reps,
        auto_reps=len(event.reps),
        confirmed_reps=_confirmed(ended, len(event.reps)),
        end_reason=live.ending,
        confidence=event.confidence,
        flags=ended.flags,
        reps=event.reps,
    )
    windows = tuple(window for window in live.windows if span.holds(window))
    return Step(ended, (finished, TremorMeasured(windows)))


def _confirmed(live: LiveSet, auto_reps: int) -> int | None:
    return auto_reps + live.adjustment if live.adjustment else None


def _after_tremor(live: LiveSet, event: TremorReading) -> Step:
    is_newer = live.reading is None or event.window.end_s >= live.reading.window.end_s
    shown = replace(live, reading=event) if is_newer else live
    if not event.is_final:
        return Step(shown)
    oldest_s = event.window.end_s - WINDOWS_KEPT_S
    kept = tuple(window for window in live.windows if window.end_s > oldest_s)
    shown = replace(shown, windows=(*kept, event.window))
    is_late = shown.phase is SetPhase.BETWEEN and shown.span and shown.span.holds(event.window)
    if not is_late or shown.span is None:
        return Step(shown)
    windows = tuple(window for window in shown.windows if shown.span.holds(window))
    return Step(shown, (TremorMeasured(windows),))


def _with_flag(live: LiveSet, flag: str) -> LiveSet:
    if flag in live.stream_flags or flag == "gap":
        return live
    return replace(live, stream_flags=(*live.stream_flags, flag))
