"""`steadyrep exercises`, and the titles of exercises in every language."""

import json

import pytest
from typer.testing import CliRunner, Result

from detection.exercises import EXERCISES, Kind, Sides, exercise_named
from server.cli import app
from server.exercise_sheet import FIRST_WORDS, KIND_WORDS, SIDES_IN_SHORT, SIDES_WORDS
from server.words import DEFAULT_LANGUAGE, languages, load_words


def steadyrep(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["exercises", *arguments])


def test_the_list_has_a_line_for_every_exercise_and_fits_a_terminal() -> None:
    result = steadyrep()
    assert (result.exit_code, result.stderr) == (0, "")
    rows = result.stdout.splitlines()
    for each in EXERCISES.values():
        (row,) = [row for row in rows if f" {each.name} " in row]
        assert row.split()[: len(each.title.split())] == each.title.split()
        assert f" {each.placement} " in row
    (wall_sit,) = [row.split() for row in rows if " wall-sit " in row]
    assert wall_sit == ["Wall", "sit", "wall-sit", "hold", "both", "thigh", "2-30-2", "s"]
    assert max(len(row) for row in rows) <= 80


def test_one_exercise_is_shown_with_all_that_is_known_of_it() -> None:
    said = " ".join(steadyrep("wall-slide").stdout.split())
    exercise = exercise_named("wall-slide")
    for part in (exercise.title, exercise.repetition, "2-5-2 s, lowers first", "1.5 to 20 s each"):
        assert part in said
    for part in (*exercise.equipment, *exercise.cautions, *exercise.sources):
        assert part in said


def test_json_tells_everything_one_object_a_line() -> None:
    lines = [json.loads(line) for line in steadyrep("--json").stdout.splitlines()]
    assert [line["name"] for line in lines] == list(EXERCISES)
    (plank,) = [line for line in lines if line["name"] == "plank"]
    (alone,) = [json.loads(line) for line in steadyrep("plank", "--json").stdout.splitlines()]
    assert plank == alone
    assert (plank["kind"], plank["hold_s"]) == ("hold", 20.0)
    assert plank["tempo"] == {"concentric_s": 2.0, "hold_s": 20.0, "eccentric_s": 2.0}
    (lunge,) = [line for line in lines if line["name"] == "lunge"]
    assert (lunge["sides"], lunge["first_phase"], lunge["hold_s"]) == (
        "one_side",
        "eccentric",
        None,
    )


@pytest.mark.parametrize("json_wished", [(), ("--json",)])
def test_an_unknown_name_is_refused_with_the_nearest(json_wished: tuple[str, ...]) -> None:
    result = steadyrep("Wall sits", *json_wished)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "NAME: unknown exercise 'Wall sits'; nearest: wall-sit" in result.stderr


def test_every_kind_has_its_words() -> None:
    assert set(KIND_WORDS) == set(Kind)
    assert set(SIDES_WORDS) == set(SIDES_IN_SHORT) == set(Sides)
    assert len(set(SIDES_WORDS.values())) == len(set(SIDES_IN_SHORT.values())) == len(Sides)
    assert len(FIRST_WORDS) == 2


@pytest.mark.parametrize("language", languages())
def test_every_language_has_a_title_for_every_exercise(language: str) -> None:
    titles = load_words(language).branch("exercise")
    assert isinstance(titles, dict)
    assert set(titles) == {"unknown", *EXERCISES}
    assert len(set(titles.values())) == len(titles)


def test_the_english_titles_are_those_of_the_table() -> None:
    words = load_words(DEFAULT_LANGUAGE)
    assert {name: words(f"exercise.{name}") for name in EXERCISES} == {
        name: each.title for name, each in EXERCISES.items()
    }
