"""A program in words: what the patient will read, what is proposed, how the days went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from detection.exercises import EXERCISES
from server.documents.program_form import FormRow, ProgramForm, row_of
from server.program_standing import Standing
from server.programs.adherence import DayState
from server.programs.own_exercise import OwnExercise
from server.programs.prescription import Prescription
from server.programs.progression import Proposal, Step
from server.views import phrases
from server.words import Words


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What is proposed for a prescription; can_accept: there is something to accept."""

    position: int
    head: str
    why: str
    can_accept: bool
    accept: str


@dataclass(frozen=True, slots=True)
class DayView:
    """A day of the calendar: how it went, in a word and as a class."""

    label: str
    state: DayState | None
    number: int


@dataclass(frozen=True, slots=True)
class ProgramView:
    """The program's panel on a patient's page; lines is empty where nothing is prescribed."""

    lines: tuple[str, ...]
    lead: str
    proposals: tuple[ProposalView, ...]
    weeks: tuple[tuple[DayView, ...], ...]
    weekdays: Sequence[str]
    version: int


@dataclass(frozen=True, slots=True)
class EditorView:
    """The editor: rows to fill in, the last one empty."""

    head: str
    lead: str
    version: int
    kind: str
    rows: tuple[FormRow, ...]
    exercises: tuple[tuple[str, str], ...]
    weekdays: Sequence[str]
    problem: str | None


def program_view(standing: Standing, words: Words) -> ProgramView:
    """The panel."""
    version = standing.version
    prescriptions = version.prescriptions if version else ()
    lead = words("program.none")
    if version is not None:
        lead = words(
            f"program.lead.{version.kind}", n=version.number, day=words.day(version.since, "long")
        )
    return ProgramView(
        tuple(line(each, words) for each in prescriptions),
        lead,
        tuple(
            _proposal(position, prescriptions[position], each, words)
            for position, each in standing.proposals.items()
        ),
        _weeks(standing.days, standing.day, words),
        _weekdays(words),
        version.number if version else 0,
    )


def line(one: Prescription, words: Words) -> str:
    """What the patient will read of a prescription."""
    parts = [
        words(
            "program.dose",
            exercise=phrases.exercise_on_side(one.exercise, one.side, words),
            sets=one.dose.sets,
            reps=one.dose.reps,
            n=one.dose.sets,
        )
    ]
    for name in ("concentric_s", "hold_s", "eccentric_s"):
        seconds = getattr(one.pace, name)
        if seconds:
            parts.append(words(f"program.pace.{name}", n=_plain(seconds, words)))
    if one.load_kg:
        parts.append(words("program.load", n=_plain(one.load_kg, words)))
    if len(one.weekdays) < 7:
        names = _weekdays(words)
        parts.append(", ".join(names[day] for day in sorted(one.weekdays)) + ".")
    return " ".join([*parts, one.why]).strip()


def editor_view(
    standing: Standing,
    name: str,
    words: Words,
    form: ProgramForm | None = None,
    problem: str | None = None,
    own: Sequence[OwnExercise] = (),
) -> EditorView:
    """The editor, filled in with what was sent, or else with the newest version."""
    version = standing.version
    prescriptions = version.prescriptions if version else ()
    rows = form.rows if form else tuple(row_of(each) for each in prescriptions)
    number = version.number if version else 0
    kind = form.kind if form else str(version.kind) if version else "building"
    last = () if rows and not rows[-1].exercise else (FormRow(),)
    return EditorView(
        words("program.head", name=name),
        words("program.editor_lead", n=number + 1, m=number)
        if number
        else words("program.editor_first"),
        form.version if form else number,
        kind,
        (*rows, *last),
        tuple((key, phrases.exercise_title(key, words)) for key in _offered(standing, own)),
        _weekdays(words),
        problem,
    )


def _offered(standing: Standing, own: Sequence[OwnExercise]) -> list[str]:
    """The therapist's own, what else is prescribed, and the table."""
    version = standing.version
    named = [one.exercise for one in version.prescriptions] if version else []
    prescribed = [name for name in named if name in standing.catalogue.own]
    return list(dict.fromkeys([*(one.name for one in own), *prescribed, *EXERCISES]))


def _proposal(position: int, one: Prescription, found: Proposal, words: Words) -> ProposalView:
    exercise = phrases.exercise_on_side(one.exercise, one.side, words)
    dose = {"sets": found.dose.sets, "reps": found.dose.reps}
    before = {"old_sets": one.dose.sets, "old_reps": one.dose.reps}
    return ProposalView(
        position,
        words(f"program.proposed.{found.step}", exercise=exercise, **dose, **before),
        words(f"program.because.{found.reason}", n=found.sessions),
        found.step is not Step.HOLD,
        words("program.accept", **dose),
    )


def _weeks(
    days: Mapping[date, DayState], today: date, words: Words
) -> tuple[tuple[DayView, ...], ...]:
    """Whole weeks from the first day that is known, Monday first; days outside are blank."""
    if not days:
        return ()
    monday = min(days) - timedelta(days=min(days).weekday())
    count = (today - monday).days // 7 + 1
    return tuple(
        tuple(_day(monday + timedelta(days=7 * week + n), days, words) for n in range(7))
        for week in range(count)
    )


def _day(day: date, days: Mapping[date, DayState], words: Words) -> DayView:
    state = days.get(day)
    said = words(f"program.day.{state}") if state else ""
    return DayView(words("program.day.label", day=words.day(day), said=said), state, day.day)


def _weekdays(words: Words) -> Sequence[str]:
    names = words.branch("program.weekdays")
    if not isinstance(names, Sequence):
        raise KeyError("program.weekdays")
    return names


def _plain(value: float, words: Words) -> str:
    return words.number(value, 0 if value == int(value) else 1)
