"""`serve`, `user add`, `link`, `pair`, `revoke` and `demo` at the command line."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from server.commands.demo import keep_moving
from server.demo.cast import PATIENT
from server.demo.history import WEEKS, scripts
from server.demo.leg import stream_leg
from server.demo.session import SETS
from server.store import people
from server.store.database import Database
from server.store.devices import with_token
from server.store.people import Role
from server.tokens import digest
from tests.server import terminal
from tests.server.house import House, a_house
from tests.server.test_store import NOW

LINK = re.compile(r"http://\S+/enter/\S+")
PATIENCE_S = 60.0


def run(*arguments: str) -> tuple[int, str]:
    result = terminal.run(*arguments)
    return result.exit_code, result.output


def test_people_are_added_and_invited_again(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    assert run("user", "add", "Eva", "--role", "therapist", *data)[0] == 0
    code, added = run("user", "add", "Anna", "--therapist", "Eva", *data)
    assert (code, len(LINK.findall(added))) == (0, 1)
    code, again = run("link", "Anna", *data)
    assert code == 0
    assert LINK.findall(again) != LINK.findall(added)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("link", "Nobody"), "nobody here is called 'Nobody'"),
        (("pair", "Nobody"), "nobody here is called 'Nobody'"),
        (("link", "Twin"), "say which by id"),
        (("user", "add", "Ben", "--timezone", "Mars/Base"), "is no time zone"),
        (("user", "add", "Ben", "--therapist", "Nobody"), "nobody here is called"),
        (("user", "add", "Ben", "--role", "therapist", "--therapist", "Twin"), "this is none"),
        (("pair", "Therapist"), "is no patient"),
        (("revoke", "Nobody"), "nobody here is called 'Nobody'"),
        (("revoke", "Therapist", "--device", "H10"), "no device called 'H10'; there are: none"),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    data = ("--data", str(tmp_path))
    for name, role in (("Twin", "patient"), ("Twin", "patient"), ("Therapist", "therapist")):
        run("user", "add", name, "--role", role, *data)
    code, output = run(*arguments, *data)
    assert code == 2
    assert says in output
    assert "nobody here is called 'Ben'" in run("link", "Ben", *data)[1]


async def test_a_paired_device_gets_a_token_for_one_patient(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    await asyncio.to_thread(run, "user", "add", "Anna", *data)
    code, output = await asyncio.to_thread(run, "pair", "Anna", "--placement", "thigh", *data)
    assert code == 0
    async with (
        Database.open(tmp_path / "steadyrep.sqlite3") as database,
        database.reading() as connection,
    ):
        device = await with_token(connection, digest(output.split()[-1]))
    assert device is not None
    assert device.placement == "thigh"


async def test_somebody_shut_out_is_out_until_a_new_link(house: House) -> None:
    data = ("--data", str(house.settings.data_dir))
    eva, anna = await house.client(house.eva), await house.client(house.anna)
    unused = await house.link(house.eva)
    code, output = await asyncio.to_thread(run, "revoke", "Eva", *data)
    assert (code, "1 session(s) ended, 1 unused link(s)" in output) == (0, True)
    assert (await eva.get("/api/v1/me")).status_code == 401
    assert (await eva.post(unused)).status_code == 404
    assert (await anna.get("/api/v1/me")).status_code == 200
    house.forget_sessions()
    again = await house.client(house.eva)
    assert (await again.get("/api/v1/me")).status_code == 200


async def test_a_device_shut_out_sends_nothing_more(house: House) -> None:
    data = ("--data", str(house.settings.data_dir))
    code, output = await asyncio.to_thread(run, "revoke", "Anna", "--device", "belt", *data)
    assert (code, "there are: 'H10'" in output) == (2, True)
    code, _ = await asyncio.to_thread(run, "revoke", "Anna", "--device", "H10", *data)
    assert code == 0
    with pytest.raises(InvalidStatus):
        async with house.collector():
            pass
    async with house.collector(token=house.bens_token):
        pass


async def test_a_leg_that_fails_says_why(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    spools = house.settings.data_dir / "spool"
    await keep_moving(stream_leg(house.address, "no-such-token", spools, house.time.moment))
    assert "the simulated leg has stopped: the server refused" in capsys.readouterr().err


def test_an_open_door_is_refused_with_the_remedy(tmp_path: Path) -> None:
    code, output = run("serve", "--host", "0.0.0.0", "--data", str(tmp_path))
    assert code == 2
    assert "STEADYREP_TLS_CERT" in output


def test_a_setting_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEADYREP_PORT", "many")
    code, output = run("link", "Anna")
    assert code == 2
    assert "STEADYREP_PORT" in output


@dataclass
class Program:
    """`steadyrep …` as a process of its own, with what it has said."""

    process: asyncio.subprocess.Process
    said: str = ""

    async def links(self, wanted: int) -> list[str]:
        """Ways in, as soon as so many were printed."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            while len(LINK.findall(self.said)) < wanted:
                line = (await self.process.stdout.readline()).decode()
                assert line, f"it ended before it said how to come in: {self.said}"
                self.said += line
        return LINK.findall(self.said)

    async def stop(self, how: signal.Signals) -> int | None:
        self.process.send_signal(how)
        async with asyncio.timeout(PATIENCE_S):
            rest, _ = await self.process.communicate()
        self.said += rest.decode()
        return self.process.returncode


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[Program]:
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("steadyrep"),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@asynccontextmanager
async def entered(link: str) -> AsyncIterator[httpx.AsyncClient]:
    address = link.partition("/enter/")[0]
    async with httpx.AsyncClient(base_url=address, headers={"origin": address}) as browser:
        assert (await browser.post(link)).status_code == 303
        yield browser


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_the_first_start_lets_the_first_therapist_in(
    tmp_path: Path, how: signal.Signals
) -> None:
    async with running("serve", "--port", "0", "--data", str(tmp_path)) as program:
        (link,) = await program.links(1)
        async with entered(link) as browser:
            assert (await browser.get("/api/v1/me")).json()["role"] == "therapist"
        _, invited = await asyncio.to_thread(run, "link", "Therapist", "--data", str(tmp_path))
        assert LINK.findall(invited)[0].startswith(link.partition("/enter/")[0])
        assert await program.stop(how) == 0
    assert "Traceback" not in program.said


async def test_the_demo_shows_a_moving_leg_and_shaking_that_fell(tmp_path: Path) -> None:
    async with running("demo", "--no-browser", "--data", str(tmp_path)) as program:
        patients, therapists = await program.links(2)
        async with entered(patients) as anna, entered(therapists) as eva:
            me = (await anna.get("/api/v1/me")).json()
            trend = (await eva.get(f"/api/v1/patients/{me['id']}/trend")).json()
            assert trend["verdict"] == "improved"
            assert sum(len(day["set_ids"]) for day in trend["sessions"]) == 3 * WEEKS * SETS
            await a_leg_moves(anna, me["id"])
        assert await program.stop(signal.SIGTERM) == 0
    assert "Traceback" not in program.said


async def test_a_kept_demo_begins_again_at_once_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, house.services.database.writing() as database:
        await people.add(database, Role.PATIENT, PATIENT, "UTC", NOW)
    async with running("demo", "--no-browser", "--data", str(tmp_path)) as program:
        patients, _ = await program.links(2)
        async with entered(patients) as anna:
            await a_leg_moves(anna, (await anna.get("/api/v1/me")).json()["id"])
        assert await program.stop(signal.SIGINT) == 0
    assert "Traceback" not in program.said


async def a_leg_moves(browser: httpx.AsyncClient, patient_id: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        stream_s = None
        while not stream_s:
            live = (await browser.get(f"/api/v1/patients/{patient_id}/live")).json()
            stream_s = live["stream_s"]


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "Pacific/Auckland", "America/Anchorage"])
def test_six_weeks_are_eighteen_sessions_in_the_past(timezone: str) -> None:
    planned = scripts(NOW, timezone)
    assert len(planned) == 3 * WEEKS
    assert all(one.started_at < NOW for one in planned)
    assert planned[0].amp_rms_ms2 > 2 * planned[-1].amp_rms_ms2
    assert {one.started_at.hour for one in planned} == {7}
