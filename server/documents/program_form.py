"""The editor's form as fields: what a browser sends, and what it is shown again.

Names carry the row: `reps-0`. A row without an exercise is none, which is how one is taken out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError

from server.documents.program_schemas import MOST_PRESCRIPTIONS, NewProgram
from server.programs.prescription import Growth, Prescription

MOST_FIELDS = 40 * MOST_PRESCRIPTIONS
"""Some twenty a row; more is no form of ours."""
STARTER = Growth(step_reps=2, after_sessions=4, most_reps=15, most_sets=3)
"""What a new row offers: begin low, two more after four full sessions."""
STARTING_SETS, STARTING_REPS = 1, 8


class NotAForm(Exception):
    """What was sent is no form of this page; says what to mend."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row's fields, as text."""

    exercise: str = ""
    side: str = ""
    sets: str = str(STARTING_SETS)
    reps: str = str(STARTING_REPS)
    concentric_s: str = ""
    hold_s: str = ""
    eccentric_s: str = ""
    rest_s: str = "60"
    load_kg: str = ""
    weekdays: tuple[str, ...] = ("0", "2", "4")
    grows: bool = True
    step_reps: str = str(STARTER.step_reps)
    after_sessions: str = str(STARTER.after_sessions)
    most_reps: str = str(STARTER.most_reps)
    most_sets: str = str(STARTER.most_sets)


TEXTS = (
    "exercise",
    "side",
    "sets",
    "reps",
    "concentric_s",
    "hold_s",
    "eccentric_s",
    "rest_s",
    "load_kg",
    "step_reps",
    "after_sessions",
    "most_reps",
    "most_sets",
)
GROWTH = ("step_reps", "after_sessions", "most_reps", "most_sets")
OPTIONAL = ("side", "concentric_s", "hold_s", "eccentric_s", "load_kg")


@dataclass(frozen=True, slots=True)
class ProgramForm:
    """What was sent: the version it changes, the kind, the rows."""

    version: int
    kind: str
    rows: tuple[FormRow, ...]


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """One of the two buttons beside a proposal."""

    version: int
    position: int
    is_accepted: bool


def read_form(body: bytes) -> ProgramForm:
    """Read what a browser sent. Raises NotAForm."""
    fields = _fields(body)
    told = dict(fields)
    rows = tuple(
        _row(n, told, fields) for n in range(MOST_PRESCRIPTIONS) if f"exercise-{n}" in told
    )
    return ProgramForm(_number(told, "version"), told.get("kind", "building"), rows)


def read_decision(body: bytes) -> DecisionForm:
    """Read which button was pressed. Raises NotAForm."""
    told = dict(_fields(body))
    is_accepted = told.get("is_accepted") == "yes"
    return DecisionForm(_number(told, "version"), _number(told, "position"), is_accepted)


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError as problem:  # a UnicodeDecodeError is one
        raise NotAForm("Send the form as the page has it.") from problem


def _number(told: Mapping[str, str], name: str) -> int:
    text = told.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotAForm(f"The form does not say its {name}. Load the page again.")
    return int(text)


def _row(n: int, told: Mapping[str, str], fields: Sequence[tuple[str, str]]) -> FormRow:
    texts: dict[str, Any] = {name: told.get(f"{name}-{n}", "").strip() for name in TEXTS}
    days = tuple(value for name, value in fields if name == f"weekdays-{n}")
    return FormRow(**texts, weekdays=days, grows=f"grows-{n}" in told)


def wanted(form: ProgramForm) -> NewProgram:
    """The program that a form asks for. Raises NotAForm, which names row and field."""
    rows = [row for row in form.rows if row.exercise]
    try:
        return NewProgram.model_validate(
            {"kind": form.kind, "prescriptions": tuple(_document(row) for row in rows)}
        )
    except ValidationError as problem:
        raise NotAForm(_said(problem, rows)) from problem


def _document(row: FormRow) -> dict[str, Any]:
    document: dict[str, Any] = {name: getattr(row, name) for name in TEXTS if name not in GROWTH}
    for name in OPTIONAL:
        document[name] = document[name] or None
    document["weekdays"] = list(row.weekdays)
    document["growth"] = {name: getattr(row, name) for name in GROWTH} if row.grows else None
    return document


def _said(problem: ValidationError, rows: Sequence[FormRow]) -> str:
    error = problem.errors(include_url=False, include_context=False)[0]
    place = [part for part in error["loc"] if part != "prescriptions"]
    row = place[0] if place and isinstance(place[0], int) else None
    field = ".".join(str(part) for part in place if not isinstance(part, int))
    where = f"{rows[row].exercise}: " if row is not None and row < len(rows) else ""
    return f"{where}{field}: {error['msg']}."


def row_of(one: Prescription) -> FormRow:
    """A prescription as the editor shows it."""
    growth = one.growth or STARTER
    return FormRow(
        exercise=one.exercise,
        side=one.side or "",
        sets=str(one.dose.sets),
        reps=str(one.dose.reps),
        concentric_s=_text(one.pace.concentric_s),
        hold_s=_text(one.pace.hold_s),
        eccentric_s=_text(one.pace.eccentric_s),
        rest_s=_text(one.rest_s),
        load_kg=_text(one.load_kg),
        weekdays=tuple(str(day) for day in sorted(one.weekdays)),
        grows=one.growth is not None,
        step_reps=str(growth.step_reps),
        after_sessions=str(growth.after_sessions),
        most_reps=str(max(growth.most_reps, one.dose.reps)),
        most_sets=str(growth.most_sets),
    )


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
