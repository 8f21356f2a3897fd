"""The therapist's first page: who needs a look first, and why, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.store.caseload import CaseloadRow
from server.words import Words

QUIET_AFTER = timedelta(days=7)
"""A week without a set: plans are written by the week, so one has passed."""

GROUPS = ("look", "quiet", "going")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One patient in the list. `chip` is the kind of reason: alert, quiet or None."""

    href: str
    name: str
    chip: str | None
    reason: str
    recent_sets: int
    pain: str | None
    last_set: str


@dataclass(frozen=True, slots=True)
class Group:
    """Patients of one urgency."""

    name: str
    rows: tuple[PersonRow, ...]


@dataclass(frozen=True, slots=True)
class CaseloadView:
    """The whole list; `looks` is how many patients have something to look at."""

    people: int
    looks: int
    groups: tuple[Group, ...]


def caseload_view(rows: Sequence[CaseloadRow], now: datetime, words: Words) -> CaseloadView:
    """The list, in groups; inside a group the given order (the most urgent first) stays."""
    sorted_in = {name: [row for row in rows if group_of(row, now) == name] for name in GROUPS}
    groups = tuple(
        Group(name, tuple(_person_row(row, name, now, words) for row in members))
        for name, members in sorted_in.items()
        if members
    )
    return CaseloadView(len(rows), len(rows) - len(sorted_in["going"]), groups)


def group_of(row: CaseloadRow, now: datetime) -> str:
    """Which group a patient belongs to: look, quiet or going."""
    if row.open_alerts:
        return "look"
    if row.last_set_at is None or now - row.last_set_at > QUIET_AFTER:
        return "quiet"
    return "going"


def _person_row(row: CaseloadRow, group: str, now: datetime, words: Words) -> PersonRow:
    return PersonRow(
        href=f"/patients/{row.patient.id}",
        name=row.patient.display_name,
        chip={"look": "alert", "quiet": "quiet"}.get(group),
        reason=_reason(row, group, now, words),
        recent_sets=row.recent_sets,
        pain=_pain(row, words),
        last_set=_last_set(row, now, words),
    )


def _reason(row: CaseloadRow, group: str, now: datetime, words: Words) -> str:
    if group == "look":
        return words("caseload.reason.alert", n=row.open_alerts)
    if row.last_set_at is None:
        return words("caseload.reason.never")
    if group == "quiet":
        return words("caseload.reason.quiet", n=(now - row.last_set_at).days)
    return words("caseload.reason.going", n=row.recent_sets)


def _pain(row: CaseloadRow, words: Words) -> str | None:
    if row.latest_pain_nrs is None:
        return None
    return words("caseload.of_ten", n=row.latest_pain_nrs)


def _last_set(row: CaseloadRow, now: datetime, words: Words) -> str:
    if row.last_set_at is None:
        return words("caseload.never")
    return words.moment(row.last_set_at.astimezone(ZoneInfo(row.patient.timezone)), now)
