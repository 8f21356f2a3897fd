"""`steadyrep exercises`: what the program knows of each exercise."""

from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.exercise_option import known_exercise
from server.commands.json_lines import print_line

if TYPE_CHECKING:
    from detection.exercises import Exercise


def exercises(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Show all that is known of this one.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the exercises, or show one with its equipment, cautions and sources.

    Exit code 0: shown. 2: there is no exercise of that name; the nearest and all are named.
    """
    from detection.exercises import EXERCISES

    one = known_exercise(name, said_as="NAME")
    if as_json:
        _print_json(list(EXERCISES.values()) if one is None else [one])
    else:
        _print(one)


def _print_json(wanted: "list[Exercise]") -> None:
    from server.exercise_sheet import exercise_payload

    for each in wanted:
        print_line(exercise_payload(each))


def _print(one: "Exercise | None") -> None:
    from rich.console import Console

    from detection.exercises import EXERCISES
    from server.exercise_sheet import list_of, sheet_of

    table = list_of(EXERCISES.values()) if one is None else sheet_of(one)
    Console(highlight=False).print(table)
