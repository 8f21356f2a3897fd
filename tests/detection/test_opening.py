"""An exercise that is known counts from its first repetition."""

from dataclasses import replace
from functools import cache

import pytest

from detection.events import Event, RepCorrection, RepEvent, SetDiscarded, SetEnded, SetStarted
from detection.exercises import exercise_named
from detection.pipeline import Tracker, params_for
from sensors.synthetic import (
    ORDINARY,
    Activity,
    LimbParams,
    Manner,
    SensorParams,
    SetScript,
    Synthetic,
    everyday,
    join,
    random_rotation_deg,
    synthesize,
)
from tests.detection.streams import events_of, sets_of

LATE_S = 0.5
EARLY_SHARE = 0.1
AHEAD_S = 0.35
"""By as much people are ahead of the script when they end a repetition."""
EXACT = Manner()
BENT = LimbParams(rest_up=(0.7, 0.7, 0.1))
SLOW = SetScript(reps=6, jitter=0.1)
EXERCISES = {
    "squat": replace(SLOW, concentric_s=2.0, hold_s=0.5, eccentric_s=1.5, range_deg=60.0),
    "bridge": replace(SLOW, concentric_s=1.5, hold_s=4.0, eccentric_s=1.5, range_deg=30.0),
    "straight-leg-raise": replace(SLOW, hold_s=5.0, rest_s=3.0),
    "side-leg-raise": replace(SLOW, concentric_s=1.2, hold_s=0.3, eccentric_s=1.2, rest_s=0.5),
    "sit-to-stand": replace(SLOW, concentric_s=1.2, hold_s=1.0, eccentric_s=1.5, range_deg=80.0),
    "lunge": replace(SLOW, range_deg=45.0),
    "clam": replace(SLOW, range_deg=25.0),
}
"""The name of each and a usual set of it."""


def known(name: str) -> Tracker:
    return Tracker(params_for(exercise_named(name)))


def made(name: str, manner: Manner = EXACT, seed: int = 0, **changes: float) -> Synthetic:
    sensor = SensorParams(rate_hz=50.0, rotation_deg=random_rotation_deg(seed))
    return synthesize(replace(EXERCISES[name], **changes), BENT, sensor, None, seed, manner)


@cache
def heard(name: str, seed: int) -> tuple[Synthetic, list[Event]]:
    """Seed 0 keeps to the script, the others do as people do."""
    one = made(name, ORDINARY if seed else EXACT, seed)
    return one, events_of(one.recording, tracker=known(name))


def tell_tale(events: list[Event]) -> list[Event]:
    """Whatever a listener had to unlearn."""
    return [each for each in events if isinstance(each, RepCorrection | SetDiscarded)]


every_exercise = pytest.mark.parametrize("name", EXERCISES)
every_seed = pytest.mark.parametrize("seed", range(3))


@every_seed
@every_exercise
def test_every_repetition_is_told_as_it_ends_the_first_too(name: str, seed: int) -> None:
    one, events = heard(name, seed)
    told_s = {event.count: event.at_s for event in events if isinstance(event, RepEvent)}
    for count, rep in enumerate(one.truth.sets[0], start=1):
        early_s = EARLY_SHARE * (rep.end_s - rep.start_s) + (AHEAD_S if seed else 0.0)
        assert -early_s <= told_s[count] - rep.end_s <= LATE_S, (count, told_s, rep)


@every_seed
@every_exercise
def test_the_finished_set_is_the_truth_and_nothing_was_taken_back(name: str, seed: int) -> None:
    one, events = heard(name, seed)
    assert [len(each.reps) for each in sets_of(events)] == [len(one.truth.sets[0])]
    assert tell_tale(events) == []


@pytest.mark.parametrize("sizes", [[1] * 3000, [7] * 400, [33, 1, 250] * 12])
@pytest.mark.parametrize("name", ["squat", "clam"])
def test_any_partition_gives_identical_events(name: str, sizes: list[int]) -> None:
    one, events = heard(name, 1)
    walk = everyday(Activity.WALKING_ABOUT, 30, SensorParams(rate_hz=50.0), seed=2)
    both = join(walk, one).recording
    whole = events_of(both, tracker=known(name))
    assert events_of(both, sizes, known(name)) == whole
    assert len(sets_of(whole)) == len(sets_of(events)) == 1


@pytest.mark.parametrize("reps", [1, 2])
def test_fewer_than_three_are_shown_and_then_no_set(reps: int) -> None:
    one = made("bridge", reps=reps, lead_out_s=40.0)
    events = events_of(one.recording, tracker=known("bridge"))
    assert [e.count for e in events if isinstance(e, RepEvent)] == list(range(1, reps + 1))
    assert sets_of(events) == []
    (gone,) = tell_tale(events)
    assert isinstance(gone, SetDiscarded)
    assert gone.reason == "fewer than three repetitions"


def test_lying_down_and_getting_up_are_no_repetitions() -> None:
    one = made("bridge", lying_down_s=4.0, standing_up_s=4.0, lead_in_s=6.0, lead_out_s=15.0)
    events = events_of(one.recording, tracker=known("bridge"))
    first = next(each for each in events if isinstance(each, RepEvent))
    assert first.rep.start_s > one.truth.sets[0][0].start_s - 1.0
    assert [len(each.reps) for each in sets_of(events)] == [len(one.truth.sets[0])]


def test_a_shift_of_the_seat_is_less_than_the_exercise_and_not_counted() -> None:
    """A squat tilts the thigh by 25 degrees at least; 12 and back are none."""
    shifted = synthesize(SetScript(reps=1, range_deg=12.0, lead_out_s=20.0), BENT)
    events = events_of(shifted.recording, tracker=known("squat"))
    assert [e for e in events if isinstance(e, SetStarted | RepEvent | SetEnded)] == []


def test_repetitions_before_the_first_that_was_seen_are_added_with_a_reason() -> None:
    """The stream begins as the limb leaves rest: that it was held cannot be known."""
    one = made("lunge", reps=8, hold_s=0.3, lead_in_s=1.0)
    events = events_of(one.recording, tracker=known("lunge"))
    (added,) = tell_tale(events)
    assert isinstance(added, RepCorrection)
    assert added.reason == "the set began before what was taken for its first repetition"
    (ended,) = sets_of(events)
    assert max(e.count for e in events if isinstance(e, RepEvent)) == len(ended.reps) == 8


@pytest.mark.parametrize("name", ["squat", "straight-leg-raise", "lunge"])
@pytest.mark.parametrize("activity", [Activity.WALKING_ABOUT, Activity.STAIRS, Activity.VEHICLE])
def test_everyday_life_is_no_set_of_the_chosen_exercise(activity: Activity, name: str) -> None:
    life = everyday(activity, 120, SensorParams(rate_hz=50.0), seed=3)
    assert sets_of(events_of(life.recording, tracker=known(name))) == []


def test_where_both_sides_make_one_the_first_waits_for_the_pattern() -> None:
    """One side of a knee roll looks like a whole repetition of anything else."""
    assert params_for(exercise_named("knee-rolling")).sets.opening is None


def test_careless_repetitions_that_nothing_repeats_still_are_a_set() -> None:
    """Three squats, each at another pace and depth: nothing is alike, all are squats."""
    pieces = [
        made("squat", reps=1, concentric_s=way_s, eccentric_s=way_s, range_deg=deg, lead_out_s=2.0)
        for way_s, deg in ((1.2, 80.0), (3.5, 45.0), (1.6, 60.0))
    ]
    events = events_of(join(*pieces, made("squat", reps=0)).recording, tracker=known("squat"))
    assert [len(each.reps) for each in sets_of(events)] == [3]
