"""The scorer: what counts as found, told too early, taken back."""

from dataclasses import replace

import numpy as np
import pytest

from detection.events import (
    Event,
    Rep,
    RepCorrection,
    RepEvent,
    SetDiscarded,
    SetEnded,
    SetStarted,
    Tempo,
    TremorStatus,
    TremorWindow,
)
from detection.scoring.live import Shown, delay_figures, live_delays, what_was_shown
from detection.scoring.sets import (
    AnnotatedSet,
    Counted,
    Evidence,
    FoundRep,
    FoundSet,
    Tally,
    count_figures,
    match_sets,
    match_turns,
    score_recording,
)
from detection.scoring.tremor import (
    Measured,
    WindowTally,
    centred_in,
    inside,
    measured,
    measured_figures,
    tally,
)


def found(begin_s: float, reps: int, period_s: float = 4.0, heard_after_s: float = 0.0) -> FoundSet:
    starts_s = [begin_s + number * period_s for number in range(reps)]
    return FoundSet(
        begin_s,
        begin_s + reps * period_s,
        tuple(
            FoundRep(at_s, at_s + period_s / 2, at_s + period_s, at_s + period_s + heard_after_s)
            for at_s in starts_s
        ),
    )


def annotated(begin_s: float, reps: int, period_s: float = 4.0) -> AnnotatedSet:
    return AnnotatedSet(begin_s, begin_s + reps * period_s, reps, reps)


def test_a_set_that_is_found_exactly_has_no_error() -> None:
    evidence = score_recording([annotated(20, 10)], [found(20, 10)], duration_s=100)
    assert evidence == Evidence((Counted(10, 10, 10),), Tally(1, 0, 0), Tally(), 0, 57.0)


def test_repetitions_near_a_hand_drawn_edge_belong_to_the_set() -> None:
    evidence = score_recording([annotated(20, 10)], [found(16.6, 11)], duration_s=100)
    assert evidence.counted == (Counted(11, 10, 10),)
    assert evidence.false_reps == 0


def test_repetitions_at_rest_are_false() -> None:
    evidence = score_recording([annotated(20, 10)], [found(20, 10), found(80, 3)], duration_s=163)
    assert evidence.false_reps == 3
    assert evidence.rest_s == 120
    assert evidence.false_reps_per_10_min == 15
    assert evidence.sets == Tally(1, 1, 0)


def test_a_stretch_in_which_a_set_lies_somewhere_says_nothing_of_its_edges() -> None:
    within = replace(annotated(0, 10, 10), has_edges=False)
    evidence = score_recording([within], [found(20, 10), found(99, 3)], duration_s=120)
    assert evidence == Evidence((Counted(10, 10, 10),))
    assert evidence.false_reps_per_10_min is None


def test_a_set_to_be_ignored_is_neither_scored_nor_rest() -> None:
    ignored = replace(annotated(20, 10), is_scored=False)
    evidence = score_recording([ignored], [found(20, 8)], duration_s=100)
    assert evidence == Evidence(rest_s=57.0)


def test_evidence_of_recordings_adds_up() -> None:
    one = score_recording([annotated(20, 10)], [found(20, 10)], duration_s=100)
    other = score_recording([annotated(20, 10)], [found(60, 6)], duration_s=100)
    both = one + other
    assert both.counted == (Counted(10, 10, 10), Counted(0, 10, 10))
    assert both.sets == Tally(1, 1, 1)
    assert both.false_reps == 6
    assert both.rest_s == 114


@pytest.mark.parametrize(("count", "error"), [(8, -1), (9, 0), (10, 0), (11, 0), (13, 2)])
def test_inside_the_annotated_range_is_exact(count: int, error: int) -> None:
    assert Counted(count, 9, 11).error == error


def test_figures_of_counts() -> None:
    counted = [Counted(n, 10, 10) for n in (10, 10, 11, 20, 5)]
    figures = count_figures(counted)
    assert figures.sets == 5
    assert figures.exact == 0.4
    assert figures.within_one == 0.6
    assert figures.mean_abs_error == pytest.approx(3.2)
    assert figures.bias == pytest.approx(1.2)
    assert figures.doubled == 0.2
    assert figures.halved == 0.2


def test_two_halves_of_a_set_find_it_once() -> None:
    halves = [FoundSet(20, 44, ()), FoundSet(44, 60, ())]
    assert match_sets([annotated(20, 10)], halves) == Tally(1, 1, 0)


def test_a_set_that_overlaps_too_little_is_not_found() -> None:
    assert match_sets([annotated(20, 10)], [FoundSet(45, 75, ())]) == Tally(0, 1, 1)


def test_found_sets_that_touch_an_ignored_one_are_ignored() -> None:
    ignored = replace(annotated(80, 5), is_scored=False)
    sets = [FoundSet(20, 60, ()), FoundSet(70, 81, ())]
    assert match_sets([annotated(20, 10), ignored], sets) == Tally(1, 0, 0)


def test_shares_of_nothing_are_unknown() -> None:
    assert Tally().precision is None
    assert Tally().recall is None
    assert Tally().f1 is None


def test_precision_recall_and_f1() -> None:
    tally_ = Tally(hits=6, false=2, missed=4)
    assert (tally_.precision, tally_.recall) == (0.75, 0.6)
    assert tally_.f1 == pytest.approx(2 / 3)


@pytest.mark.parametrize("shift", [-0.55, -0.3, 0.0, 0.3, 0.55])
def test_a_common_shift_is_allowed_because_rest_cannot_be_told_blind(shift: float) -> None:
    true_s = np.arange(10) * 6.0
    assert match_turns(true_s, true_s + shift * 6) == Tally(10, 0, 0)


def test_each_turn_is_matched_once() -> None:
    true_s = [0.0, 6.0, 12.0, 18.0]
    assert match_turns(true_s, [0.0, 0.5, 6.0, 12.0]) == Tally(3, 1, 1)


def test_one_annotated_turn_has_no_period() -> None:
    with pytest.raises(ValueError, match="takes two"):
        match_turns([3.0], [3.0])


def test_the_first_three_are_due_when_the_third_ends() -> None:
    delays = live_delays(found(0, 5, heard_after_s=0.3))
    assert [each.number for each in delays] == [1, 2, 3, 4, 5]
    assert [each.delay_s for each in delays] == pytest.approx([-7.7, -3.7, 0.3, 0.3, 0.3])


def test_a_set_of_two_is_due_rep_by_rep() -> None:
    delays = live_delays(found(0, 2, heard_after_s=0.3))
    assert [each.delay_s for each in delays] == pytest.approx([0.3, 0.3])


def test_early_is_before_the_last_tenth() -> None:
    figures = delay_figures(
        [*live_delays(found(0, 5, heard_after_s=-0.5)), *live_delays(found(0, 4))]
    )
    assert figures.early == pytest.approx(2 / 3)
    assert figures.median_s == pytest.approx(-0.5)


def test_delays_of_nothing_are_unknown() -> None:
    figures = delay_figures([])
    assert (figures.median_s, figures.p95_s, figures.first_p95_s, figures.early) == (None,) * 4


REP = Rep(0.0, 0.5, 1.0, Tempo(0.4, 0.2, 0.4), 30.0, 1.0, 0.0)


def rep(count: int, number: int = 1) -> RepEvent:
    return RepEvent(0.0, number, count, REP)


def test_what_a_correction_lowers_is_taken_back() -> None:
    events: list[Event] = [
        SetStarted(0.0, 1, 0.0),
        *(rep(count) for count in (1, 2, 3, 4)),
        RepCorrection(0.0, 1, 2, ""),
        rep(3),
        RepCorrection(0.0, 1, 5, ""),
        SetEnded(0.0, 1, 0.0, 1.0, (), 1.0),
    ]
    assert what_was_shown(events) == Shown(steps=5, taken_back=2, voided=0)


def test_a_discarded_set_voids_its_count_alone() -> None:
    events: list[Event] = [
        SetStarted(0.0, 1, 0.0),
        *(rep(count) for count in (1, 2, 3)),
        SetEnded(0.0, 1, 0.0, 1.0, (), 1.0),
        SetStarted(0.0, 2, 0.0),
        *(rep(count, 2) for count in (1, 2)),
        SetDiscarded(0.0, 2, ""),
    ]
    shown = what_was_shown(events)
    assert shown == Shown(steps=5, taken_back=0, voided=2)
    assert shown.taken_back_share == 0


def window(
    start_s: float, status: TremorStatus, amp: float | None = None, hz: float | None = None
) -> TremorWindow:
    return TremorWindow(start_s, start_s + 4, status, "", amp, hz, None)


def test_unknown_and_refused_windows_decide_nothing() -> None:
    said = tally([window(0, status) for status in TremorStatus])
    assert said == WindowTally(tremor=1, decided=3, windows=5)
    assert said.flagged == pytest.approx(1 / 3)
    assert said.flagged_of_all == 0.2
    assert said.decided_share == 0.6


def test_shares_of_no_windows_are_unknown() -> None:
    said = tally([])
    assert (said.flagged, said.flagged_of_all, said.decided_share) == (None, None, None)


def test_windows_are_chosen_whole_or_by_their_middle() -> None:
    windows = [window(at_s, TremorStatus.NONE) for at_s in (7.9, 8.0, 10.0, 16.0, 16.1, 18.0)]
    assert [each.start_s for each in inside(windows, 8, 20)] == [8.0, 10.0, 16.0]
    assert [each.start_s for each in centred_in(windows, 10, 20)] == [8.0, 10.0, 16.0, 16.1]


def test_errors_are_those_of_windows_that_say_tremor() -> None:
    windows = [
        window(0, TremorStatus.TREMOR, 0.33, 8.1),
        window(1, TremorStatus.TREMOR, 0.27, 7.8),
        window(2, TremorStatus.NONE, 0.01, 12.0),
    ]
    errors = measured(windows, amp_rms_ms2=0.3, freq_hz=8.0)
    assert errors.freq_errors_hz == pytest.approx((0.1, 0.2))
    assert errors.amp_errors == pytest.approx((0.1, -0.1))
    figures = measured_figures(errors + errors)
    assert figures is not None
    assert figures.freq_error_hz == pytest.approx(0.15)
    assert figures.amp_error == pytest.approx(0.0)
    assert (figures.amp_error_low, figures.amp_error_high) == pytest.approx((-0.1, 0.1))


def test_no_window_with_tremor_has_no_figures() -> None:
    assert measured_figures(Measured()) is None
