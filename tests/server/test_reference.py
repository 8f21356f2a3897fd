"""`steadyrep reference` and `steadyrep analyze --reference`, as people run them."""

import json
from pathlib import Path

import jsonschema
import pytest

from sensors.recording import write_recording
from sensors.synthetic import LimbParams, SensorParams, SetScript, join, synthesize
from tests.server.terminal import run
from tests.server.test_analyze import SCHEMA

GOOD = SetScript(reps=5, concentric_s=1.5, hold_s=2.0, eccentric_s=2.0, jitter=0.03)
HURRIED = SetScript(reps=5, concentric_s=0.8, hold_s=0.3, eccentric_s=0.9, range_deg=20.0)


def written(path: Path, *scripts: SetScript, turned_deg: float = 0.0) -> Path:
    sensor = SensorParams(rate_hz=50.0, rotation_deg=(turned_deg, 0.0, turned_deg))
    sets = [synthesize(script, LimbParams(), sensor, seed=n) for n, script in enumerate(scripts)]
    write_recording(path, join(*sets).recording)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    kept = tmp_path / "good.json"
    recording = written(tmp_path / "clinic.csv.gz", GOOD)
    ran = run("reference", recording, "--out", kept, "--exercise", "bridge")
    assert ran.exit_code == 0, ran.output
    assert ran.output.endswith("good.json: 5 repetitions of 5.5 s, range 40°\n")
    return kept


def test_a_set_beside_the_reference_is_told_by_the_contract(tmp_path: Path, good: Path) -> None:
    home = written(tmp_path / "home.csv.gz", HURRIED, turned_deg=50.0)
    ran = run("analyze", "--json", "--reference", good, home)
    assert ran.exit_code == 0, ran.output
    payload = json.loads(ran.stdout)
    jsonschema.validate(payload, SCHEMA)
    (one,) = payload["sets"]
    beside = one["reference"]
    assert len(beside["reps"]) == one["count"] == 5
    assert 0.3 < beside["duration_ratio"] < 0.5
    assert beside["hold_s"] < -1.2
    assert 0.4 < beside["range_ratio"] < 0.7


def test_without_a_reference_nothing_is_compared(tmp_path: Path) -> None:
    ran = run("analyze", "--json", written(tmp_path / "home.csv.gz", GOOD))
    assert "reference" not in json.loads(ran.stdout)["sets"][0]


def test_people_get_columns_and_a_picture(tmp_path: Path, good: Path) -> None:
    home = written(tmp_path / "home.csv.gz", GOOD, turned_deg=30.0)
    picture = tmp_path / "home.svg"
    ran = run("analyze", "--reference", good, "--plot", picture, home)
    assert ran.exit_code == 0, ran.output
    for heading in ("Like good", "Time", "Hold", "Range"):
        assert heading in ran.stdout
    assert picture.stat().st_size > 0


def test_of_several_sets_one_has_to_be_chosen(tmp_path: Path) -> None:
    two = written(tmp_path / "two.csv.gz", GOOD, HURRIED)
    ran = run("reference", two, "--out", tmp_path / "r.json")
    assert ran.exit_code == 2
    assert "several sets: choose with --set: 1 (5 reps from 0:0" in ran.output
    chosen = run("reference", two, "--out", tmp_path / "r.json", "--set", 2)
    assert chosen.exit_code == 0, chosen.output
    assert (
        "--set 3: there are 2 sets"
        in run("reference", two, "--out", tmp_path / "s.json", "--set", 3).output
    )


def test_a_reference_is_not_overwritten_unless_asked(tmp_path: Path, good: Path) -> None:
    clinic = tmp_path / "clinic.csv.gz"
    refused = run("reference", clinic, "--out", good)
    assert refused.exit_code == 2
    assert "exists already: name another file, or add --force" in refused.output
    assert run("reference", clinic, "--out", good, "--force").exit_code == 0


def test_a_recording_without_a_set_is_refused(tmp_path: Path) -> None:
    nothing = written(tmp_path / "nothing.csv.gz", SetScript(reps=0))
    ran = run("reference", nothing, "--out", tmp_path / "r.json")
    assert ran.exit_code == 2
    assert "no set found" in ran.output


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "invalid json"),
        ("{}", "reps: field required"),
        ("[1, 2]", "should be an object"),
        ('{"steadyrep_reference": 2}', "steadyrep_reference"),
        ("[" * 5000, "invalid json"),
        ("x" * 200_000, "it is too large"),
    ],
    ids=["empty", "nothing", "list", "newer", "deep", "large"],
)
def test_what_is_no_reference_is_refused_with_the_remedy(
    tmp_path: Path, text: str, problem: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(text)
    ran = run("analyze", "--reference", bad, written(tmp_path / "home.csv.gz", GOOD))
    assert ran.exit_code == 2
    assert problem in ran.output
    assert "keep one with `steadyrep reference`" in ran.output


def test_a_path_of_another_length_or_an_unknown_exercise_is_refused(
    tmp_path: Path, good: Path
) -> None:
    home = written(tmp_path / "home.csv.gz", GOOD)
    for change, problem in (
        ({"path_ms2": [[0.0, 0.0, 0.0]] * 47}, "path_ms2 must have shape (48, 3)"),
        ({"exercise": "flying"}, "unknown exercise 'flying'"),
        ({"seconds": -1.0}, "seconds: input should be greater than 0"),
    ):
        bad = tmp_path / "bad.json"
        bad.write_text(json.dumps(json.loads(good.read_text()) | change))
        assert problem in run("analyze", "--reference", bad, home).output


def test_a_missing_reference_is_one_line(tmp_path: Path) -> None:
    ran = run("analyze", "--reference", tmp_path / "none.json", written(tmp_path / "h.csv", GOOD))
    assert ran.exit_code == 2
    assert "none.json: cannot be read: No such file or directory" in ran.output
