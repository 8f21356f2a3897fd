"""A house to test in: the real server on a loopback port, real files, real sockets."""

import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from sensors.chunks import Chunk, encode_chunk
from sensors.recording import Recording
from sensors.samples import SampleBlock
from sensors.synthetic import SetScript, TremorScript, synthesize
from server.app import create_app
from server.clock import Clock
from server.invitations import invite, pair
from server.listening import open_socket, serving
from server.services import Services
from server.settings import Settings
from server.settling import Settling
from server.store import people
from server.store.people import Person, Role

in_the_shared_house = pytest.mark.asyncio(loop_scope="module")
"""Tests that use `shared_house` run in the loop that its server runs in."""

STARTED_AT = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
REPS = 5


@dataclass
class HandClock:
    """Time that passes when a test says so."""

    moment: datetime = STARTED_AT
    seconds: float = 1000.0

    def pass_by(self, span: timedelta) -> None:
        self.moment += span
        # the wall clock may be set back, a monotonic clock never goes back
        self.seconds += max(0.0, span.total_seconds())

    def clock(self) -> Clock:
        return Clock(now=lambda: self.moment, monotonic_s=lambda: self.seconds)


FULL_DISK = {
    "sqlite": (
        "CREATE TRIGGER disk_full BEFORE INSERT ON {table} WHEN {when} "
        "BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'disk full'; END $$",
        "CREATE TRIGGER disk_full BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when}) "
        "EXECUTE FUNCTION fill_disk()",
    ),
}


@dataclass
class House:
    """A running server, who lives there, and their ways in.

    Anna has a therapist, Eva; Mara was her therapist once; Omar never was; Ben is another patient.
    """

    settings: Settings
    app: FastAPI
    address: str
    time: HandClock
    anna: Person
    ben: Person
    eva: Person
    omar: Person
    mara: Person
    ada: Person
    sensor_token: str
    bens_token: str
    _open: AsyncExitStack
    _cookies: dict[UUID, str] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        services: Services = self.app.state.services
        return services

    async def client(self, person: Person | None) -> httpx.AsyncClient:
        """A browser in which this person is signed in (None: nobody)."""
        browser = httpx.AsyncClient(base_url=self.address, headers={"origin": self.address})
        if person is not None:
            browser.cookies.set("steadyrep", await self.cookie(person))
        return await self._open.enter_async_context(browser)

    async def cookie(self, person: Person) -> str:
        if person.id not in self._cookies:
            link = await self.link(person)
            async with httpx.AsyncClient(base_url=self.address) as browser:
                entered = await browser.post(link, headers={"origin": self.address})
            self._cookies[person.id] = entered.cookies["steadyrep"]
        return self._cookies[person.id]

    def pass_by(self, seconds: float) -> None:
        self.time.pass_by(timedelta(seconds=seconds))

    def forget_sessions(self) -> None:
        self._cookies.clear()

    async def link(self, person: Person) -> str:
        async with self.services.database.writing() as database:
            return await invite(database, person, self.settings, self.services.clock)

    def socket(self, path: str, **headers: str) -> connect:
        return connect(self.address.replace("http", "ws") + path, additional_headers=headers)

    async def look_on(self, person: Person, patient: Person) -> connect:
        cookie, path = f"steadyrep={await self.cookie(person)}", f"/api/v1/live/{patient.id}"
        return self.socket(path, Cookie=cookie, Origin=self.address)

    async def look_on_narrowly(self, person: Person, patient: Person) -> connect:
        """A viewer whose own buffers are as small as they can be."""
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        port = int(self.address.rpartition(":")[2])
        narrow.connect(("127.0.0.1", port))
        narrow.setblocking(False)
        headers = {"Cookie": f"steadyrep={await self.cookie(person)}", "Origin": self.address}
        url = f"ws://127.0.0.1:{port}/api/v1/live/{patient.id}"
        return connect(url, additional_headers=headers, sock=narrow, max_queue=1)

    def collector(self, recording_id: UUID | None = None, **changes: object) -> "Collector":
        token = str(changes.pop("token", self.sensor_token))
        return Collector(self, token, hello(recording_id or uuid4(), **changes))

    async def a_set_that_hurts(self, person: Person, note: str) -> None:
        """Anna or Ben do a set with some shaking, and report pain of 7 of 10 with a note."""
        token = self.sensor_token if person is self.anna else self.bens_token
        async with self.collector(token=token) as sender:
            await sender.chunks(blocks_of(a_set(amp_rms_ms2=0.5)))
            await sender.end()
        browser = await self.client(person)
        answer = await browser.post(
            f"/api/v1/patients/{person.id}/reports",
            json={"id": str(uuid4()), "pain_nrs": 7, "note": note},
        )
        answer.raise_for_status()

    async def sets_of_anna(self) -> list[dict[str, Any]]:
        """What the interface says of them, the newest first."""
        browser = await self.client(self.anna)
        answer = await browser.get(f"/api/v1/patients/{self.anna.id}/sets")
        found: list[dict[str, Any]] = answer.raise_for_status().json()["sets"]
        return found

    async def settle(self) -> None:
        """Let sets settle whose signal is there."""
        settling = Settling(self.services.database, self.services.clock)
        while await settling.settle():
            pass

    @asynccontextmanager
    async def failing_writes(self, table: str, when: str = "true") -> AsyncIterator[None]:
        """A disk that is full for new rows of a table, on either engine."""
        async with self.services.database.writing() as database:
            for statement in FULL_DISK[database.dialect.name]:
                await database.exec_driver_sql(statement.format(table=table, when=when))
        yield
        async with self.services.database.writing() as database:
            of_table = "" if database.dialect.name == "sqlite" else f" ON {table}"
            await database.exec_driver_sql(f"DROP TRIGGER disk_full{of_table}")

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What is stored, on either engine."""
        async with self.services.database.reading() as database:
            return [tuple(row) for row in await database.exec_driver_sql(query)]

    async def live(self) -> dict[str, Any]:
        """Anna's live state."""
        return self.services.streams.of(self.anna.id).state.model_dump(mode="json")


def hello(recording_id: UUID, **changes: object) -> dict[str, object]:
    return {
        "type": "hello",
        "recording_id": str(recording_id),
        "rate_hz": 100.0,
        "device": {"name": "Polar H10 1234", "kind": "polar-h10", "serial": None},
        "placement": "thigh",
        "side": "left",
        "exercise": None,
        "started_at": "2026-11-02T08:30:00+01:00",
        **changes,
    }


class Collector:
    """A collector's side of the ingest protocol, a step at a time."""

    def __init__(self, house: House, token: str, first: dict[str, object]) -> None:
        self._connecting = house.socket("/api/v1/ingest", Authorization=f"Bearer {token}")
        self.first = first
        self._socket: ClientConnection | None = None
        self.recording_id = UUID(str(first["recording_id"]))
        self.welcome: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self._socket = await self._connecting.__aenter__()
        self.welcome = await self.ask(json.dumps(self.first))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connecting.__aexit__(kind, error, trace)

    @property
    def socket(self) -> ClientConnection:
        assert self._socket is not None
        return self._socket

    async def ask(self, message: str | bytes) -> dict[str, Any]:
        await self.socket.send(message)
        answer: dict[str, Any] = json.loads(await self.socket.recv())
        return answer

    async def chunk(self, sequence: int, block: SampleBlock) -> dict[str, Any]:
        return await self.ask(encode_chunk(Chunk(sequence, block)))

    async def chunks(self, blocks: Sequence[SampleBlock], first: int = 0) -> None:
        for sequence, block in enumerate(blocks, start=first):
            assert await self.chunk(sequence, block) == {"type": "ack", "sequence": sequence}

    async def end(self) -> None:
        assert await self.ask('{"type": "end"}') == {"type": "ended"}


def a_set(reps: int = REPS, amp_rms_ms2: float | None = None, seed: int = 3) -> Recording:
    """A quick, clear set: 2.4 s a repetition."""
    script = SetScript(
        reps=reps,
        concentric_s=0.8,
        hold_s=0.4,
        eccentric_s=0.8,
        rest_s=0.4,
        lead_in_s=2.0,
        lead_out_s=2.0,
    )
    tremor = None if amp_rms_ms2 is None else TremorScript(amp_rms_ms2=amp_rms_ms2)
    return synthesize(script, tremor=tremor, seed=seed).recording


def blocks_of(recording: Recording, block_s: float = 1.0) -> list[SampleBlock]:
    return list(recording.blocks(block_s))


def still(start_s: float, seconds: float = 1.0) -> SampleBlock:
    """A leg that does not move, at 100 Hz."""
    t_s = [start_s + n / 100 for n in range(round(seconds * 100))]
    return SampleBlock(t_s, [(0.0, 9.81, 0.0)] * len(t_s), 100.0)  # type: ignore[arg-type]


@asynccontextmanager
async def a_house(
    folder: Path, clock: HandClock | None = None, **settings_changed: float | str
) -> AsyncIterator[House]:
    """A server with its people; the same folder again is the same house after a restart."""
    time = clock or HandClock()
    settings = Settings.model_validate({"data_dir": folder, "port": 0, **settings_changed})
    app = create_app(settings, time.clock())
    with open_socket(settings) as listening:
        async with serving(app, settings, listening), AsyncExitStack() as browsers:
            address = settings.origin(listening.getsockname()[1])
            yield await _furnished(settings, app, address, time, browsers)


async def _furnished(
    settings: Settings, app: FastAPI, address: str, time: HandClock, browsers: AsyncExitStack
) -> House:
    roles = {
        "Anna": Role.PATIENT,
        "Ben": Role.PATIENT,
        "Eva": Role.THERAPIST,
        "Omar": Role.THERAPIST,
        "Mara": Role.THERAPIST,
        "Ada": Role.ADMIN,
    }
    services: Services = app.state.services
    async with services.database.writing() as database:
        found: dict[str, Person] = {}
        for name, role in roles.items():
            known = await people.known_as(database, name)
            zone = "Europe/Berlin"
            found[name] = (
                known[0] if known else await people.add(database, role, name, zone, time.moment)
            )
        anna = found["Anna"]
        await people.link(database, anna.id, found["Eva"].id, time.moment)
        await people.link(database, anna.id, found["Mara"].id, time.moment)
        await people.revoke(database, anna.id, found["Mara"].id, time.moment)
        annas = await pair(database, anna, "H10", services.clock)
        bens = await pair(database, found["Ben"], "H10", services.clock)
    return House(
        settings,
        app,
        address,
        time,
        anna,
        found["Ben"],
        found["Eva"],
        found["Omar"],
        found["Mara"],
        found["Ada"],
        annas,
        bens,
        browsers,
    )
