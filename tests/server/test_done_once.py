"""What two sensors saw at the same time was done once; what was done twice stays two."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.done_once import Doing, once
from server.programs.adherence import SetDone, plan_of
from server.programs.evidence import sessions_of
from server.programs.prescription import Dose, Prescription

BEGAN = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
DAY = date(2026, 11, 2)
BRIDGE = Prescription("bridge", None, Dose(2, 8), 8)


def doing(
    after_s: float, reps: int | None, lasted_s: float | None = 40.0, exercise: str = "bridge"
) -> Doing:
    return Doing(exercise, BEGAN + timedelta(seconds=after_s), lasted_s, reps)


@pytest.mark.parametrize(
    ("found", "reps"),
    [
        ([doing(0, 8), doing(2, 10)], [10]),
        ([doing(2, 8), doing(0, 10)], [10]),
        ([doing(0, 10), doing(10, 3, 8.0)], [10]),
        ([doing(0, 10), doing(30, 10)], [10, 10]),
        ([doing(0, 10), doing(60, 10)], [10, 10]),
        ([doing(0, 10), doing(0, 10, exercise="squat")], [10, 10]),
        ([doing(0, 10, None), doing(0, 10, None)], [10, 10]),
        ([doing(0, None), doing(1, 10)], [10]),
        ([doing(n, reps) for n in (0, 100) for reps in (9, 10)], [10, 10]),
        ([], []),
    ],
)
def test_what_overlaps_is_one_and_never_a_sum(found: list[Doing], reps: list[int]) -> None:
    assert [one.reps for one in once(found, lambda each: each)] == reps


def seen(side: str, after_s: float, reps: int) -> SetDone:
    return SetDone(DAY, "bridge", side, reps, doing=doing(after_s, reps))


BOTH_LEGS = [seen("left", 0, 8), seen("right", 1, 7)]
ONE_LEG_AFTER_THE_OTHER = [seen("left", 0, 8), seen("right", 60, 8)]


@pytest.mark.parametrize(
    ("side", "done", "sets"),
    [
        (None, BOTH_LEGS, 1),
        ("both", BOTH_LEGS, 1),
        ("left", BOTH_LEGS, 1),
        (None, ONE_LEG_AFTER_THE_OTHER, 2),
        ("right", ONE_LEG_AFTER_THE_OTHER, 1),
    ],
)
def test_a_plan_counts_a_set_that_two_sensors_saw_once(
    side: str | None, done: list[SetDone], sets: int
) -> None:
    prescribed = Prescription("bridge", side, Dose(2, 8), 8)
    (today,) = plan_of(DAY, [prescribed], done)
    assert today.sets_done == sets


def test_a_set_is_full_where_one_of_two_sensors_saw_all_of_it() -> None:
    (session,) = sessions_of(BRIDGE, BOTH_LEGS, [], DAY)
    assert session.full_sets == 1
    (session,) = sessions_of(BRIDGE, ONE_LEG_AFTER_THE_OTHER, [], DAY)
    assert session.full_sets == 2
