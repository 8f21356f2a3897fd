"""What the program believes of a set before, in and after it, as events."""

from dataclasses import replace

import pytest

from detection.events import (
    CandidateDropped,
    Event,
    RepEvent,
    SetCandidate,
    SetEnded,
    SetPaused,
    SetStarted,
)
from sensors.synthetic import Activity, SetScript, everyday, synthesize
from tests.detection.streams import events_of

SLOW = SetScript(reps=6, concentric_s=3.0, hold_s=2.0, eccentric_s=3.0, rest_s=2.0, lead_out_s=30.0)
LIFE = (SetCandidate, CandidateDropped, SetStarted, SetPaused, SetEnded)


def life(events: list[Event]) -> list[type]:
    return [type(event) for event in events if isinstance(event, LIFE)]


def test_a_slow_set_is_a_candidate_then_a_set_then_paused_then_over() -> None:
    made = synthesize(SLOW, seed=2)
    events = events_of(made.recording)
    assert life(events) == [SetCandidate, SetStarted, SetPaused, SetEnded]
    candidate = next(event for event in events if isinstance(event, SetCandidate))
    started = next(event for event in events if isinstance(event, SetStarted))
    second = made.truth.sets[0][1]
    assert candidate.start_s < second.start_s < candidate.at_s <= started.at_s


def test_what_does_not_go_on_is_dropped() -> None:
    events = events_of(synthesize(replace(SLOW, reps=2, lead_out_s=60.0), seed=2).recording)
    assert life(events) == [SetCandidate, CandidateDropped]


def test_a_pause_is_told_and_the_next_repetition_ends_it() -> None:
    """The limb stops halfway for more than half as long as a repetition takes."""
    made = synthesize(replace(SLOW, paused_rep=3, pause_s=6.0), seed=2)
    events = events_of(made.recording)
    (ended,) = [event for event in events if isinstance(event, SetEnded)]
    assert len(ended.reps) == 6
    said = [event for event in events if isinstance(event, SetPaused | RepEvent)]
    pause = next(n for n, event in enumerate(said) if isinstance(event, SetPaused))
    before, paused, after = said[pause - 1 : pause + 2]
    assert isinstance(before, RepEvent)
    assert isinstance(paused, SetPaused)
    assert isinstance(after, RepEvent)
    assert (before.count, after.count) == (3, 4)
    last_end_s = made.truth.sets[0][2].end_s
    assert paused.since_s == pytest.approx(last_end_s, abs=1.0)
    assert paused.at_s > last_end_s + 10.0


@pytest.mark.parametrize("activity", [Activity.WALKING, Activity.STAIRS, Activity.LYING])
def test_steps_and_stillness_are_no_candidates(activity: Activity) -> None:
    assert life(events_of(everyday(activity, 180, seed=1).recording)) == []
