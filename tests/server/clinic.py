"""A small clinic to test with: a therapist, patients, sets of some weeks, and the real server."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import numpy as np
import uvicorn
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection
from websockets.sync.client import ClientConnection, connect

from detection.events import Rep, Tempo, TremorStatus, TremorWindow
from detection.pipeline import TrackerParams
from detection.sampling import Sampling
from detection.tremor.phases import PhaseShaking, RepPhase, SetShaking
from sensors.chunks import Chunk, encode_chunk
from sensors.recording import Recording
from server.algorithm import algorithm_of
from server.live.set_tremor import set_tremor
from server.settings import Settings
from server.store import algorithms, devices, logins, people, reports, sets, shaking
from server.store.database import Database
from server.store.people import Person, Role
from server.store.reports import Report
from server.store.sets import NewSet
from server.store.shaking import Settled
from server.tokens import digest

ANNA_LINK, EVA_LINK = "link-of-anna", "link-of-eva"
STARTED_WITHIN_S = 20.0
CHUNK_S = 1.0
WEEKS = 6

T = TypeVar("T")


@dataclass(frozen=True)
class Clinic:
    """Who is there. Anna has a history, Rosa pain, Jonas nothing yet; nobody cares for Otto."""

    eva: Person
    anna: Person
    rosa: Person
    jonas: Person
    otto: Person
    annas_set: UUID
    ottos_set: UUID


def furnish(settings: Settings, now: datetime | None = None) -> Clinic:
    """Fill an empty database."""
    return _elsewhere(_furnish(settings, now or datetime.now(UTC)))


def _elsewhere(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own, for Playwright's loop may be running in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _furnish(settings: Settings, now: datetime) -> Clinic:
    async with Database.open(settings.database_path) as store, store.writing() as database:
        eva = await people.add(database, Role.THERAPIST, "Eva Lindt", "Europe/Berlin", now)
        anna, rosa, jonas, otto = [
            await people.add(database, Role.PATIENT, name, "Europe/Berlin", now)
            for name in ("Anna Berg", "Rosa Martín", "Jonas Weber", "Otto Klein")
        ]
        for patient in (anna, rosa, jonas):
            await people.link(database, patient.id, eva.id, now)
        for link, person in ((ANNA_LINK, anna), (EVA_LINK, eva)):
            await logins.add_link(database, digest(link), person.id, now, timedelta(days=1))
        annas = [
            await _add_set(database, anna, now - timedelta(days=day, hours=1), amp_ms2)
            for day, amp_ms2 in _falling()
        ]
        ottos = await _add_set(database, otto, now - timedelta(days=1), 0.2)
        await _say_it_hurts(database, rosa, now - timedelta(hours=2))
    return Clinic(eva, anna, rosa, jonas, otto, annas[-1], ottos)


@dataclass(frozen=True)
class Newcomer:
    """A patient of Eva's who has done nothing yet, with a link to come in and a sensor."""

    person: Person
    link: str
    sensor_token: str


def welcome(settings: Settings, eva: Person) -> Newcomer:
    """One more patient, so that tests that share a server do not share a set."""
    return _elsewhere(_welcome(settings, eva, datetime.now(UTC)))


async def _welcome(settings: Settings, eva: Person, now: datetime) -> Newcomer:
    link, token = str(uuid4()), str(uuid4())
    async with Database.open(settings.database_path) as store, store.writing() as database:
        new = await people.add(database, Role.PATIENT, f"Nora {link[:4]}", "Europe/Berlin", now)
        await people.link(database, new.id, eva.id, now)
        await logins.add_link(database, digest(link), new.id, now, timedelta(days=1))
        await devices.add(
            database, new.id, "H10", digest(token), now, placement="thigh", side="left"
        )
    return Newcomer(new, link, token)


def _falling() -> Iterator[tuple[int, float]]:
    """Days ago and amplitude, m/s² RMS: falls to a third, with the scatter that people have."""
    rng = np.random.default_rng(1)
    for day in range(7 * WEEKS, -1, -2):
        yield day, 0.45 * 3.0 ** (-(7 * WEEKS - day) / (7 * WEEKS)) * 10 ** rng.normal(0, 0.08)


async def _add_set(
    database: AsyncConnection, patient: Person, at: datetime, amp_rms_ms2: float
) -> UUID:
    reps = tuple(_rep(100.0 + 9.0 * n) for n in range(10))
    new = NewSet(
        id=uuid4(),
        patient_id=patient.id,
        recording_id=None,
        started_at=at,
        utc_offset_min=60,
        start_s=100.0,
        end_s=190.0,
        exercise="straight-leg-raise",
        placement="thigh",
        side="left",
        target_reps=10,
        auto_reps=9,
        confirmed_reps=10,
        confirmed_by=patient.id,
        end_reason="done",
        confidence=0.9,
        flags=(),
        reps=reps,
    )
    windows = [_window(100.0 + n, amp_rms_ms2) for n in range(86)]
    algorithm_id = await algorithms.ensure(database, algorithm_of(TrackerParams()))
    await sets.add(database, new, algorithm_id)
    await shaking.replace(database, new.id, windows, set_tremor(windows), algorithm_id)
    phases = (
        PhaseShaking(RepPhase.HOLD, TremorStatus.TREMOR, "", 2 * amp_rms_ms2, 8.0, 9.0),
        PhaseShaking(RepPhase.ECCENTRIC, TremorStatus.NONE, "", None, None, 3.0),
    )
    known = Settled(SetShaking(phases, None), Sampling(100.0, 0.0, 0.0))
    await shaking.settle(database, new.id, algorithm_id, known, at)
    return new.id


def _rep(start_s: float) -> Rep:
    tempo = Tempo(concentric_s=2.7, hold_s=1.9, eccentric_s=2.9)
    return Rep(start_s, start_s + 3.65, start_s + 7.5, tempo, 42.0, 0.9, start_s + 7.8)


def _window(start_s: float, amp_rms_ms2: float) -> TremorWindow:
    status = TremorStatus.UNKNOWN if 130 <= start_s < 134 else TremorStatus.TREMOR
    return TremorWindow(start_s, start_s + 4.0, status, "", amp_rms_ms2, 7.8, 0.9)


async def _say_it_hurts(database: AsyncConnection, patient: Person, at: datetime) -> None:
    await reports.add(database, Report(uuid4(), patient.id, None, 7, "", at, 60))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The app on a free port of this machine, in a thread; its address."""
    config = uvicorn.Config(app, port=0, log_level="warning", ws="websockets-sansio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive())
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(STARTED_WITHIN_S)


def wait_until(is_so: Callable[[], bool], within_s: float = STARTED_WITHIN_S) -> None:
    """Poll until it is so; fails after `within_s`."""
    deadline_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.02)


def fresh_settings(folder: Path) -> Settings:
    return Settings(data_dir=folder)


class Sensor:
    """A collector that brings a recording in over the real ingest WebSocket."""

    def __init__(self, socket: ClientConnection, recording: Recording, side: str) -> None:
        self._socket = socket
        self._recording = recording
        self._side = side

    def say_hello(self) -> None:
        hello = {
            "type": "hello",
            "recording_id": str(uuid4()),
            "rate_hz": self._recording.rate_hz,
            "device": {"name": f"Polar H10 {self._side}", "kind": "polar-h10", "serial": None},
            "placement": "thigh",
            "side": self._side,
            "exercise": None,
            "started_at": datetime.now(UTC).isoformat(),
        }
        self._socket.send(json.dumps(hello))
        assert json.loads(self._socket.recv())["type"] == "welcome"

    def say_battery(self, battery_pct: int) -> None:
        message = {"type": "status", "battery_pct": battery_pct, "rssi_dbm": -60}
        self._socket.send(json.dumps({**message, "link": "streaming"}))

    def play(self) -> None:
        """All of it, as fast as it is acknowledged."""
        for sequence, block in enumerate(self._recording.blocks(CHUNK_S)):
            self._socket.send(encode_chunk(Chunk(sequence, block)))
            assert json.loads(self._socket.recv())["type"] == "ack"

    def end(self) -> None:
        self._socket.send(json.dumps({"type": "end"}))
        assert json.loads(self._socket.recv())["type"] == "ended"


@contextmanager
def worn_sensor(
    address: str, token: str, recording: Recording, side: str = "left"
) -> Iterator[Sensor]:
    """A patient's sensor, linked to the server."""
    url = address.replace("http", "ws") + "/api/v1/ingest"
    with connect(url, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        sensor = Sensor(socket, recording, side)
        sensor.say_hello()
        yield sensor
