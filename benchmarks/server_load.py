"""Part `load`: a server under many live streams, and one that is killed while signal comes in.

Server and load share the machine, so the figures are for both together.
"""

import asyncio
import json
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
from websockets.exceptions import ConnectionClosed

from benchmarks.options import Options
from benchmarks.progress import Step, steps
from benchmarks.server_process import Server, sending, serving, tokens
from benchmarks.session import session
from benchmarks.tables import AIM_COLUMNS, Cell, Table, aim_row, at_least, at_most
from sensors.chunks import Chunk, decode_chunk, encode_chunk
from sensors.samples import SampleBlock

RATE_HZ = 100.0
STREAMS = (10, 50, 100, 200, 300)
LASTS_S = 20
CHUNK_S = 1.0
LOST_AFTER_S = 30.0
"""A chunk that was not acknowledged within this is said to be lost to a live page."""
AIMED_STREAMS, AIMED_P99_MS = 500, 500.0
WINDOW = 16
"""Chunks on their way when the server is killed."""
SEED = 3


@dataclass(frozen=True, slots=True)
class Load:
    """What so many streams saw: of each chunk the ms to its acknowledgement."""

    streams: int
    delays_ms: tuple[float, ...]
    sent: int
    resident_mb: float
    processor_share: float


def measure(options: Options) -> list[Table]:
    """Load it, then kill it again and again."""
    blocks = list(session(RATE_HZ).blocks(CHUNK_S))
    payloads = _payloads(blocks)
    with steps("load", len(STREAMS) + options.kills) as step:
        loads = []
        for streams in STREAMS:
            loads.append(asyncio.run(_load(streams, blocks)))
            step()
        killed = asyncio.run(_killed(options.kills, payloads, step))
    return [_aims(loads, killed), _load_table(loads), killed]


def _payloads(blocks: Sequence[SampleBlock]) -> list[bytes]:
    """Chunks from 0 on, whose time begins at 0."""
    first_s = blocks[0].t_s[0]
    return [
        encode_chunk(Chunk(n, SampleBlock(each.t_s - first_s, each.acc_ms2, each.rate_hz)))
        for n, each in enumerate(blocks)
    ]


async def _load(streams: int, blocks: Sequence[SampleBlock]) -> Load:
    begins = np.random.default_rng(SEED).integers(0, len(blocks) - LASTS_S, streams).tolist()
    with tempfile.TemporaryDirectory(prefix="steadyrep-load-") as name:
        folder = Path(name)
        theirs = await tokens(folder, streams)
        async with serving(folder) as server:
            begun_s, used_s = time.monotonic(), server.processor_s
            results = await asyncio.gather(
                *(
                    _stream(
                        server.address,
                        token,
                        _payloads(blocks[begin : begin + LASTS_S]),
                        n / streams,
                    )
                    for n, (token, begin) in enumerate(zip(theirs, begins, strict=True))
                )
            )
            share = (server.processor_s - used_s) / (time.monotonic() - begun_s)
            delays_ms = tuple(delay for one in results for delay in one)
            return Load(streams, delays_ms, streams * LASTS_S, server.resident_mb, share)


async def _stream(
    address: str, token: str, payloads: Sequence[bytes], offset_s: float
) -> list[float]:
    """Send a chunk each second, as a collector does; the ms to each acknowledgement."""
    await asyncio.sleep(offset_s * CHUNK_S)
    sent_s: dict[int, float] = {}
    delays_ms: list[float] = []
    async with sending(address, token, uuid4(), RATE_HZ) as (socket, _):

        async def hear() -> None:
            while len(delays_ms) < len(payloads):
                said = json.loads(await socket.recv())
                if said["type"] == "ack":
                    delays_ms.append(1000 * (time.monotonic() - sent_s[said["sequence"]]))

        hearing = asyncio.create_task(hear())
        begun_s = time.monotonic()
        for n, payload in enumerate(payloads):
            await asyncio.sleep(max(0.0, begun_s + n * CHUNK_S - time.monotonic()))
            sent_s[n] = time.monotonic()
            await socket.send(payload)
        with suppress(TimeoutError):
            await asyncio.wait_for(hearing, LOST_AFTER_S)
    return delays_ms


async def _killed(kills: int, payloads: Sequence[bytes], step: Step) -> Table:
    """Kill the server at random while a stream comes in; look at what is on disk."""
    rng = np.random.default_rng(SEED)
    acknowledged = missing = doubled = broken = 0
    with tempfile.TemporaryDirectory(prefix="steadyrep-kill-") as name:
        folder = Path(name)
        (token,) = await tokens(folder, 1)
        path = folder / "steadyrep.sqlite3"
        recording_id = uuid4()
        acked: set[int] = set()
        for _ in range(kills):
            async with serving(folder) as server:
                wanted = int(rng.integers(1, 40))
                acked |= await _until_killed(server, token, recording_id, payloads, wanted)
            whole, stored = _on_disk(path, recording_id.hex)
            broken += not whole
            missing += len([n for n in acked if n not in stored])
            doubled += len(stored) - len(set(stored))
            if len(acked) + 60 > len(payloads):
                acknowledged += len(acked)
                recording_id, acked = uuid4(), set()
            step()
        acknowledged += len(acked)
    return Table(
        "A server that is killed",
        """kill -9 at random while chunks come in, sixteen on their way; then the file is looked at:
the database's own integrity check, and every acknowledged chunk decoded. A kill ends a process, not
the machine: what the disk itself promises is the operating system's.""",
        ("kills", "chunks acknowledged", "missing", "doubled", "files that are not whole"),
        ((kills, acknowledged, missing, doubled, broken),),
    )


async def _until_killed(
    server: Server, token: str, recording_id: UUID, payloads: Sequence[bytes], wanted: int
) -> set[int]:
    """Send until so many more are acknowledged, then kill; what was acknowledged, ever."""
    acked: set[int] = set()
    with suppress(ConnectionClosed, OSError):
        async with sending(server.address, token, recording_id, RATE_HZ) as (socket, first):
            acked |= set(range(first))
            following = first
            while len(acked) < first + wanted and len(acked) < len(payloads):
                while following < min(len(payloads), len(acked) + WINDOW):
                    await socket.send(payloads[following])
                    following += 1
                said = json.loads(await socket.recv())
                if said["type"] == "ack":
                    acked.add(said["sequence"])
            await server.kill()
    return acked


def _on_disk(path: Path, recording: str) -> tuple[bool, list[int]]:
    with closing(sqlite3.connect(path)) as file:
        (said,) = file.execute("PRAGMA integrity_check(1)").fetchone()
        rows = file.execute(
            "SELECT sequence, payload_zlib FROM chunk WHERE recording_id = ?", (recording,)
        ).fetchall()
    stored = [decode_chunk(zlib.decompress(payload)).sequence for _, payload in rows]
    return said == "ok", stored


def _load_table(loads: Sequence[Load]) -> Table:
    return Table(
        "Live streams",
        f"""So many patients at once, each a chunk of {CHUNK_S:g} s at {RATE_HZ:g} Hz every second
for {LASTS_S} s, each somewhere else in a session of sets and rest, counted and measured as it comes
in; SQLite on this machine's disk, server and senders on the same cores. Delay: from sending a chunk
to its acknowledgement, which is after the commit and what it brought about.""",
        (
            "streams", "chunks", "lost", "median, ms", "p95, ms", "p99, ms", "most, ms",
            "server, cores", "server, MB",
        ),
        tuple(_load_row(each) for each in loads),
    )  # fmt: skip


def _load_row(load: Load) -> tuple[Cell, ...]:
    figures = np.percentile(load.delays_ms, (50, 95, 99, 100)) if load.delays_ms else [np.nan] * 4
    return (
        load.streams,
        load.sent,
        load.sent - len(load.delays_ms),
        *(round(float(each), 1) for each in figures),
        round(load.processor_share, 2),
        round(load.resident_mb),
    )


def _aims(loads: Sequence[Load], killed: Table) -> Table:
    good = [
        each.streams
        for each in loads
        if len(each.delays_ms) == each.sent and np.percentile(each.delays_ms, 99) <= AIMED_P99_MS
    ]
    ((_, _, missing, doubled, broken),) = killed.rows
    wrong = float(sum(int(each or 0) for each in (missing, doubled, broken)))
    return Table(
        "The server beside its aims",
        "Of the numbers of streams that were tried, the largest with nothing lost.",
        AIM_COLUMNS,
        (
            aim_row(
                f"live streams with p99 of at most {AIMED_P99_MS:g} ms",
                float(max(good, default=0)),
                at_least(AIMED_STREAMS),
            ),
            aim_row("chunks missing or doubled, files broken, after kills", wrong, at_most(0)),
        ),
    )
