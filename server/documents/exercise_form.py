"""The form of an own exercise as fields: what a browser sends, and what it is shown again."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from pydantic import ValidationError

from server.documents.exercise_schemas import NewExercise
from server.documents.program_form import NotAForm
from server.programs.own_exercise import OwnExercise

LINES = ("equipment", "cautions")
"""Fields with one entry a line."""
NAMES = (
    "title",
    "how",
    "kind",
    "sides",
    "first_phase",
    "placement",
    "fastest_s",
    "slowest_s",
    "concentric_s",
    "hold_s",
    "eccentric_s",
    *LINES,
    "counts_like",
)
EMPTY: Mapping[str, str] = {
    **dict.fromkeys(NAMES, ""),
    "fastest_s": "1.5",
    "slowest_s": "16",
    "concentric_s": "2",
    "hold_s": "0",
    "eccentric_s": "2",
}
"""What a new one offers: the seconds that most of detection's table looks for."""


def read_fields(body: bytes) -> dict[str, str]:
    """What a browser sent, as text. Raises NotAForm."""
    try:
        told = dict(
            parse_qsl(
                body.decode("ascii"),
                keep_blank_values=True,
                max_num_fields=len(NAMES) + 1,
                errors="strict",
            )
        )
    except ValueError as problem:  # a UnicodeDecodeError is one
        raise NotAForm("Send the form as the page has it.") from problem
    return {name: told.get(name, "").strip() for name in (*NAMES, "name")}


def wanted(fields: Mapping[str, str]) -> NewExercise:
    """The exercise that the fields describe. Raises NotAForm, which names the field."""
    document: dict[str, object] = {name: fields[name] for name in NAMES if name not in LINES}
    for name in LINES:
        document[name] = [line for line in fields[name].splitlines() if line.strip()]
    document["counts_like"] = fields["counts_like"] or None
    try:
        return NewExercise.model_validate(document)
    except ValidationError as problem:
        error = problem.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in error["loc"])
        said = error["msg"].removeprefix("Value error, ")
        raise NotAForm(f"{where}: {said}." if where else f"{said}.") from problem


def fields_of(one: OwnExercise) -> dict[str, str]:
    """A version as the form shows it."""
    known = one.known
    return {
        "name": one.name,
        "title": known.title,
        "how": known.repetition,
        "kind": known.kind,
        "sides": known.sides,
        "first_phase": known.first_phase,
        "placement": known.placement,
        "fastest_s": f"{known.fastest_s:g}",
        "slowest_s": f"{known.slowest_s:g}",
        "concentric_s": f"{known.tempo.concentric_s:g}",
        "hold_s": f"{known.tempo.hold_s:g}",
        "eccentric_s": f"{known.tempo.eccentric_s:g}",
        "equipment": "\n".join(known.equipment),
        "cautions": "\n".join(known.cautions),
        "counts_like": one.counts_like or "",
    }
