"""A patient's page for the therapist: the last days at a glance, and the sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from detection.events import Rep
from server.done_once import once
from server.store.people import Person
from server.store.reports import Alert, Report
from server.store.sets import StoredSet
from server.views import phrases
from server.words import Words

RECENT = timedelta(days=7)
"""The span of the first figure: plans are written by the week."""


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure with its label and what puts it in context."""

    label: str
    figure: str
    context: str | None


@dataclass(frozen=True, slots=True)
class SetRow:
    """One set in the table."""

    href: str
    when: str
    exercise: str
    reps: str
    shaking: str
    ended: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """What the patient said hurt, not yet seen by anybody; `seen_action` notes that it was."""

    said: str
    answer: str | None
    note: str | None
    seen_action: str


@dataclass(frozen=True, slots=True)
class PatientView:
    """Everything on the page but the trend."""

    name: str
    alerts: tuple[AlertView, ...]
    stats: tuple[Stat, ...]
    sets: tuple[SetRow, ...]


@dataclass(frozen=True, slots=True)
class PatientRecords:
    """What is read of a patient for the page; each newest first."""

    patient: Person
    sets: Sequence[StoredSet]
    last_reps: Sequence[Rep]
    reports: Sequence[Report]
    alerts: Sequence[Alert]


def patient_view(records: PatientRecords, now: datetime, words: Words) -> PatientView:
    """The page, in the order in which a therapist with two minutes reads it."""
    return PatientView(
        records.patient.display_name,
        tuple(_alert(one, records, now, words) for one in records.alerts),
        (
            _sets_stat(records.sets, now, words),
            _reps_stat(records.sets, words),
            _pace_stat(records.last_reps, words),
            _pain_stat(records, now, words),
        ),
        tuple(_row(one, now, words) for one in records.sets),
    )


def _alert(alert: Alert, records: PatientRecords, now: datetime, words: Words) -> AlertView:
    when = words.moment(alert.raised_at.astimezone(ZoneInfo(records.patient.timezone)), now)
    said = words("patient.alert", name=records.patient.display_name, when=when)
    report = next((one for one in records.reports if one.id == alert.report_id), None)
    return AlertView(
        said,
        _answer(report, words) if report else None,
        report.note or None if report else None,
        f"/alerts/{alert.id}/seen",
    )


def _answer(report: Report, words: Words) -> str:
    if report.pain_nrs is None:
        return words("patient.alert_skipped")
    return words("patient.alert_pain", n=report.pain_nrs)


def _sets_stat(sets: Sequence[StoredSet], now: datetime, words: Words) -> Stat:
    done = once(sets, lambda one: one.doing)
    recent = sum(now - one.started_at <= RECENT for one in done)
    before = sum(RECENT < now - one.started_at <= 2 * RECENT for one in done)
    return Stat(words("patient.stat.sets"), str(recent), words("patient.stat.sets_sub", n=before))


def _reps_stat(sets: Sequence[StoredSet], words: Words) -> Stat:
    label = words("patient.stat.reps")
    if not sets or sets[0].reps is None:
        return Stat(label, words("patient.reps_unknown"), None)
    last = sets[0]
    figure = str(last.reps)
    if last.target_reps:
        figure = words("patient.stat.reps_of", n=last.reps, m=last.target_reps)
    return Stat(label, figure, _counted_by(last, words))


def _counted_by(one: StoredSet, words: Words) -> str:
    if one.auto_reps is None:
        return words("patient.stat.reps_tapped")
    if one.auto_reps == one.reps:
        return words("patient.stat.reps_same")
    return words("patient.stat.reps_sensor", n=one.auto_reps)


def _pace_stat(reps: Sequence[Rep], words: Words) -> Stat:
    figure = phrases.pace(reps, words)
    label = words("patient.stat.pace")
    if figure is None:
        return Stat(label, words("patient.stat.pace_none"), None)
    return Stat(label, figure, words("patient.stat.pace_sub"))


def _pain_stat(records: PatientRecords, now: datetime, words: Words) -> Stat:
    label = words("patient.stat.pain")
    answered = next((one for one in records.reports if one.pain_nrs is not None), None)
    if answered is None:
        return Stat(label, words("patient.stat.pain_none"), None)
    zone = ZoneInfo(records.patient.timezone)
    figure = words("patient.stat.pain_value", n=answered.pain_nrs)
    return Stat(label, figure, words.moment(answered.reported_at.astimezone(zone), now))


def _row(one: StoredSet, now: datetime, words: Words) -> SetRow:
    return SetRow(
        f"/sets/{one.id}",
        words.moment(one.local_start, now),
        phrases.exercise_on_side(one.exercise, one.side, words),
        phrases.rep_count(one, words),
        phrases.set_shaking(one.tremor, words),
        phrases.ended(one, words),
    )
