"""Where sets begin and end: short sets, rests, exercises in a row, getting into place."""

from dataclasses import replace

import pytest

from sensors.synthetic import (
    ORDINARY,
    Activity,
    SensorParams,
    SetScript,
    everyday,
    join,
    random_rotation_deg,
    synthesize,
)
from tests.detection.streams import count_given, counts

SLOW = SetScript()
BRISK = SetScript(concentric_s=0.7, hold_s=0.2, eccentric_s=0.7, rest_s=0.3)
VERY_SLOW = SetScript(concentric_s=4.0, hold_s=3.0, eccentric_s=5.0, rest_s=2.0)
PACES = [
    pytest.param(BRISK, id="brisk"),
    pytest.param(SLOW, id="slow"),
    pytest.param(VERY_SLOW, id="very slow"),
]


@pytest.mark.parametrize("script", PACES)
@pytest.mark.parametrize("reps", [1, 2])
def test_one_or_two_movements_are_no_set(reps: int, script: SetScript) -> None:
    assert counts(synthesize(replace(script, reps=reps), seed=reps).recording) == []


@pytest.mark.parametrize("script", PACES)
@pytest.mark.parametrize("reps", [3, 4, 5])
def test_short_sets_are_found_and_counted(reps: int, script: SetScript) -> None:
    assert counts(synthesize(replace(script, reps=reps), seed=reps).recording) == [reps]


@pytest.mark.parametrize("script", PACES)
@pytest.mark.parametrize("reps", [1, 2, 3])
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
def test_lying_down_and_standing_up_are_not_counted(script: SetScript) -> None:
    whole = replace(script, reps=8, lying_down_s=3.0, standing_up_s=3.0)
    assert counts(synthesize(whole, seed=2).recording) == [8]


def test_all_around_a_set_is_not_counted() -> None:
    """Strapped on, walked to the mat, lain down, done, stood up, taken off, put on the table."""
    sensor = SensorParams(rate_hz=50.0, rotation_deg=random_rotation_deg(9))
    whole = replace(SLOW, lying_down_s=3.0, standing_up_s=3.0)
    made = join(
        everyday(Activity.HANDLING_THE_SENSOR, 40.0, sensor, seed=1),
        everyday(Activity.WALKING, 10.0, sensor, seed=2),
        synthesize(whole, sensor=sensor, seed=3, manner=ORDINARY),
        everyday(Activity.LYING, 20.0, sensor, seed=4),
        everyday(Activity.HANDLING_THE_SENSOR, 40.0, sensor, seed=5),
    )
    assert counts(made.recording) == [10]


@pytest.mark.parametrize("script", PACES)
def test_starting_at_once_after_lying_down_counts_all(script: SetScript) -> None:
    whole = replace(
        script, reps=8, lying_down_s=3.0, standing_up_s=3.0, lead_in_s=1.0, lead_out_s=1.0
    )
    assert counts(synthesize(whole, seed=4).recording) == [8]
