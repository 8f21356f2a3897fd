"""The option `--exercise NAME`, the same in every command that has it."""

from typing import TYPE_CHECKING, Annotated, overload

import typer

from server.commands.configured import stop

if TYPE_CHECKING:
    from detection.exercises import Exercise

ExerciseName = Annotated[
    str | None, typer.Option("--exercise", metavar="NAME", help="The exercise, where it is known.")
]


@overload
def known_exercise(name: str, said_as: str = ...) -> "Exercise": ...
@overload
def known_exercise(name: str | None, said_as: str = ...) -> "Exercise | None": ...
def known_exercise(name: str | None, said_as: str = "--exercise") -> "Exercise | None":
    """The exercise of that name; ends the command with a line if there is none."""
    from detection.exercises import UnknownExercise, exercise_named

    if name is None:
        return None
    try:
        return exercise_named(name)
    except UnknownExercise as problem:
        stop(f"{said_as}: {problem}")
