"""The page of one set: its picture, and the same in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from detection.events import Rep, TremorWindow
from server.charts.set_chart import SetChart, draw_set, rep_shaking
from server.store.people import Person
from server.store.sets import StoredSet
from server.tilt import TiltSignal
from server.views import phrases
from server.words import Words


@dataclass(frozen=True, slots=True)
class RepRow:
    """One repetition in numbers."""

    number: int
    concentric: str
    hold: str
    eccentric: str
    tilt: str
    shaking: str


@dataclass(frozen=True, slots=True)
class SetView:
    """Everything that the page of a set shows; `chart` is None where there is nothing to draw."""

    exercise: str
    when: str
    lead: str
    patient_name: str
    patient_href: str
    count: str
    target: int | None
    shaking: str
    pace: str | None
    ended: str
    chart: SetChart | None
    has_signal: bool
    duration_s: int
    rows: tuple[RepRow, ...]
    algorithm_version: str


def set_view(
    one: StoredSet,
    patient: Person,
    reps: Sequence[Rep],
    windows: Sequence[TremorWindow],
    signal: TiltSignal | None,
    now: datetime,
    words: Words,
) -> SetView:
    """The page of a set, for its patient or a therapist."""
    when = words.moment(one.local_start, now)
    return SetView(
        exercise=phrases.exercise_on_side(one.exercise, one.side, words),
        when=when,
        lead=_lead(one, when, patient, words),
        patient_name=patient.display_name,
        patient_href=f"/patients/{patient.id}",
        count=phrases.rep_count(one, words),
        target=one.target_reps,
        shaking=phrases.set_shaking(one.tremor, words),
        pace=phrases.pace(reps, words),
        ended=phrases.ended(one, words),
        chart=_chart(one, reps, windows, signal),
        has_signal=signal is not None and len(signal.t_s) > 0,
        duration_s=round((one.end_s or 0.0) - (one.start_s or 0.0)),
        rows=tuple(_row(n, rep, windows, words) for n, rep in enumerate(reps, start=1)),
        algorithm_version=one.algorithm_version,
    )


def _lead(one: StoredSet, when: str, patient: Person, words: Words) -> str:
    placed = phrases.placement(one, words)
    if placed is None:
        return words("set.lead_unplaced", when=when, name=patient.display_name)
    return words("set.lead", when=when, placed=placed, name=patient.display_name)


def _chart(
    one: StoredSet,
    reps: Sequence[Rep],
    windows: Sequence[TremorWindow],
    signal: TiltSignal | None,
) -> SetChart | None:
    if one.start_s is None or one.end_s is None or not (reps or signal):
        return None
    return draw_set(one.start_s, one.end_s, reps, windows, signal)


def _row(number: int, rep: Rep, windows: Sequence[TremorWindow], words: Words) -> RepRow:
    return RepRow(
        number,
        words.number(rep.tempo.concentric_s, 1),
        words.number(rep.tempo.hold_s, 1),
        words.number(rep.tempo.eccentric_s, 1),
        words.number(rep.tilt_deg),
        phrases.repetition_shaking(rep_shaking(rep, windows), words),
    )
