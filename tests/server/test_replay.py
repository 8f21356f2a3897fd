"""`steadyrep replay` and `simulate`, as people run them, against the real server."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import Result

from sensors.recording import read_recording, write_recording
from tests.server.house import House, a_set
from tests.server.terminal import run

TAKEN_AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


async def sent(house: House, state: Path, *arguments: object) -> Result:
    """The same beside the server, which runs in this loop."""
    token = house.sensor_token
    return await asyncio.to_thread(
        run, *arguments, STEADYREP_TOKEN=token, XDG_STATE_HOME=str(state)
    )


def recorded(folder: Path, started_at: datetime | None = TAKEN_AT) -> Path:
    made = a_set(reps=5)
    info = replace(made.info, started_at=started_at, exercise="bridge", device="a sensor")
    path = folder / "bridge.csv.gz"
    write_recording(path, replace(made, info=info))
    return path


async def test_a_recording_arrives_with_its_own_time_and_is_counted(
    house: House, tmp_path: Path
) -> None:
    file = recorded(tmp_path)
    ran = await sent(house, tmp_path / "state", "replay", file, "--server", house.address, "--fast")
    assert ran.exit_code == 0, ran.output
    assert "have arrived" in ran.stdout
    assert "set 1: 5 repetitions" in ran.stdout
    (one,) = await house.sets_of_anna()
    assert one["auto_reps"] == 5
    assert datetime.fromisoformat(one["started_at"]).date() == TAKEN_AT.date()


async def test_what_is_simulated_goes_to_a_server(house: House, tmp_path: Path) -> None:
    house.time.moment = datetime.now(UTC)
    wish = ("--exercise", "squat", "--reps", 4, "--sets", 2, "--rest", 20, "--fast")
    ran = await sent(house, tmp_path, "simulate", *wish, "--server", house.address)
    assert ran.exit_code == 0, ran.output
    found = await house.sets_of_anna()
    assert [one["auto_reps"] for one in found] == [4, 4]


async def test_a_wrong_token_is_told_and_the_signal_waits(house: House, tmp_path: Path) -> None:
    file = recorded(tmp_path)
    ran = await asyncio.to_thread(
        run, "replay", file, "--server", house.address, "--fast",
        STEADYREP_TOKEN="wrong", XDG_STATE_HOME=str(tmp_path),
    )  # fmt: skip
    assert ran.exit_code == 1
    assert "token" in ran.output


def test_a_simulated_recording_can_be_analysed(tmp_path: Path) -> None:
    out = tmp_path / "made.csv.gz"
    ran = run("simulate", "--exercise", "bridge", "--reps", 5, "--sets", 1, "--out", out)
    assert ran.exit_code == 0, ran.output
    assert read_recording(out).info.exercise == "bridge"
    (one,) = json.loads(run("analyze", "--json", "--exercise", "bridge", out).stdout)["sets"]
    assert one["count"] == 5
    assert one["tremor"]["tremor_fraction"] > 0.5


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    made = [tmp_path / f"{n}.csv" for n in range(3)]
    for out, seed in zip(made, (1, 1, 2), strict=True):
        run("simulate", "--sets", 1, "--reps", 2, "--seed", seed, "--out", out)
    one, same, other = (out.read_bytes() for out in made)
    assert one == same != other


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("simulate",), "say where to: --out FILE or --server URL"),
        (("simulate", "--out", "a.csv", "--server", "http://x"), "say where to"),
        (("simulate", "--sensor", "--fast"), "--fast: a sensor takes its time"),
        (("simulate", "--out", "a.txt"), "must end in .csv or .csv.gz"),
        (("simulate", "--out", "a.csv", "--exercise", "plank"), "is held, not repeated"),
        (("simulate", "--out", "a.csv", "--exercise", "flying"), "unknown exercise 'flying'"),
        (("replay", "none.csv", "--server", "http://127.0.0.1:9"), "none.csv"),
        (("replay", "none.csv", "--server", "ftp://x"), "--server: "),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(
    arguments: tuple[str, ...], problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments, STEADYREP_TOKEN="t")
    assert ran.exit_code == 2
    assert problem in ran.output


def test_a_server_needs_a_token(tmp_path: Path) -> None:
    ran = run("replay", recorded(tmp_path), "--server", "http://127.0.0.1:9", STEADYREP_TOKEN="")
    assert ran.exit_code == 2
    assert "needs a device token" in ran.output
