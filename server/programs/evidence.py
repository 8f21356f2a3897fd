"""Sets and answers into sessions: what the rule of progression looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.programs.adherence import SetDone, sets_of
from server.programs.prescription import Prescription
from server.programs.progression import Session

SORE_DAYS = 2
"""Muscles are sore one or two days after; what is said later belongs to nothing in particular."""


@dataclass(frozen=True, slots=True)
class Felt:
    """What a patient said on a day; None where not answered. is_of_day_before: asked next day."""

    day: date
    pain_nrs: int | None = None
    soreness_nrs: int | None = None
    effort_rpe: int | None = None
    is_of_day_before: bool = False


def sessions_of(
    prescribed: Prescription, done: Sequence[SetDone], felt: Sequence[Felt], since: date
) -> list[Session]:
    """The sessions with a prescription's exercise, from a day on, oldest first."""
    sets = sets_of(prescribed, [one for one in done if one.day >= since])
    days = sorted({one.day for one in sets})
    return [_session(day, days, prescribed, sets, felt) for day in days]


def _session(
    day: date,
    days: Sequence[date],
    prescribed: Prescription,
    sets: Sequence[SetDone],
    felt: Sequence[Felt],
) -> Session:
    todays = [one for one in sets if one.day == day]
    said = [one for one in felt if _belongs(one, day, days)]
    return Session(
        day=day,
        full_sets=sum((one.reps or 0) >= prescribed.dose.reps for one in todays),
        pain_nrs=_most([one.pain_nrs for one in said]),
        soreness_nrs=_most([one.soreness_nrs for one in said]),
        effort_rpe=_most([one.effort_rpe for one in said if not one.is_of_day_before]),
        was_stopped=any(one.was_stopped for one in todays),
    )


def _belongs(one: Felt, day: date, days: Sequence[date]) -> bool:
    """What was said on the day itself, or of it on the day after or the one after that."""
    if not one.is_of_day_before:
        return one.day == day
    before = [each for each in days if each < one.day]
    return bool(before) and before[-1] == day and one.day - day <= timedelta(days=SORE_DAYS)


def _most(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None
