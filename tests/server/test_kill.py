"""The server process is killed (-9) while signal comes in: what it acknowledged is there, once."""

import asyncio
import json
import re
import sqlite3
import sys
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sensors.chunks import Chunk, decode_chunk, encode_chunk
from server.clock import Clock
from server.invitations import pair
from server.settings import Settings
from server.store import people
from server.store.database import Database
from server.store.people import Role
from tests.server.house import REPS, a_set, blocks_of, hello

LISTENS = re.compile(r"listens on (\S+)")
PATIENCE_S = 60.0
ACKS_UNTIL_KILLED = (1, 3, 7, 12, 20)
"""In five lives of the server; in a sixth it may finish."""
WINDOW = 16
"""Chunks on their way at the moment of the kill."""


class Killable:
    """`steadyrep serve` as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self.process = process
        self.address = address

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def a_server(folder: Path) -> AsyncIterator[Killable]:
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("steadyrep"), "serve"),
        *("--port", "0", "--data", folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while (found := LISTENS.search((await process.stdout.readline()).decode())) is None:
                assert not process.stdout.at_eof()
        yield Killable(process, found[1])
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def a_patients_token(folder: Path) -> str:
    path = Settings(data_dir=folder).database_path
    async with Database.open(path) as database, database.writing() as changes:
        anna = await people.add(changes, Role.PATIENT, "Anna", "UTC", datetime.now(UTC))
        return await pair(changes, anna, "H10", Clock())


@asynccontextmanager
async def sending(
    server: Killable, token: str, recording_id: UUID
) -> AsyncIterator[tuple[ClientConnection, int]]:
    """An open recording and the sequence that the server wants next."""
    url = server.address.replace("http", "ws") + "/api/v1/ingest"
    async with connect(url, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        now = datetime.now(UTC).isoformat()
        await socket.send(json.dumps(hello(recording_id, started_at=now)))
        welcome = json.loads(await socket.recv())
        assert welcome["type"] == "welcome"
        yield socket, welcome["next_sequence"]


async def send_until(
    socket: ClientConnection, payloads: Sequence[bytes], first: int, last: int
) -> int:
    """Send with a window, until `last` is acknowledged or nothing is left; what was, last."""
    acknowledged, sent = first - 1, first
    while acknowledged < min(last, len(payloads) - 1):
        while sent < len(payloads) and sent - acknowledged <= WINDOW:
            await socket.send(payloads[sent])
            sent += 1
        answer = json.loads(await socket.recv())
        assert answer["type"] == "ack"
        acknowledged = answer["sequence"]
    return acknowledged


def on_disk(folder: Path, recording_id: UUID) -> list[tuple[int, bytes]]:
    """Every chunk, as another program sees it; the file is whole."""
    query = "SELECT sequence, payload_zlib FROM chunk WHERE recording_id = ? ORDER BY sequence"
    with closing(sqlite3.connect(Settings(data_dir=folder).database_path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = file.execute(query, (recording_id.hex,)).fetchall()
    return [(sequence, zlib.decompress(packed)) for sequence, packed in rows]


async def test_every_acknowledged_chunk_survives_a_kill_exactly_once(tmp_path: Path) -> None:
    token, recording_id = await a_patients_token(tmp_path), uuid4()
    blocks = blocks_of(a_set(), block_s=0.1)
    payloads = [encode_chunk(Chunk(number, block)) for number, block in enumerate(blocks)]
    acknowledged = -1
    for acks in ACKS_UNTIL_KILLED:
        async with a_server(tmp_path) as server:
            with suppress(ConnectionClosed):
                async with sending(server, token, recording_id) as (socket, wanted):
                    assert wanted > acknowledged
                    acknowledged = await send_until(socket, payloads, wanted, wanted + acks - 1)
                    await server.kill()
        kept = on_disk(tmp_path, recording_id)
        assert len(kept) > acknowledged
        assert kept == list(enumerate(payloads[: len(kept)]))
    async with a_server(tmp_path) as server, sending(server, token, recording_id) as (socket, n):
        await send_until(socket, payloads, n, len(payloads) - 1)
        await socket.send('{"type": "end"}')
        assert json.loads(await socket.recv()) == {"type": "ended"}
    kept = on_disk(tmp_path, recording_id)
    assert [decode_chunk(payload).sequence for _, payload in kept] == list(range(len(payloads)))
    with closing(sqlite3.connect(Settings(data_dir=tmp_path).database_path)) as file:
        assert file.execute("SELECT auto_reps FROM exset").fetchall() == [(REPS,)]
