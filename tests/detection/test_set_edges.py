"""Where a set begins and ends: short sets, rests, one exercise after another, getting into place."""

from dataclasses import replace

import pytest

from detection.pipeline import one_set_tracker
from sensors.recording import Recording
from sensors.synthetic import SetScript, join, synthesize
from tests.detection.streams import counts, events_of, sets_of

SLOW = SetScript()
BRISK = SetScript(concentric_s=0.7, hold_s=0.2, eccentric_s=0.7, rest_s=0.3)
VERY_SLOW = SetScript(concentric_s=4.0, hold_s=3.0, eccentric_s=5.0, rest_s=2.0)
PACES = [
    pytest.param(BRISK, id="brisk"),
    pytest.param(SLOW, id="slow"),
    pytest.param(VERY_SLOW, id="very slow"),
]


def count_given(recording: Recording) -> int:
    """Repetitions when all of a recording is known to be one set."""
    (ended,) = sets_of(events_of(recording, tracker=one_set_tracker()))
    return len(ended.reps)


@pytest.mark.parametrize("script", PACES)
@pytest.mark.parametrize("reps", [1, 2])
def test_one_or_two_movements_are_no_set(reps: int, script: SetScript) -> None:
    assert counts(synthesize(replace(script, reps=reps), seed=reps).recording) == []


@pytest.mark.parametrize("script", PACES)
@pytest.mark.parametrize("reps", [3, 4, 5])
def test_short_sets_are_found_and_counted(reps: int, script: SetScript) -> None:
    assert counts(synthesize(replace(script, reps=reps), seed=reps).recording) == [reps]


@pytest.mark.parametrize("script", PACES)
@pytest.mark.parametrize("reps", [1, 2, 3, 5])
@pytest.mark.parametrize("around_s", [0.3, 3.0])
def test_short_sets_with_edges_given_are_counted(
    around_s: float, reps: int, script: SetScript
) -> None:
    given = replace(script, reps=reps, lead_in_s=around_s, lead_out_s=around_s)
    assert count_given(synthesize(given, seed=reps).recording) == reps


@pytest.mark.parametrize("pause_s", [3.0, 10.0])
@pytest.mark.parametrize("script", [pytest.param(BRISK, id="brisk"), pytest.param(SLOW, id="slow")])
def test_a_breather_loses_and_invents_no_repetition(script: SetScript, pause_s: float) -> None:
    """Whether it parts the set or not: a brisk set is parted sooner than a slow one."""
    first = synthesize(replace(script, lead_out_s=pause_s), seed=5)
    second = synthesize(replace(script, lead_in_s=0.5), seed=6)
    assert sum(counts(join(first, second).recording)) == 20


@pytest.mark.parametrize("script", [pytest.param(BRISK, id="brisk"), pytest.param(SLOW, id="slow")])
def test_a_rest_of_a_minute_parts_two_sets(script: SetScript) -> None:
    first = synthesize(replace(script, lead_out_s=60.0), seed=5)
    second = synthesize(replace(script, lead_in_s=0.5), seed=6)
    assert counts(join(first, second).recording) == [10, 10]


@pytest.mark.parametrize("pause_s", [3.0, 10.0, 60.0])
def test_another_exercise_is_another_set(pause_s: float) -> None:
    first = synthesize(replace(SLOW, lead_out_s=pause_s), seed=5)
    second = synthesize(replace(SLOW, lead_in_s=0.5, range_deg=60.0, concentric_s=2.0), seed=6)
    assert counts(join(first, second).recording) == [10, 10]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(SLOW, replace(BRISK, range_deg=70.0), id="slow, then brisk"),
        pytest.param(BRISK, replace(SLOW, range_deg=15.0), id="brisk, then slow and small"),
        pytest.param(SLOW, replace(VERY_SLOW, reps=6), id="slow, then very slow"),
    ],
)
def test_two_exercises_back_to_back_are_two_sets(one: SetScript, other: SetScript) -> None:
    first = synthesize(replace(one, lead_out_s=0.5), seed=7)
    second = synthesize(replace(other, lead_in_s=0.5), seed=8)
    assert counts(join(first, second).recording) == [one.reps, other.reps]


@pytest.mark.parametrize("script", PACES)
@pytest.mark.parametrize("seed", [2, 3])
def test_lying_down_and_standing_up_are_not_counted(script: SetScript, seed: int) -> None:
    whole = replace(script, reps=8, lying_down_s=3.0, standing_up_s=3.0)
    assert counts(synthesize(whole, seed=seed).recording) == [8]


@pytest.mark.parametrize("script", PACES)
def test_starting_at_once_after_lying_down_counts_all(script: SetScript) -> None:
    whole = replace(
        script, reps=8, lying_down_s=3.0, standing_up_s=3.0, lead_in_s=1.0, lead_out_s=1.0
    )
    assert counts(synthesize(whole, seed=4).recording) == [8]
