"""`steadyrep export`: all that is kept of one patient, and of nobody else."""

import asyncio
import csv
import json
import stat
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from typer.testing import Result

from sensors.recording import read_recording
from server.analyze.reference_file import parse_reference
from server.export.writing import TABLES
from tests.server.house import REPS as COUNTED
from tests.server.house import House, a_set, blocks_of
from tests.server.terminal import run
from tests.server.test_programs import BRIDGE, put

NOTE = "=HYPERLINK(evil), café"


async def lived_in(house: House) -> None:
    """Anna does a set that hurts; so does Ben, of whom nothing may be in her files."""
    for person in (house.anna, house.ben):
        await house.a_set_that_hurts(person, NOTE)


async def exported(house: House, name: object, out: Path) -> Result:
    folder = house.settings.data_dir
    return await asyncio.to_thread(run, "export", name, "--out", out, "--data", folder)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_everything_of_one_patient_is_there_and_nothing_of_another(
    house: House, tmp_path: Path
) -> None:
    await lived_in(house)
    out = tmp_path / "anna"
    ran = await exported(house, house.anna.id, out)
    assert ran.exit_code == 0, ran.output
    assert f"1 sets, {COUNTED} repetitions" in ran.stdout
    (one,) = rows(out / "sets.csv")
    assert int(one["auto_reps"]) == COUNTED
    assert one["sensor_kind"] == "polar-h10"
    reps = rows(out / "repetitions.csv")
    assert [rep["number"] for rep in reps] == [str(n + 1) for n in range(COUNTED)]
    assert {rep["set_id"] for rep in reps} == {one["set_id"]}
    begun, first = (datetime.fromisoformat(each["started_at"]) for each in (one, reps[0]))
    assert begun.utcoffset() is not None
    assert abs((first - begun).total_seconds()) < 1
    assert len(rows(out / "shaking.csv")) > 0
    (said,) = rows(out / "reports.csv")
    assert said["pain_nrs"] == "7"
    assert str(house.ben.id) not in "".join(path.read_text() for path in out.glob("*.csv"))


async def test_the_signal_is_a_recording_that_can_be_analysed(house: House, tmp_path: Path) -> None:
    await lived_in(house)
    await exported(house, house.anna.id, tmp_path / "anna")
    (file,) = (tmp_path / "anna" / "signal").glob("*.csv.gz")
    recording = read_recording(file)
    assert recording.info.started_at is not None
    assert recording.info.side == "left"
    analysed = await asyncio.to_thread(run, "analyze", "--json", file)
    assert json.loads(analysed.stdout)["sets"][0]["count"] == COUNTED


async def test_text_that_a_spreadsheet_would_run_is_made_harmless(
    house: House, tmp_path: Path
) -> None:
    await lived_in(house)
    await exported(house, house.anna.id, tmp_path / "anna")
    (said,) = rows(tmp_path / "anna" / "reports.csv")
    assert said["note"] == f"'{NOTE}"


async def test_the_dictionary_says_what_every_column_means(house: House, tmp_path: Path) -> None:
    await exported(house, house.anna.id, tmp_path / "anna")
    told = {(row["file"], row["column"]) for row in rows(tmp_path / "anna" / "dictionary.csv")}
    for table in TABLES:
        for column in table.columns:
            assert (table.file, column.name) in told
        header = (tmp_path / "anna" / table.file).read_text().splitlines()[0]
        assert header == ",".join(column.name for column in table.columns)


async def test_program_workouts_and_phases_are_there(house: House, tmp_path: Path) -> None:
    await put(house, 0, {**BRIDGE, "weekdays": [0, 4]})
    browser = await house.client(house.anna)
    body = {"id": str(uuid4()), "prepared": {"water": True, "snack": False}, "heat_min": 20}
    await browser.post(f"/api/v1/patients/{house.anna.id}/workouts", json=body)
    await lived_in(house)
    await house.settle()
    await exported(house, house.anna.id, tmp_path / "anna")
    (prescribed,) = rows(tmp_path / "anna" / "program.csv")
    assert (prescribed["exercise"], prescribed["weekdays"]) == ("bridge", "Mo Fr")
    (workout,) = rows(tmp_path / "anna" / "workouts.csv")
    assert (workout["prepared"], workout["skipped"], workout["heat_min"]) == (
        "water",
        "snack",
        "20",
    )
    phases = rows(tmp_path / "anna" / "shaking_by_phase.csv")
    assert [one["phase"] for one in phases] == ["concentric", "hold", "eccentric", "rest"]


async def test_good_sets_are_there_and_can_be_used(house: House, tmp_path: Path) -> None:
    async with house.collector(exercise="bridge") as sender:
        await sender.chunks(blocks_of(a_set()))
        await sender.end()
    (one,) = await house.sets_of_anna()
    await (await house.client(house.eva)).put(f"/api/v1/sets/{one['id']}/good")
    await exported(house, house.anna.id, tmp_path / "anna")
    (good,) = rows(tmp_path / "anna" / "good_sets.csv")
    assert (good["set_id"], good["dropped_at"]) == (one["id"], "")
    assert parse_reference(good["reference"]).reps == one["reps"]
    let_in = {row["therapist"]: row for row in rows(tmp_path / "anna" / "sharing.csv")}
    assert set(let_in) == {"Eva", "Mara"}
    assert (let_in["Eva"]["granted_by"], let_in["Eva"]["revoked_at"]) == ("clinic", "")
    assert let_in["Mara"]["revoked_at"] != ""


async def test_only_its_owner_can_read_it(house: House, tmp_path: Path) -> None:
    await exported(house, house.anna.id, tmp_path / "anna")
    for folder in (tmp_path / "anna", tmp_path / "anna" / "signal"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_what_cannot_be_done_is_told(house: House, tmp_path: Path) -> None:
    assert (
        "nobody here is called 'Nobody'" in (await exported(house, "Nobody", tmp_path / "x")).output
    )
    therapist = await exported(house, house.eva.id, tmp_path / "y")
    assert "is no patient" in therapist.output
    assert not (tmp_path / "y").exists()
    taken = await exported(house, house.anna.id, tmp_path)
    assert taken.exit_code == 2
    assert "exists already: name a new folder" in taken.output
    nowhere = run("export", "Anna", "--out", tmp_path / "z", "--data", tmp_path / "none")
    assert "there is no database" in nowhere.output
