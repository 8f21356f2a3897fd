"""The documentation names every command, option and setting, and says nothing it may not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from detection.events import Quality
from detection.exercises import EXERCISES, Exercise, FirstPhase, Kind, Sides
from server.cli import app
from server.exercise_sheet import tempo_words
from server.settings import ENV_PREFIX, Settings

ROOT = Path(__file__).parents[1]
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
SERVER = (ROOT / "docs" / "server.md").read_text()
EXERCISE_PAGE = (ROOT / "docs" / "exercises.md").read_text()
CONTRACT = (ROOT / "docs" / "json-contract.md").read_text()
PROSE = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
WORDS = sorted(
    [
        *(ROOT / "server").rglob("*.html"),
        *(ROOT / "server" / "locales").glob("*.json"),
        *(ROOT / "detection" / "exercises").glob("*.py"),
    ]
)
FORBIDDEN = re.compile(
    r"\b(diagnos(?!e weakness or any condition)\w*|abnormal\w*|normal(?!is)\w*|screening|"
    r"detects? (a )?disease)\b",
    re.IGNORECASE,
)


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Commands below a Typer command; it brings its own copy of click, so types do not tell."""
    if not hasattr(command, "commands"):
        yield " ".join(path), command
        return
    for name, inner in command.commands.items():
        yield from _commands(inner, (*path, name))


ALL = dict(_commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", ALL)
def test_every_command_is_documented(name: str) -> None:
    assert f"## steadyrep {name}" in COMMANDS


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_documented_with_its_command(name: str) -> None:
    section = COMMANDS.partition(f"## steadyrep {name}")[2].partition("\n## ")[0]
    options = [
        option
        for parameter in ALL[name].params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option != "--help"
    ]
    assert [option for option in options if f"`{option}" not in section] == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{ENV_PREFIX}{name.upper()}`" in SERVER


@pytest.mark.parametrize("flag", Quality)
def test_every_flag_is_documented(flag: Quality) -> None:
    assert f"`{flag}`" in CONTRACT


def _row(exercise: Exercise) -> str:
    """The row of the page, as the table has it."""
    counts = {Kind.REPETITIONS: "reps", Kind.HOLD: "hold"}[exercise.kind]
    sides = {
        Sides.BOTH_AT_ONCE: "both at once",
        Sides.ONE_SIDE: "one side a set",
        Sides.ALTERNATING_EACH: "each turn counts",
        Sides.ALTERNATING_PAIR: "a pair counts",
    }[exercise.sides]
    first = {FirstPhase.CONCENTRIC: "lifts", FirstPhase.ECCENTRIC: "lowers"}[exercise.first_phase]
    return (
        f"| **{exercise.title}** `{exercise.name}` | {exercise.repetition} | {counts} | {sides} "
        f"| {exercise.placement} | {tempo_words(exercise.tempo)}, {first} first "
        f"| {exercise.fastest_s:g}-{exercise.slowest_s:g} s "
        f"| {', '.join(exercise.equipment)} |"
    )


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_is_documented_as_it_is(name: str) -> None:
    assert EXERCISE_PAGE.splitlines().count(_row(EXERCISES[name])) == 1


def test_the_page_of_exercises_has_no_other() -> None:
    named = re.findall(r"^\| \*\*.+?\*\* `(.+?)`", EXERCISE_PAGE, re.MULTILINE)
    assert named == list(EXERCISES)


@pytest.mark.parametrize("path", [*PROSE, *WORDS], ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_claims_more_than_was_measured(path: Path) -> None:
    assert FORBIDDEN.findall(path.read_text()) == []


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_documentation_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", path.read_text()):
        assert (path.parent / target).exists(), target
