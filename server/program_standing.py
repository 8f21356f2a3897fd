"""Where a patient's program stands: today's plan, what the rule proposes, how the days went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue import TABLE_ALONE, Catalogue
from server.programs.adherence import DayState, InForce, SetDone, Today, calendar, plan_of
from server.programs.evidence import Felt, sessions_of
from server.programs.progression import Proposal, propose
from server.store import own_exercises, programs, reports, sets
from server.store.people import Person
from server.store.programs import ProgramVersion
from server.store.reports import Report, ReportKind
from server.store.sets import StoredSet

DAYS_SHOWN = 42
"""Six weeks: about what a dose takes to be outgrown."""
SETS_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """A program on a day. version: None where nothing was ever prescribed.

    plan: of that day. proposals: by position in the version. days: how each day went.
    catalogue: what the program's names mean.
    """

    day: date
    version: ProgramVersion | None
    plan: tuple[Today, ...]
    proposals: Mapping[int, Proposal]
    days: Mapping[date, DayState]
    catalogue: Catalogue


async def standing(connection: AsyncConnection, patient: Person, now: datetime) -> Standing:
    """Read how a patient's program stands at a moment, on the patient's own calendar."""
    today = local_day(patient, now)
    versions = await programs.versions(connection, patient.id)
    if not versions:
        return Standing(today, None, (), {}, {}, TABLE_ALONE)
    stored = await sets.of_patient(connection, patient.id, limit=SETS_LOOKED_AT)
    done = [_done(one) for one in stored]
    felt = [_felt(one) for one in await reports.of_patient(connection, patient.id, 1000)]
    latest = versions[-1]
    declined = await programs.declined(connection, latest.id)
    in_force = [InForce(each.since, each.prescriptions) for each in versions]
    standing_now = [each for each in in_force if each.since <= today]
    return Standing(
        today,
        latest,
        tuple(plan_of(today, standing_now[-1].prescriptions, done)) if standing_now else (),
        _proposals(latest, done, felt, declined, today),
        calendar(in_force, done, today - timedelta(days=DAYS_SHOWN - 1), today),
        await own_exercises.prescribed_to(connection, patient.id),
    )


def local_day(patient: Person, now: datetime) -> date:
    """The day on a patient's calendar."""
    return now.astimezone(ZoneInfo(patient.timezone)).date()


def _proposals(
    version: ProgramVersion,
    done: Sequence[SetDone],
    felt: Sequence[Felt],
    declined: Mapping[int, date],
    today: date,
) -> dict[int, Proposal]:
    found: dict[int, Proposal] = {}
    for position, prescribed in enumerate(version.prescriptions):
        since = version.dose_since[position]
        if position in declined:
            since = max(since, declined[position] + timedelta(days=1))
        proposal = propose(prescribed, sessions_of(prescribed, done, felt, since), today)
        if proposal is not None:
            found[position] = proposal
    return found


def _done(one: StoredSet) -> SetDone:
    was_stopped = one.end_reason == "pain"
    day = one.local_start.date()
    return SetDone(day, one.exercise, one.side, one.reps, was_stopped, one.doing)


def _felt(one: Report) -> Felt:
    is_next_day = one.kind is ReportKind.NEXT_DAY
    return Felt(one.local_day, one.pain_nrs, one.soreness_nrs, one.effort_rpe, is_next_day)
