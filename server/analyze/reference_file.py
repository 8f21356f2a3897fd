"""A reference as a JSON file: what `steadyrep reference` writes and `analyze --reference` reads."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from detection import ALGORITHM_VERSION
from detection.counting.good_rep import GoodRep
from detection.events import Tempo
from detection.exercises import UnknownExercise, exercise_named
from detection.reference import Reference

MOST_BYTES = 100_000
"""A file of ours has 4 kB; what is larger is something else."""

Seconds = Annotated[FiniteFloat, Field(ge=0)]
Point = tuple[FiniteFloat, FiniteFloat, FiniteFloat]


class UnusableReference(Exception):
    """A file that holds no reference; the message says why and what to do."""


class ReferenceFile(BaseModel):
    """One good set. steadyrep_reference: version of this format."""

    model_config = ConfigDict(extra="forbid")

    steadyrep_reference: Literal[1] = 1
    algorithm: str = ALGORITHM_VERSION
    exercise: str | None = None
    reps: Annotated[int, Field(ge=1)]
    likeness: Annotated[FiniteFloat, Field(ge=0, le=1)]
    seconds: Annotated[FiniteFloat, Field(gt=0)]
    concentric_s: Seconds
    hold_s: Seconds
    eccentric_s: Seconds
    tilt_deg: Annotated[FiniteFloat, Field(ge=0, le=180)]
    path_ms2: tuple[Point, ...]


def reference_json(reference: Reference) -> str:
    """A reference as the text of its file."""
    tempo, points = reference.tempo, reference.good_rep.path_ms2
    file = ReferenceFile(
        exercise=reference.exercise,
        reps=reference.reps,
        likeness=round(min(max(reference.likeness, 0.0), 1.0), 3),
        seconds=round(reference.good_rep.seconds, 3),
        concentric_s=round(tempo.concentric_s, 3),
        hold_s=round(tempo.hold_s, 3),
        eccentric_s=round(tempo.eccentric_s, 3),
        tilt_deg=round(reference.tilt_deg, 1),
        path_ms2=tuple((round(x, 4), round(y, 4), round(z, 4)) for x, y, z in points),
    )
    return file.model_dump_json(indent=1) + "\n"


def read_reference(path: Path) -> Reference:
    """Read a file; raises UnusableReference."""
    again = "keep one with `steadyrep reference`"
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise UnusableReference(f"{path}: cannot be read: {problem.strerror}") from problem
    if len(text) > MOST_BYTES:
        raise UnusableReference(f"{path}: is no reference, it is too large: {again}")
    try:
        return parse_reference(text)
    except UnusableReference as problem:
        raise UnusableReference(f"{path}: is no reference, {problem}: {again}") from problem


def parse_reference(text: bytes | str) -> Reference:
    """Read the text of a file; raises UnusableReference."""
    try:
        file = ReferenceFile.model_validate_json(text)
        good = GoodRep(file.path_ms2, file.seconds)
        if file.exercise is not None:
            exercise_named(file.exercise)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UnusableReference(f"{where}: {first['msg'].lower()}") from problem
    except (ValueError, UnknownExercise) as problem:
        raise UnusableReference(str(problem)) from problem
    tempo = Tempo(file.concentric_s, file.hold_s, file.eccentric_s)
    return Reference(file.exercise, good, tempo, file.tilt_deg, file.reps, file.likeness)
