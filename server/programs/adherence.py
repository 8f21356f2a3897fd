"""What of a program was done: each day on the patient's own calendar, against the version then.

A day without a prescription is a rest day and excused; a day without a session is not done, which
is no verdict. What a sensor could not tell counts as done when the patient said so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.done_once import Doing, once
from server.programs.prescription import Prescription


class DayState(StrEnum):
    """How a day went."""

    DONE = "done"
    PART = "part"
    NOT_DONE = "not_done"
    REST = "rest"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class SetDone:
    """A set as adherence sees it; reps None: nobody counted it, sensor or person.

    was_stopped: because it hurt. doing: by which what two sensors saw is known to be one set; None
    for a set of its own.
    """

    day: date
    exercise: str | None
    side: str | None
    reps: int | None
    was_stopped: bool = False
    doing: Doing | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """A version of a program: from this day on, until the next one's."""

    since: date
    prescriptions: tuple[Prescription, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """One prescription on one day: sets wanted and done."""

    prescription: Prescription
    sets_done: int

    @property
    def is_done(self) -> bool:
        """Whether all its sets were done."""
        return self.sets_done >= self.prescription.dose.sets


def is_of(one: SetDone, prescribed: Prescription) -> bool:
    """Whether a set was one of a prescription; a side that nobody said is any."""
    sides_agree = prescribed.side in (None, "both") or one.side in (None, prescribed.side)
    return one.exercise == prescribed.exercise and sides_agree


def sets_of(prescribed: Prescription, done: Sequence[SetDone]) -> list[SetDone]:
    """The sets of a prescription that were done.

    What two sensors saw at the same time is one set.
    """
    own = [one for one in done if is_of(one, prescribed) and one.reps != 0]
    timed = [(one, one.doing) for one in own if one.doing is not None]
    untimed = [one for one in own if one.doing is None]
    return untimed + [one for one, _ in once(timed, lambda each: each[1])]


def due_on(day: date, prescriptions: Sequence[Prescription]) -> list[Prescription]:
    """What is prescribed on a day."""
    return [each for each in prescriptions if day.weekday() in each.weekdays]


def plan_of(
    day: date, prescriptions: Sequence[Prescription], done: Sequence[SetDone]
) -> list[Today]:
    """What is prescribed on a day, and how far it is done."""
    sets = [one for one in done if one.day == day]
    return [Today(each, len(sets_of(each, sets))) for each in due_on(day, prescriptions)]


def calendar(
    versions: Sequence[InForce], done: Sequence[SetDone], first: date, today: date
) -> Mapping[date, DayState]:
    """How each day from `first` to today went; days before the first version are left out."""
    states: dict[date, DayState] = {}
    for n in range((today - first).days + 1):
        day = first + timedelta(days=n)
        in_force = [each for each in versions if each.since <= day]
        if in_force:
            plan = plan_of(day, in_force[-1].prescriptions, done)
            states[day] = _state(plan, is_over=day < today)
    return states


def _state(plan: Sequence[Today], *, is_over: bool) -> DayState:
    if not plan:
        return DayState.REST
    if all(each.is_done for each in plan):
        return DayState.DONE
    if any(each.sets_done for each in plan):
        return DayState.PART
    return DayState.NOT_DONE if is_over else DayState.TO_COME
