"""The set that goes on, as pure steps: events and commands in, states and records out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.events import (
    CandidateDropped,
    Event,
    GapEvent,
    Quality,
    QualityFlag,
    Rep,
    RepCorrection,
    RepEvent,
    SetCandidate,
    SetDiscarded,
    SetEnded,
    SetPaused,
    SetStarted,
    Tempo,
    TremorReading,
    TremorStatus,
    TremorWindow,
)
from server.live.live_set import (
    CountConfirmed,
    LiveSet,
    NothingToAdjust,
    SetFinished,
    SetPhase,
    Step,
    TremorMeasured,
)
from server.live.live_state import live_state, pace, shaking
from server.live.live_steps import (
    GAPS_KEPT,
    after_command,
    after_events,
    after_new_stream,
    after_stream,
)
from server.live.outlook import Outlook
from server.live.set_commands import AdjustCount, EndReason, StartSet, StopSet

START, STOP, MORE, LESS = StartSet(), StopSet(), AdjustCount(by=1), AdjustCount(by=-1)
REP_S = 4.0


def rep(number: int, rep_s: float = REP_S) -> Rep:
    start_s = 10.0 + number * rep_s
    return Rep(start_s, start_s + 2, start_s + rep_s, Tempo(1.5, 1.0, 1.5), 40.0, 0.9, start_s)


def counted(number: int, rep_s: float = REP_S) -> RepEvent:
    one = rep(number, rep_s)
    return RepEvent(one.end_s, 1, number + 1, one)


def begun(reps: int = 0, rep_s: float = REP_S) -> list[Event]:
    return [SetStarted(20.0, 1, 10.0), *(counted(number, rep_s) for number in range(reps))]


def ended(reps: int) -> SetEnded:
    return SetEnded(60.0, 1, 10.0, 10.0 + reps * REP_S, tuple(map(rep, range(reps))), 0.95)


def window(
    start_s: float, status: TremorStatus = TremorStatus.TREMOR, amp_ms2: float | None = 0.4
) -> TremorWindow:
    return TremorWindow(start_s, start_s + 4, status, "", amp_ms2, 8.0, 0.9)


def press(live: LiveSet, command: object) -> Step:
    return after_command(live, command)  # type: ignore[arg-type]


def run(live: LiveSet, *inputs: object) -> Step:
    """Lists are events, anything else a command; effects of all steps together."""
    effects: tuple[object, ...] = ()
    for one in inputs:
        step = after_events(live, one, 50.0) if isinstance(one, list) else press(live, one)
        live, effects = step.live, effects + step.effects
    return Step(live, effects)  # type: ignore[arg-type]


def test_a_set_is_followed_without_anybody_pressing_anything() -> None:
    step = run(LiveSet(), begun(3), [ended(3)])
    assert (step.live.phase, step.live.count, step.live.set_number) == (SetPhase.BETWEEN, 3, 1)
    finished = step.effects[0]
    assert isinstance(finished, SetFinished)
    assert (finished.auto_reps, finished.confirmed_reps) == (3, None)
    assert finished.end_reason is EndReason.DETECTED


def test_the_second_set_counts_from_nothing() -> None:
    step = run(LiveSet(), begun(3), [ended(3)], begun(1))
    assert (step.live.phase, step.live.count, step.live.set_number) == (SetPhase.COUNTING, 1, 2)


def test_what_was_counted_before_start_does_not_belong_to_the_set() -> None:
    step = run(LiveSet(), begun(5), START)
    assert (step.live.phase, step.live.count) == (SetPhase.READY, 0)
    assert step.effects == ()


def test_pressing_start_twice_keeps_what_was_done() -> None:
    step = run(LiveSet(), START, begun(4), START)
    finished = step.effects[0]
    assert isinstance(finished, SetFinished)
    assert (finished.auto_reps, finished.end_reason) == (4, EndReason.OTHER)


@pytest.mark.parametrize("reason", ["done", "pain", "tired", "other"])
def test_stopping_early_keeps_what_was_done_and_why(reason: str) -> None:
    live = run(LiveSet(), START, begun(6)).live
    flushed = run(replace(live, ending=EndReason(reason)), [ended(6)], StopSet(reason=reason))  # type: ignore[arg-type]
    assert [type(one) for one in flushed.effects] == [SetFinished, TremorMeasured]
    assert flushed.effects[0].end_reason == reason  # type: ignore[union-attr]
    assert flushed.live.phase is SetPhase.STOPPED


def test_after_a_stop_nothing_counts_until_the_next_start() -> None:
    step = run(LiveSet(), begun(3), [ended(3)], STOP, begun(4), [ended(4)])
    assert (step.live.phase, step.live.count) == (SetPhase.STOPPED, 3)
    assert len([one for one in step.effects if isinstance(one, SetFinished)]) == 1
    assert run(step.live, START, begun(2)).live.count == 2


def test_a_lost_sensor_ends_the_set_but_a_new_one_may_be_recognised() -> None:
    step = run(LiveSet(), begun(3), StopSet(reason="sensor_lost"))
    assert step.live.phase is SetPhase.IDLE
    assert run(step.live, begun(2)).live.phase is SetPhase.COUNTING


def test_one_more_stands_beside_the_automatic_count() -> None:
    live = run(LiveSet(), begun(3), MORE, MORE, LESS).live
    assert (live.auto_count, live.adjustment, live.count) == (3, 1, 4)
    finished = run(live, [ended(3)]).effects[0]
    assert isinstance(finished, SetFinished)
    assert (finished.auto_reps, finished.confirmed_reps) == (3, 4)


def test_a_count_can_be_corrected_after_the_set() -> None:
    step = run(LiveSet(), begun(3), [ended(3)], MORE)
    assert step.effects[-1] == CountConfirmed(4)
    assert run(step.live, STOP, LESS, LESS).effects[-1] == CountConfirmed(2)


def test_the_count_never_falls_below_nothing() -> None:
    assert run(LiveSet(), START, LESS, LESS).live.count == 0
    assert run(LiveSet(), begun(1), LESS, LESS).live.count == 0


@pytest.mark.parametrize("before", [(), (START, STOP), (START, MORE, STOP, START, STOP)])
def test_without_a_set_there_is_nothing_to_adjust(before: tuple[object, ...]) -> None:
    live = run(LiveSet(), *before).live
    with pytest.raises(NothingToAdjust):
        after_command(live, MORE)


def test_tapping_counts_where_no_sensor_does() -> None:
    live = after_command(LiveSet(), START).live
    for _ in range(8):
        live = after_command(live, MORE).live
    finished = after_command(live, STOP).effects[0]
    assert isinstance(finished, SetFinished)
    assert (finished.auto_reps, finished.confirmed_reps, finished.span) == (None, 8, None)


def test_no_sensor_counted_what_was_tapped_while_no_samples_came() -> None:
    watched = run(LiveSet(), begun(3), [ended(3)]).live
    for live in (watched, after_stream(watched)):
        finished = press(press(press(live, START).live, MORE).live, STOP).effects[0]
        assert isinstance(finished, SetFinished)
        assert (finished.auto_reps, finished.confirmed_reps, finished.span) == (None, 1, None)


def test_a_sensor_that_loses_everything_does_not_fill_the_memory() -> None:
    gaps: list[Event] = [GapEvent(n + 0.9, n, n + 0.9) for n in range(5000)]
    assert len(run(LiveSet(), begun(1), gaps).live.gaps) <= GAPS_KEPT


def test_an_empty_set_is_not_kept() -> None:
    assert run(LiveSet(), START, STOP).effects == ()


def test_what_turned_out_to_be_no_set_is_void() -> None:
    void = SetDiscarded(40.0, 1, "walking")
    assert run(LiveSet(), begun(3), [void]).live.phase is SetPhase.IDLE
    started = run(LiveSet(), START, begun(3), [void]).live
    assert (started.phase, started.count) == (SetPhase.READY, 0)


def test_a_correction_changes_the_running_count() -> None:
    live = run(LiveSet(), begun(4), [RepCorrection(30.0, 1, 3, "half")]).live
    assert (live.count, len(live.counted)) == (3, 3)


def test_pain_is_shown_until_the_next_set() -> None:
    hurt = run(LiveSet(), begun(3), StopSet(reason="pain")).live
    assert live_state(hurt, 1).alert is not None
    assert live_state(run(hurt, START).live, 2).alert is None


def test_windows_that_become_final_after_the_set_still_belong_to_it() -> None:
    inside, late, outside = window(12), window(16), window(60)
    readings = [TremorReading(30.0, inside, is_final=True)]
    step = run(LiveSet(), begun(3), readings, [ended(3)])
    assert step.effects[-1] == TremorMeasured((inside,))
    after = run(step.live, [TremorReading(70.0, late, True), TremorReading(71.0, outside, True)])
    assert after.effects == (TremorMeasured((inside, late)),)


def test_flags_of_the_stream_last_and_a_gap_marks_the_set_it_falls_in() -> None:
    clipped = QualityFlag(5.0, Quality.CLIPPED, "")
    step = run(LiveSet(), [clipped, clipped], begun(3), [GapEvent(15.0, 14.0, 15.0)], [ended(3)])
    assert step.live.flags == ("clipped", "gap")
    assert run(step.live, [SetStarted(90.0, 2, 80.0)]).live.flags == ("clipped",)


def test_a_new_recording_begins_afresh_unless_a_set_waits_for_it() -> None:
    assert after_new_stream(run(LiveSet(), begun(3)).live, "bridge") == LiveSet(exercise="bridge")
    waiting = run(LiveSet(), StartSet(exercise="squat", target_reps=8)).live
    carried = after_new_stream(waiting, "bridge")
    assert (carried.phase, carried.exercise, carried.target_reps) == (SetPhase.READY, "squat", 8)


def test_the_pace_cue_says_slower_and_never_faster() -> None:
    slow, fast = run(LiveSet(), begun(4, 8.0)).live, run(LiveSet(), begun(4, 1.5)).live
    assert (pace(slow.counted).cue, pace(slow.counted).reps_per_min) == ("steady", 7.5)
    assert (pace(fast.counted).cue, pace(fast.counted).reps_per_min) == ("slower", 40.0)
    assert pace(()).cue is None


@pytest.mark.parametrize(
    ("status", "amp_ms2", "level"),
    [
        (TremorStatus.NONE, 0.0, 0),
        (TremorStatus.BELOW_FLOOR, 0.05, 0),
        (TremorStatus.TREMOR, 0.1, 1),
        (TremorStatus.TREMOR, 0.4, 2),
        (TremorStatus.TREMOR, 1.2, 3),
        (TremorStatus.UNKNOWN, 0.4, None),
        (TremorStatus.REFUSED, None, None),
    ],
)
def test_shaking_has_four_levels_and_cant_tell(
    status: TremorStatus, amp_ms2: float | None, level: int | None
) -> None:
    reading = TremorReading(14.0, window(10.0, status, amp_ms2), is_final=False)
    assert shaking(reading, 15.0).level == level


def test_an_old_reading_says_nothing_about_now() -> None:
    reading = TremorReading(14.0, window(10.0), is_final=True)
    assert shaking(reading, 60.0).status is None


def test_the_outlook_goes_with_what_the_tracker_believes() -> None:
    said: list[tuple[list[Event], Outlook]] = [
        ([SetCandidate(9.0, 1, 2.0)], Outlook.CANDIDATE),
        ([CandidateDropped(12.0, 1)], Outlook.NONE),
        ([SetCandidate(15.0, 1, 10.0)], Outlook.CANDIDATE),
        (begun(3), Outlook.NONE),
        ([SetPaused(50.0, 1, 40.0)], Outlook.PAUSED),
        ([RepCorrection(51.0, 1, 4, "")], Outlook.PAUSED),
        ([counted(4)], Outlook.NONE),
        ([SetPaused(70.0, 1, 60.0)], Outlook.PAUSED),
        ([ended(5)], Outlook.NONE),
    ]
    live = LiveSet()
    for events, outlook in said:
        live = run(live, events).live
        assert live.outlook is outlook


INPUTS = st.lists(
    st.sampled_from(
        [
            *(START, STOP, MORE, LESS, StopSet(reason="pain"), StopSet(reason="sensor_lost")),
            *(begun(), begun(3), [ended(3)], [SetDiscarded(40.0, 1, "")]),
            [RepCorrection(30.0, 1, 1, "")],
            *([SetCandidate(9.0, 1, 2.0)], [CandidateDropped(12.0, 1)], [SetPaused(50.0, 1, 40.0)]),
            [TremorReading(30.0, window(12), is_final=True)],
        ]
    ),
    max_size=30,
)


@given(INPUTS)
def test_whatever_is_pressed_the_state_makes_sense(inputs: list[object]) -> None:
    live = LiveSet()
    kept = 0
    for one in inputs:
        try:
            step = run(live, one)
        except NothingToAdjust:
            continue
        live = step.live
        kept += sum(isinstance(effect, SetFinished) for effect in step.effects)
        state = live_state(live, 1)
        assert state.count == state.auto_count + state.adjustment >= 0
        assert state.pace.cue in (None, "steady", "slower")
        assert live.sets_done == kept
