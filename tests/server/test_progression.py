"""What comes next, by rule: more only after full, calm sessions; trouble only holds or lowers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.programs.adherence import (
    DayState,
    InForce,
    SetDone,
    calendar,
    plan_of,
)
from server.programs.prescription import (
    Dose,
    Growth,
    InvalidPrescription,
    Pace,
    Prescription,
)
from server.programs.progression import Proposal, Reason, Session, Step, propose

MONDAY = date(2026, 11, 2)
GROWTH = Growth(step_reps=2, after_sessions=4, most_reps=15, most_sets=3)
LEG_RAISE = Prescription("straight-leg-raise", "left", Dose(2, 10), 10, growth=GROWTH)


def sessions(count: int, **felt: int) -> list[Session]:
    days = [MONDAY + timedelta(days=2 * n) for n in range(count)]
    return [Session(day, full_sets=2, **felt) for day in days]


def after(done: list[Session], prescribed: Prescription = LEG_RAISE, days: int = 1) -> Proposal:
    found = propose(prescribed, done, done[-1].day + timedelta(days=days))
    assert found is not None
    return found


def test_four_full_calm_sessions_propose_two_more_repetitions() -> None:
    found = after(sessions(4, pain_nrs=1))
    assert found == Proposal(Step.MORE, Reason.FULL_SESSIONS, Dose(2, 12), 4)


@pytest.mark.parametrize(
    "done",
    [
        sessions(3),
        [*sessions(3), Session(MONDAY + timedelta(days=9), full_sets=1)],
        sessions(4, effort_rpe=8),
        sessions(4, pain_nrs=2),
        sessions(4, soreness_nrs=4),
    ],
    ids=["too few", "one not full", "hard effort", "a little pain", "some soreness"],
)
def test_anything_less_proposes_nothing(done: list[Session]) -> None:
    assert propose(LEG_RAISE, done, done[-1].day) is None


def test_without_a_rule_nothing_grows() -> None:
    fixed = Prescription("bridge", None, Dose(2, 8), 8)
    assert propose(fixed, sessions(20), MONDAY + timedelta(days=40)) is None


def test_the_cap_is_not_passed_then_a_set_more_then_it_stays() -> None:
    near = LEG_RAISE.with_dose(Dose(2, 14), "")
    assert after(sessions(4), near).dose == Dose(2, 15)
    at_cap = LEG_RAISE.with_dose(Dose(2, 15), "")
    assert after(sessions(4), at_cap).dose == Dose(3, 10)
    full = [Session(one.day, full_sets=3) for one in sessions(4)]
    found = after(full, LEG_RAISE.with_dose(Dose(3, 15), ""))
    assert (found.step, found.reason) == (Step.HOLD, Reason.AT_CAP)


@pytest.mark.parametrize(
    ("felt", "step", "reason"),
    [
        ({"pain_nrs": 3}, Step.HOLD, Reason.PAIN),
        ({"pain_nrs": 5}, Step.LESS, Reason.PAIN),
        ({"soreness_nrs": 5}, Step.HOLD, Reason.SORENESS),
        ({"soreness_nrs": 7}, Step.LESS, Reason.SORENESS),
        ({"was_stopped": True}, Step.LESS, Reason.PAIN),
    ],
)
def test_pain_and_soreness_hold_or_lower(felt: dict[str, int], step: Step, reason: Reason) -> None:
    done = [*sessions(5), Session(MONDAY + timedelta(days=10), full_sets=2, **felt)]
    found = after(done)
    assert (found.step, found.reason) == (step, reason)
    assert found.dose.reps == (8 if step is Step.LESS else 10)


def test_pain_of_weeks_ago_does_not_hold_for_ever() -> None:
    done = [Session(MONDAY - timedelta(days=3), 2, pain_nrs=8), *sessions(4)]
    assert after(done).step is Step.MORE


def test_two_weeks_without_propose_a_gentle_restart() -> None:
    found = after(sessions(6), days=14)
    assert (found.step, found.reason, found.dose) == (Step.RESTART, Reason.LAPSE, Dose(2, 6))
    assert after(sessions(6), days=13).step is Step.MORE


def test_before_the_first_session_there_is_nothing_to_say() -> None:
    assert propose(LEG_RAISE, [], MONDAY + timedelta(days=60)) is None


felt = st.none() | st.integers(0, 10)


@given(
    dose=st.builds(Dose, st.integers(1, 5), st.integers(1, 15)),
    done=st.lists(
        st.builds(
            Session,
            st.just(MONDAY),
            st.integers(0, 5),
            felt,
            felt,
            felt,
            st.booleans(),
        ),
        max_size=8,
    ),
    days=st.integers(0, 60),
)
def test_trouble_never_gets_more_and_no_step_is_larger_than_the_rule(
    dose: Dose, done: list[Session], days: int
) -> None:
    prescribed = Prescription("bridge", None, dose, dose.reps, growth=GROWTH)
    found = propose(prescribed, done, MONDAY + timedelta(days=days))
    if found is None:
        return
    latest = done[-2:]
    is_troubled = any(
        one.was_stopped or (one.pain_nrs or 0) >= 3 or (one.soreness_nrs or 0) >= 5
        for one in latest
    )
    if is_troubled:
        assert found.step in (Step.HOLD, Step.LESS)
    if found.step is not Step.MORE:
        assert found.dose.sets * found.dose.reps <= dose.sets * dose.reps
    assert found.dose.reps - dose.reps <= GROWTH.step_reps
    assert found.dose.sets - dose.sets <= 1
    assert found.dose.reps <= max(GROWTH.most_reps, dose.reps)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Dose(0, 10), "sets: 0 is not between 1 and 20"),
        (lambda: Dose(2, 201), "reps: 201"),
        (lambda: Pace(hold_s=-1.0), "hold_s: -1"),
        (lambda: Prescription("bridge", None, Dose(1, 5), 5, weekdays=frozenset()), "weekdays"),
        (lambda: Prescription("bridge", None, Dose(1, 5), 5, weekdays=frozenset({7})), "weekdays"),
        (lambda: Prescription("bridge", None, Dose(1, 5), 5, load_kg=1e6), "load_kg"),
        (lambda: Prescription("bridge", None, Dose(1, 16), 16, growth=GROWTH), "most_reps: 15"),
    ],
)
def test_a_dose_that_cannot_be_is_refused(make: object, said: str) -> None:
    with pytest.raises(InvalidPrescription, match=said):
        make()  # type: ignore[operator]


def set_on(day: date, exercise: str = "bridge", side: str | None = None, reps: int = 8) -> SetDone:
    return SetDone(day, exercise, side, reps)


THRICE = frozenset({0, 2, 4})
BRIDGE = Prescription("bridge", None, Dose(2, 8), 8, weekdays=THRICE)


def test_a_day_is_done_when_all_its_sets_are() -> None:
    done = [set_on(MONDAY), set_on(MONDAY), set_on(MONDAY + timedelta(days=2))]
    states = calendar([InForce(MONDAY, (BRIDGE,))], done, MONDAY, MONDAY + timedelta(days=7))
    assert [states[MONDAY + timedelta(days=n)] for n in range(8)] == [
        DayState.DONE,
        DayState.REST,
        DayState.PART,
        DayState.REST,
        DayState.NOT_DONE,
        DayState.REST,
        DayState.REST,
        DayState.TO_COME,
    ]


def test_a_day_counts_against_the_version_of_that_day() -> None:
    more = BRIDGE.with_dose(Dose(3, 8), "")
    versions = [InForce(MONDAY, (BRIDGE,)), InForce(MONDAY + timedelta(days=2), (more,))]
    wednesday = MONDAY + timedelta(days=2)
    done = [set_on(day) for day in (MONDAY, wednesday) for _ in range(2)]
    states = calendar(versions, done, MONDAY - timedelta(days=3), wednesday + timedelta(days=1))
    assert (states[MONDAY], states[wednesday]) == (DayState.DONE, DayState.PART)
    assert min(states) == MONDAY, "before the first version nothing was asked for"


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (SetDone(MONDAY, "straight-leg-raise", "left", 10), 1),
        (SetDone(MONDAY, "straight-leg-raise", None, 10), 1),
        (SetDone(MONDAY, "straight-leg-raise", "right", 10), 0),
        (SetDone(MONDAY, "bridge", "left", 10), 0),
        (SetDone(MONDAY, "straight-leg-raise", "left", None), 1),
        (SetDone(MONDAY, "straight-leg-raise", "left", 0), 0),
        (SetDone(MONDAY + timedelta(days=1), "straight-leg-raise", "left", 10), 0),
    ],
)
def test_a_set_counts_for_its_exercise_side_and_day(one: SetDone, counts: int) -> None:
    (today,) = plan_of(MONDAY, [LEG_RAISE], [one])
    assert today.sets_done == counts
