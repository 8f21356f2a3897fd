"""What a listener is told while a set goes on, in stream time: in time, never silently."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from detection.events import (
    Event,
    RepCorrection,
    RepEvent,
    SetDiscarded,
    SetEnded,
    SetStarted,
)
from sensors.samples import FloatArray
from sensors.synthetic import (
    ORDINARY,
    LimbParams,
    Manner,
    RepTruth,
    SensorParams,
    SetScript,
    Synthetic,
    TremorScript,
    drop_out,
    join,
    random_rotation_deg,
    slip_strap,
    synthesize,
)
from tests.detection.streams import events_of

EARLY_SHARE = 0.1
"""Told before this share of a repetition is left is too early."""
LATE_S, FIRST_THREE_LATE_S = 1.0, 0.5
HESITATION_S = 0.1
"""By as much people are ahead of the script and behind it."""

EXACT = Manner()
BENT = LimbParams(rest_up=(0.7, 0.7, 0.1))
SLOW = SetScript(reps=8)
CLEAN = {
    "5 s, rest of 1 s": SLOW,
    "7 s, rest of 3 s": replace(SLOW, rest_s=3.0),
    "hold of 3 s": replace(SLOW, hold_s=3.0),
    "hold of 5 s": replace(SLOW, hold_s=5.0),
    "rest of 5 s": replace(SLOW, rest_s=5.0),
    "1 up, 4 down": replace(SLOW, concentric_s=1.0, eccentric_s=4.0, hold_s=0.3),
    "10 s": replace(SLOW, concentric_s=3.0, hold_s=2.0, eccentric_s=3.0, rest_s=2.0),
    "20 s": replace(SLOW, concentric_s=5.0, hold_s=6.0, eccentric_s=6.0, rest_s=3.0, reps=6),
    "2 s, hardly a rest": SetScript(
        reps=12, concentric_s=0.8, hold_s=0.2, eccentric_s=0.8, rest_s=0.2
    ),
}
every_clean_set = pytest.mark.parametrize(
    ("name", "manner"),
    [pytest.param(name, EXACT, id=name) for name in CLEAN]
    + [pytest.param(name, ORDINARY, id=f"{name}, as people do") for name in CLEAN],
)


@cache
def followed(name: str, manner: Manner) -> tuple[tuple[RepTruth, ...], list[Event]]:
    """The truth of a clean set, and everything that is said of it."""
    script = CLEAN[name] if manner == EXACT else replace(CLEAN[name], jitter=0.1)
    seed = list(CLEAN).index(name) if manner == EXACT else 0
    sensor = SensorParams(rate_hz=50.0, rotation_deg=random_rotation_deg(seed))
    made = synthesize(script, BENT, sensor, None, seed, manner)
    return made.truth.sets[0], events_of(made.recording)


def told_s(events: Iterable[Event]) -> dict[int, float]:
    """When each count was told; where it was told again after a correction, the last time."""
    return {event.count: event.at_s for event in events if isinstance(event, RepEvent)}


@every_clean_set
def test_a_set_is_announced_not_before_its_second_repetition_ends(
    name: str, manner: Manner
) -> None:
    truth, events = followed(name, manner)
    started_s = [event.at_s for event in events if isinstance(event, SetStarted)]
    assert len(started_s) == 1
    assert started_s[0] >= truth[1].end_s - EARLY_SHARE * (truth[1].end_s - truth[1].start_s)


@every_clean_set
def test_the_first_three_are_told_with_the_end_of_the_third(name: str, manner: Manner) -> None:
    truth, events = followed(name, manner)
    late_s = np.array([told_s(events)[count] - truth[2].end_s for count in (1, 2, 3)])
    assert late_s.max() <= FIRST_THREE_LATE_S, late_s


@every_clean_set
def test_no_repetition_is_told_before_its_last_tenth(name: str, manner: Manner) -> None:
    truth, events = followed(name, manner)
    after_s, lasts_s = _delays(truth, events)
    off_s = 0.0 if manner == EXACT else HESITATION_S
    assert (after_s >= -EARLY_SHARE * lasts_s - off_s).all(), after_s


@every_clean_set
def test_the_fourth_repetition_and_all_later_are_told_within_a_second(
    name: str, manner: Manner
) -> None:
    truth, events = followed(name, manner)
    after_s, _ = _delays(truth, events)
    assert after_s.max() <= LATE_S, after_s


@every_clean_set
def test_nothing_is_taken_back_of_a_clean_set(name: str, manner: Manner) -> None:
    truth, events = followed(name, manner)
    assert [event for event in events if isinstance(event, RepCorrection | SetDiscarded)] == []
    assert max(told_s(events)) == len(truth)


def _delays(truth: tuple[RepTruth, ...], events: list[Event]) -> tuple[FloatArray, FloatArray]:
    """Of each repetition from the fourth on: told how long after its end, and how long it was."""
    told = told_s(events)
    later = [(number, rep) for number, rep in enumerate(truth, start=1) if number > 3]
    assert all(number in told for number, _ in later), sorted(told)
    return (
        np.array([told[number] - rep.end_s for number, rep in later]),
        np.array([rep.end_s - rep.start_s for _, rep in later]),
    )


def _unruly() -> dict[str, Synthetic]:
    plain = synthesize(SLOW, seed=4)
    return {
        "partial repetition": synthesize(replace(SLOW, partial_rep=5), seed=3),
        "paused repetition": synthesize(replace(SLOW, paused_rep=4, pause_s=4.0), seed=3),
        "two bumps": synthesize(replace(SLOW, dip=0.5, hold_s=3.0), seed=3),
        "uneven": synthesize(replace(SLOW, jitter=0.25), seed=3),
        "alternating": synthesize(replace(SLOW, other_side_share=0.5, reps=14), seed=3),
        "shaking": synthesize(replace(SLOW, range_deg=8.0), tremor=TremorScript(4.0, 0.8), seed=2),
        "slip": replace(plain, recording=slip_strap(plain.recording, 24.0, 90.0, seed=2)),
        "lost link": replace(plain, recording=drop_out(plain.recording, 24.0, 2.0)),
        "stopped early, gone on": join(
            synthesize(replace(SLOW, lead_out_s=6.0), seed=5),
            synthesize(replace(SLOW, lead_in_s=0.5), seed=6),
        ),
    }


@pytest.mark.parametrize("name", _unruly())
def test_the_count_never_changes_silently(name: str) -> None:
    """Up by one with RepEvent, otherwise only with a correction that says why."""
    count = None
    for event in events_of(_unruly()[name].recording):
        match event:
            case SetStarted():
                assert count is None
                count = 0
            case RepEvent():
                assert count is not None
                assert event.count == count + 1
                count = event.count
            case RepCorrection():
                assert event.reason
                assert event.count != count
                count = event.count
            case SetEnded():
                assert len(event.reps) == count
                count = None
            case SetDiscarded():
                assert event.reason
                count = None
    assert count is None
