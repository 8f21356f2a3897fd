"""`steadyrep import`: recordings and exports of phone apps, as files and into the records."""

import asyncio
import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from sensors.recording import read_recording, write_recording
from tests.sensors.test_exports import ABOUT, MADE, logger, phyphox, zipped
from tests.server.house import REPS, House, a_set
from tests.server.terminal import run

WHEN = "2026-11-01T08:30:00+01:00"


def an_export(folder: Path) -> Path:
    done = a_set(amp_rms_ms2=0.5)
    rows = np.column_stack((done.t_s, done.acc_ms2))
    path = folder / "Raw Data.csv"
    path.write_text(phyphox(rows, separator=";", decimal=","), encoding="utf-8")
    return path


async def imported(house: House, *arguments: object) -> Result:
    folder = house.settings.data_dir
    return await asyncio.to_thread(run, "import", *arguments, "--data", folder)


async def test_an_export_becomes_a_set_of_the_day_it_was_made(house: House, tmp_path: Path) -> None:
    ran = await imported(
        house,
        *(an_export(tmp_path), "--patient", "Anna", "--started-at", WHEN),
        *("--exercise", "bridge", "--placement", "thigh", "--side", "left"),
    )
    assert ran.exit_code == 0, ran.output
    assert f"1 sets: {REPS} repetitions" in ran.stdout
    (one,) = await house.sets_of_anna()
    assert (one["auto_reps"], one["exercise"]["name"], one["side"]) == (REPS, "bridge", "left")
    assert one["started_at"].startswith("2026-11-01T08:30")
    assert one["sensor"] == {"name": "phyphox", "kind": "file: phyphox"}
    assert one["tremor"]["status"] == "tremor"


async def test_the_same_again_changes_nothing(house: House, tmp_path: Path) -> None:
    file = an_export(tmp_path)
    for _ in range(2):
        ran = await imported(house, file, "--patient", "Anna", "--started-at", WHEN)
        assert ran.exit_code == 0, ran.output
    assert "is in the records already" in ran.stdout
    assert len(await house.sets_of_anna()) == 1


async def test_it_comes_in_beside_a_set_that_goes_on(house: House, tmp_path: Path) -> None:
    async with house.collector() as sender:
        await sender.chunks(list(a_set().blocks(1.0)))
        ran = await imported(house, an_export(tmp_path), "--patient", "Anna", "--started-at", WHEN)
        assert ran.exit_code == 0, ran.output
        await sender.end()
    assert len(await house.sets_of_anna()) == 2


async def test_what_is_not_known_is_asked_for(house: House, tmp_path: Path) -> None:
    file = an_export(tmp_path)
    for arguments, said in (
        ((file, "--patient", "Anna"), "does not say when it began: say it with --started-at"),
        ((file, "--patient", "Anna", "--started-at", "2036-01-01T00:00Z"), "in the future"),
        ((file, "--patient", "Anna", "--started-at", "2026-11-01"), "add the offset from UTC"),
        ((file, "--patient", "Anna", "--started-at", "today"), "is no time"),
        ((file, "--patient", "Nobody", "--started-at", WHEN), "nobody here is called 'Nobody'"),
        ((file, "--patient", "Anna", "--exercise", "brigde"), "bridge"),
        ((file,), "say where to"),
    ):
        ran = await imported(house, *arguments)
        assert ran.exit_code == 2, arguments
        assert said in ran.output
    assert await house.sets_of_anna() == []


def test_exports_become_recordings_of_our_own(tmp_path: Path) -> None:
    about = ABOUT.format("android", "false")
    total = logger(MADE.t_s, MADE.acc_ms2)
    good = zipped(tmp_path / "monday.zip", TotalAcceleration=total, Metadata=about)
    bad = zipped(tmp_path / "tuesday.zip", Light="time,lux\n1,2\n")
    out = tmp_path / "out"
    ran = run("import", good, bad, "--out", out, "--exercise", "bridge")
    assert ran.exit_code == 1, ran.output
    assert "tuesday.zip: no export that is known" in ran.stderr
    found = read_recording(out / "monday.csv.gz")
    np.testing.assert_allclose(found.acc_ms2, MADE.acc_ms2, atol=1e-6)
    assert (found.info.exercise, found.info.device) == ("bridge", "A phone")
    assert found.info.started_at == datetime.fromisoformat("2026-03-02T09:00:00+01:00")
    again = run("import", good, "--out", out)
    assert again.exit_code == 2
    assert "exists already" in again.stderr


@pytest.mark.parametrize("command", ["analyze", "trend"])
def test_exports_are_read_wherever_recordings_are(tmp_path: Path, command: str) -> None:
    about = ABOUT.format("android", "false")
    file = zipped(
        tmp_path / "a.zip", TotalAcceleration=logger(MADE.t_s, MADE.acc_ms2), Metadata=about
    )
    ran = run(command, "--json", file)
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)


def test_a_recording_with_its_sidecar_comes_back_as_it_was(tmp_path: Path) -> None:
    write_recording(tmp_path / "a.csv", MADE)
    ran = run("import", tmp_path / "a.csv", "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.output
    assert (
        read_recording(tmp_path / "out" / "a.csv.gz").info
        == read_recording(tmp_path / "a.csv").info
    )
