"""A return to rest that following did not see, and the chain did."""

import numpy as np
import pytest

from detection.counting.missed import Missed, missed_return
from detection.events import Event, RepCorrection, RepEvent, SetEnded
from detection.pipeline import Tracker
from sensors.samples import STANDARD_GRAVITY_MS2, SampleBlock
from tests.detection.streams import sets_of

TURNS = [50.0, 150.0, 250.0, 350.0, 450.0]


def test_returns_and_turns_that_alternate_miss_nothing() -> None:
    assert missed_return([100, 200, 300, 400, 500], TURNS) is None


def test_two_turns_between_returns_that_are_far_apart_miss_one() -> None:
    assert missed_return([100, 200, 400, 500], TURNS) == Missed(2, 300)


def test_a_late_return_is_no_missed_one() -> None:
    """The third came after the next turn already."""
    assert missed_return([100, 200, 355, 400, 500], TURNS) is None


def test_what_came_before_the_first_turn_says_nothing() -> None:
    assert missed_return([-200, 100, 200, 300, 400], TURNS) is None


def test_of_quick_repetitions_the_turns_are_not_known_well_enough() -> None:
    quick = [turn * 0.7 for turn in TURNS]
    assert missed_return([70, 140, 280, 350], quick) is None


RATE_HZ = 50.0
STILL_S, REP_S = 8.0, 5.0


def a_leg(shares: list[float], seed: int = 1) -> SampleBlock:
    """A leg raised by 40 degrees every five seconds, and lowered to these shares of it."""
    rng = np.random.default_rng(seed)
    half = int(REP_S * RATE_HZ / 2)
    rise = (1 - np.cos(np.pi * np.arange(half) / half)) / 2
    down, parts = 0.0, [np.zeros(int(STILL_S * RATE_HZ))]
    for share in shares:
        parts += [down + (1 - down) * rise, 1 - (1 - share) * rise]
        down = share
    parts.append(np.zeros(int(4 * STILL_S * RATE_HZ)))
    tilt = np.radians(40 * np.concatenate(parts))
    acc = STANDARD_GRAVITY_MS2 * np.column_stack((np.sin(tilt), 0 * tilt, np.cos(tilt)))
    t_s = np.arange(len(tilt)) / RATE_HZ
    return SampleBlock(t_s, acc + rng.normal(0, 0.02, acc.shape), RATE_HZ)


def followed(block: SampleBlock) -> list[Event]:
    tracker = Tracker()
    return tracker.push(block) + tracker.flush()


def told_when_done(events: list[Event], ended: SetEnded) -> list[int]:
    """The count that a listener saw a second after the end of each repetition."""
    steps = [e for e in events if isinstance(e, RepEvent | RepCorrection)]
    return [
        ([0] + [step.count for step in steps if step.at_s <= rep.end_s + 1.0])[-1]
        for rep in ended.reps
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_leg_that_once_is_not_put_down_is_counted_before_the_set_is_over(seed: int) -> None:
    """It goes up again with 60 % of the way still to go; two later the count is right."""
    events = followed(a_leg([0, 0, 0, 0, 0.6, 0, 0, 0, 0, 0], seed))
    (ended,) = sets_of(events)
    assert len(ended.reps) == 10
    corrections = [e for e in events if isinstance(e, RepCorrection) and e.at_s < ended.at_s]
    assert [c.reason for c in corrections] == ["a repetition had been missed"]
    assert told_when_done(events, ended)[6:] == [7, 8, 9, 10]


def test_nothing_is_taken_up_where_every_return_was_seen() -> None:
    events = followed(a_leg([0.0] * 10))
    (ended,) = sets_of(events)
    assert told_when_done(events, ended)[3:] == [4, 5, 6, 7, 8, 9, 10]
    assert not any(isinstance(e, RepCorrection) for e in events)
