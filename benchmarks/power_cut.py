"""Part `power-cut`: whether what a server acknowledged is there when the power fails.

strace tells what a server wrote, what it synced and what it sent, in order. At a moment of it the
disk holds for certain what was synced before; of what was not yet, any sectors may be there or not.
Such disks are made, and the database is opened on them.
"""

import asyncio
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from benchmarks.options import Options
from benchmarks.progress import steps
from benchmarks.server_process import sending, serving, tokens
from benchmarks.session import session
from benchmarks.system_calls import TRACE, Call, Cut, Sent, Sync, Write, calls_of
from benchmarks.tables import AIM_COLUMNS, Table, aim_row, at_most
from sensors.chunks import Chunk, decode_chunk, encode_chunk
from sensors.samples import SampleBlock

RATE_HZ = 100.0
CHUNKS = 300
"""So many that the log of SQLite is put into the database more than once meanwhile."""
CUTS = 300
SECTOR_BYTES = 512
SEED = 5
ACK = re.compile(rb'\{"type": ?"ack", ?"sequence": ?(\d+)\}')


@dataclass(frozen=True, slots=True)
class Traced:
    """What was on the disk before, by file, and what the server did then."""

    before: dict[str, bytes]
    calls: tuple[Call, ...]
    database: str


@dataclass(frozen=True, slots=True)
class Survived:
    """What is found after one power cut. missing: chunks that were acknowledged before it."""

    acknowledged: int
    missing: int
    is_whole: bool


def is_possible() -> bool:
    """Whether strace is installed and may look at a process; in some containers it may not."""
    strace = shutil.which(TRACE[0])
    if strace is None:
        return False
    tried = subprocess.run((strace, "--output", os.devnull, "true"), check=False)
    return tried.returncode == 0


def measure(options: Options) -> list[Table]:  # noqa: ARG001 -- all parts are measured alike
    """Trace one server, and cut its power at many moments."""
    with steps("power-cut", CUTS) as step, tempfile.TemporaryDirectory() as name:
        traced = asyncio.run(trace(Path(name), CHUNKS))
        found = []
        for survived in cuts(traced, CUTS, SEED):
            found.append(survived)
            step()
    acknowledged = sum(each.acknowledged for each in found)
    missing = sum(each.missing for each in found)
    broken = sum(not each.is_whole for each in found)
    syncs = sum(isinstance(each, Sync) for each in traced.calls)
    aim = aim_row(
        "acknowledged chunks missing, files broken, power cut", missing + broken, at_most(0)
    )
    return [
        Table("Power cuts beside their aim", "Of all cuts together.", AIM_COLUMNS, (aim,)),
        Table(
            "A power cut",
            f"""One server, {CHUNKS} chunks; strace tells each write, sync and answer in its order.
At random moments, half of them just as an answer leaves, disks are made that hold what was synced
before and of the rest any sectors of {SECTOR_BYTES} bytes, half of them; the database is opened on
each: its integrity check, and every chunk acknowledged until then decoded. A disk that says that it
has written what it has not is beyond this.""",
            (
                "cuts",
                "syncs",
                "chunks acknowledged, all cuts",
                "missing",
                "files that are not whole",
            ),
            ((len(found), syncs, acknowledged, missing, broken),),
        ),
    ]


async def trace(folder: Path, chunks: int) -> Traced:
    """Run a server under strace while so many chunks come in, one after the other."""
    data, log = folder / "data", folder / "strace.log"
    (token,) = await tokens(data, 1)
    before = {str(path): path.read_bytes() for path in data.iterdir() if path.is_file()}
    async with serving(data, (*TRACE, "--output", log)) as server:
        recording_id = uuid4()
        async with sending(server.address, token, recording_id, RATE_HZ) as (socket, _):
            for payload in _payloads(chunks):
                await socket.send(payload)
                while json.loads(await socket.recv())["type"] != "ack":
                    pass
        await server.kill()
    (database,) = (path for path in before if path.endswith(".sqlite3"))
    return Traced(before, tuple(calls_of(log)), database)


def _payloads(chunks: int) -> list[bytes]:
    blocks = list(session(RATE_HZ).blocks(1.0))[:chunks]
    first_s = blocks[0].t_s[0]
    return [
        encode_chunk(Chunk(n, SampleBlock(each.t_s - first_s, each.acc_ms2, each.rate_hz)))
        for n, each in enumerate(blocks)
    ]


def cuts(traced: Traced, count: int, seed: int) -> "list[Survived]":
    """Cut the power at so many moments, half of them as an answer leaves."""
    rng = np.random.default_rng(seed)
    answers = [each.begun for each in traced.calls if isinstance(each, Sent) and _acked(each)]
    anywhere = range(min(answers), max(answers))
    with tempfile.TemporaryDirectory(prefix="steadyrep-cut-") as name:
        return [
            _cut(traced, int(rng.choice(answers if number % 2 else anywhere)), rng, Path(name))
            for number in range(count)
        ]


def _acked(sent: Sent) -> list[int]:
    return [int(each) for each in ACK.findall(sent.content)]


def _cut(traced: Traced, moment: int, rng: np.random.Generator, folder: Path) -> Survived:
    acknowledged = {
        number
        for each in traced.calls
        if isinstance(each, Sent) and each.begun <= moment
        for number in _acked(each)
    }
    path = folder / "cut.sqlite3"
    for ending in ("", "-wal"):
        content = _disk(traced, traced.database + ending, moment, rng)
        path.with_name(path.name + ending).write_bytes(content)
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    is_whole, stored = _opened(path)
    return Survived(len(acknowledged), len(acknowledged - stored), is_whole)


def _disk(traced: Traced, file: str, moment: int, rng: np.random.Generator) -> bytes:
    """What a file may hold after the power failed at a moment."""
    synced = max(
        (
            each.begun
            for each in traced.calls
            if isinstance(each, Sync) and each.file == file and each.ended < moment
        ),
        default=-1,
    )
    content = bytearray(traced.before.get(file, b""))
    changes = [
        each
        for each in traced.calls
        if isinstance(each, Write | Cut) and each.file == file and each.begun < moment
    ]
    for change in sorted(changes, key=lambda each: each.begun):
        _apply(content, change, None if change.ended < synced else rng)
    return bytes(content)


def _apply(content: bytearray, change: Write | Cut, rng: np.random.Generator | None) -> None:
    """Change a file; where it was not synced, only what chance puts on the disk."""
    if isinstance(change, Cut):
        if rng is None or rng.random() < 0.5:
            content[change.size :] = bytes(max(0, change.size - len(content)))
        return
    for begin in range(0, len(change.content), SECTOR_BYTES):
        if rng is None or rng.random() < 0.5:
            piece, at = change.content[begin : begin + SECTOR_BYTES], change.offset + begin
            content.extend(bytes(max(0, at - len(content))))
            content[at : at + len(piece)] = piece


def _opened(path: Path) -> tuple[bool, set[int]]:
    with closing(sqlite3.connect(path)) as file:
        try:
            (said,) = file.execute("PRAGMA integrity_check(1)").fetchone()
            rows: Sequence[tuple[int, bytes]] = file.execute(
                "SELECT sequence, payload_zlib FROM chunk"
            ).fetchall()
        except sqlite3.DatabaseError:
            return False, set()
    stored = {decode_chunk(zlib.decompress(payload)).sequence for _, payload in rows}
    return said == "ok", stored
