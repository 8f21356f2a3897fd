"""`steadyrep trend`, as people run it: recordings of many days in, a verdict out."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sensors.recording import Recording, write_recording
from sensors.synthetic import LimbParams, SensorParams, SetScript, TremorScript, synthesize
from tests.server.terminal import run

SET = SetScript(reps=4, concentric_s=2.0, hold_s=2.0, eccentric_s=2.0, lead_in_s=4.0)
FIRST_DAY = datetime(2026, 9, 7, 8, 30, tzinfo=UTC)


def shaken(amp_ms2: float, seed: int) -> Recording:
    tremor = TremorScript(8.0, amp_ms2) if amp_ms2 else None
    sensor = SensorParams(rate_hz=50.0)
    return synthesize(SET, LimbParams(rest_up=(0.7, 0.7, 0.1)), sensor, tremor, seed).recording


def weeks(
    folder: Path, amps_ms2: list[float], every_days: float = 3.5, **info: object
) -> list[Path]:
    """A recording every few days, with the sidecar that says when."""
    files = []
    for number, amp_ms2 in enumerate(amps_ms2):
        made = shaken(amp_ms2, number)
        started_at = FIRST_DAY + timedelta(days=every_days * number)
        known = replace(made.info, started_at=started_at, exercise="bridge", **info)
        files.append(folder / f"set-{len(list(folder.iterdir())):02d}.csv.gz")
        write_recording(files[-1], replace(made, info=known))
    return files


FALLING = [0.8 * 0.85**n for n in range(12)]


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return weeks(tmp_path_factory.mktemp("twelve"), FALLING)


def test_a_clear_fall_is_told_with_its_interval(twelve: list[Path], tmp_path: Path) -> None:
    picture = tmp_path / "trend.svg"
    ran = run("trend", "--plot", picture, *reversed(twelve))
    assert ran.exit_code == 0, ran.output
    assert "Shaking fell by " in ran.stdout
    assert "more than chance explains." in ran.stdout
    assert ran.stdout.index("2026-09-07") < ran.stdout.index("2026-10-15")
    assert picture.stat().st_size > 0


def test_json_tells_sessions_edges_and_the_verdict(twelve: list[Path]) -> None:
    told = json.loads(run("trend", "--json", *twelve).stdout)
    assert told["verdict"] == "improved"
    (baseline,) = told["baselines"]
    assert [one["files"] for one in baseline["sessions"]] == [[file.name] for file in twelve]
    assert baseline["low_pct"] < baseline["change_pct"] < baseline["high_pct"] < 0
    assert baseline["change_pct"] == pytest.approx(100 * (0.85**11 - 1), abs=8)
    assert baseline["sessions"][0]["amp_rms_ms2"] == pytest.approx(0.8, rel=0.15)


def test_another_load_begins_a_new_baseline(tmp_path: Path) -> None:
    files = weeks(tmp_path, [0.6, 0.6]) + weeks(tmp_path, [0.9], 30.0, load_kg=2.0)
    ran = run("trend", *files)
    assert "Too few sessions to tell" in ran.stdout
    late = weeks(tmp_path, [0.0, 0.9], 30.0, load_kg=2.0)
    told = json.loads(run("trend", "--json", *files, late[1]).stdout)
    assert "load changed from" in told["baselines"][-1]["started_because"]


def test_recordings_of_a_day_are_one_session(tmp_path: Path) -> None:
    told = json.loads(run("trend", "--json", *weeks(tmp_path, [0.5, 0.5], 0.0)).stdout)
    (session,) = told["baselines"][0]["sessions"]
    assert len(session["files"]) == 2


def test_a_set_without_shaking_is_at_most_the_least(tmp_path: Path) -> None:
    ran = run("trend", *weeks(tmp_path, [0.0]))
    assert "at most 0.08" in ran.stdout


def test_a_phase_may_be_asked_for(tmp_path: Path) -> None:
    (file,) = weeks(tmp_path, [0.6])
    told = json.loads(run("trend", "--json", "--phase", "hold", file).stdout)
    (session,) = told["baselines"][0]["sessions"]
    assert session["level"] == "measured"
    assert session["amp_rms_ms2"] == pytest.approx(0.6, rel=0.25)


def test_the_day_may_stand_in_the_name(tmp_path: Path) -> None:
    named = tmp_path / "2026-11-02-bridge.csv"
    write_recording(named, shaken(0.5, 1))
    told = json.loads(run("trend", "--json", named).stdout)
    assert told["baselines"][0]["sessions"][0]["day"] == "2026-11-02"


@pytest.mark.parametrize("name", ["bridge.csv", "2026-13-40-bridge.csv"])
def test_a_day_that_is_not_known_is_asked_for(tmp_path: Path, name: str) -> None:
    write_recording(tmp_path / name, shaken(0.5, 1))
    ran = run("trend", tmp_path / name)
    assert ran.exit_code == 2
    assert "its day is not known: give started_at in its .json, or begin its name" in ran.output


@pytest.mark.parametrize(
    ("started_at", "problem"),
    [
        ("yesterday", "started_at must be a date and time"),
        ("2026-11-02T08:00:00", "started_at must say its offset from UTC"),
        (7, "started_at must be text"),
    ],
)
def test_a_wrong_started_at_is_refused(tmp_path: Path, started_at: object, problem: str) -> None:
    write_recording(tmp_path / "a.csv", replace(shaken(0.5, 1)))
    (tmp_path / "a.json").write_text(json.dumps({"started_at": started_at}))
    ran = run("trend", tmp_path / "a.csv")
    assert ran.exit_code == 2
    assert problem in ran.output


def test_an_unknown_exercise_in_a_sidecar_is_told(tmp_path: Path) -> None:
    (file,) = weeks(tmp_path, [0.5])
    sidecar = file.with_name("set-00.json")
    sidecar.write_text(sidecar.read_text().replace("bridge", "flying"))
    ran = run("trend", file)
    assert ran.exit_code == 2
    assert "unknown exercise 'flying'" in ran.output
