"""Part `faults`: collector and server under random faults; is every chunk there, once and in order?

A schedule is made of a seed and can be had again. Killed (-9) are collector and server; the way
between them is cut, and doubles, swaps and holds messages; the collector's disk may be too small
and its clock wrong. Then the faults end, what is left is sent, and the server's file is looked at.
"""

import asyncio
import sqlite3
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import numpy as np

from benchmarks.faulty_collector import RATE_HZ, SAMPLES, Life, block_of, numbers_in
from benchmarks.mischief import Way
from benchmarks.options import Options
from benchmarks.progress import Step, steps
from benchmarks.server_process import Server, serving, tokens
from benchmarks.tables import AIM_COLUMNS, Table, aim_row, at_least, at_most
from sensors.chunks import decode_chunk
from sensors.spool import LARGEST_BYTES, SUFFIX

AT_ONCE = 4
"""Schedules side by side: most of the time something starts."""
MOST_LIVES, MOST_FAULTS = 3, 3
SERVER_SHARE, COLLECTOR_SHARE, SMALL_SHARE = 0.4, 0.6, 0.25
"""How likely a fault is the server's end; that a collector is killed; that its disk is small."""
LASTS_S = 1.2
"""About so long faults happen to one life of a collector."""
SMALL_BYTES = 16 * 4096
"""A disk with room for a hundred chunks or so."""
DRAINED_WITHIN_S = 60.0
CATCH_UP_CHUNKS = 3000
AIMED_CATCH_UP = 50.0


class Fault(StrEnum):
    """What happens at a moment."""

    KILL_SERVER = "server killed"
    CUT = "way cut"
    KILL_COLLECTOR = "collector killed"


@dataclass(frozen=True, slots=True)
class Run:
    """One life of a collector, and what happens so many seconds after its first chunk."""

    chunks: int
    clock_s: float
    largest_bytes: int
    faults: tuple[tuple[float, Fault], ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """All of it, one life after the other."""

    seed: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """chunks: those on the collector's disk, ever, by recording and number; missing: of these.
    wrong: chunks with other samples than were sent, or out of order. happened: what, how often.
    """

    seed: int
    chunks: frozenset[tuple[str, int]]
    missing: int
    wrong: int
    is_whole: bool
    happened: Counter[str]

    @property
    def put(self) -> int:
        """How many chunks there were."""
        return len(self.chunks)

    @property
    def is_good(self) -> bool:
        """Whether nothing is missing, wrong or broken."""
        return not self.missing and not self.wrong and self.is_whole


def schedule_of(seed: int) -> Schedule:
    """The schedule of a seed."""
    rng = np.random.default_rng(seed)
    return Schedule(seed, tuple(_run(rng) for _ in range(int(rng.integers(1, MOST_LIVES + 1)))))


def _run(rng: np.random.Generator) -> Run:
    moments = np.sort(rng.uniform(0.3, LASTS_S, int(rng.integers(0, MOST_FAULTS + 1)))).tolist()
    faults = [
        (at_s, Fault.KILL_SERVER if rng.random() < SERVER_SHARE else Fault.CUT) for at_s in moments
    ]
    if rng.random() < COLLECTOR_SHARE:
        faults.append((float(rng.uniform(0.5, LASTS_S)), Fault.KILL_COLLECTOR))
    return Run(
        chunks=int(rng.integers(20, 300)),
        clock_s=float(rng.choice([0.0, 0.0, -3600.0, 120.0])),
        largest_bytes=SMALL_BYTES if rng.random() < SMALL_SHARE else LARGEST_BYTES,
        faults=tuple(sorted(faults)),
    )


class _House:
    """The server, which is started again whenever it was killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wanted = asyncio.Event()
        self._is_over = False
        self.server: Server | None = None
        self._up = asyncio.Event()

    @property
    def address(self) -> str | None:
        return self.server.address if self.server else None

    @asynccontextmanager
    async def open(self) -> AsyncIterator["_House"]:
        keeping = asyncio.create_task(self._keep())
        await self._up.wait()
        try:
            yield self
        finally:
            self._is_over = True
            await self.kill()
            await keeping

    async def _keep(self) -> None:
        while not self._is_over:
            async with serving(self._folder) as server:
                self.server = server
                self._up.set()
                await server.process.wait()
                self._up.clear()
                self.server = None

    async def kill(self) -> None:
        await self._up.wait()
        if self.server is not None:
            await self.server.kill()


async def run(schedule: Schedule, folder: Path, token: str) -> Outcome:
    """Let it all happen, then send what is left and look at the file."""
    data, root = folder / "data", folder / "spool"
    house, rng = _House(data), np.random.default_rng(schedule.seed)
    happened: Counter[str] = Counter()
    put: set[tuple[str, int]] = set()
    async with house.open(), Way(lambda: house.address, rng).listening() as way:
        for one in schedule.runs:
            life = Life(
                way.address, token, str(root), one.chunks, 0.005, one.clock_s, one.largest_bytes
            )
            put |= await _lived(life, one, house, way, happened)
        way.is_bad = False
        drain = Life(way.address, token, str(root), 0, 0.0, 0.0, LARGEST_BYTES)
        await _drained(drain, root)
        happened.update(way.done)
    missing, wrong, is_whole = looked_at(data / "steadyrep.sqlite3", put)
    return Outcome(schedule.seed, frozenset(put), missing, wrong, is_whole, happened)


async def _lived(
    life: Life, one: Run, house: _House, way: Way, happened: Counter[str]
) -> set[tuple[str, int]]:
    """What a collector put on its disk in this life."""
    process = await _started(life)
    put: set[tuple[str, int]] = set()
    has_begun = asyncio.Event()
    reading = asyncio.create_task(_read(process, put, has_begun))
    await has_begun.wait()
    begun_s = time.monotonic()
    for at_s, fault in one.faults:
        await asyncio.sleep(max(0.0, begun_s + at_s - time.monotonic()))
        happened[fault] += 1
        match fault:
            case Fault.CUT:
                way.cut()
            case Fault.KILL_SERVER:
                await house.kill()
            case Fault.KILL_COLLECTOR:
                with suppress(ProcessLookupError):
                    process.kill()
    await _ended(process, reading)
    if process.returncode == 1:
        happened["refused"] += 1
    return put


async def _started(life: Life) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *life.command(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )


async def _ended(process: asyncio.subprocess.Process, reading: "asyncio.Task[None]") -> None:
    """Wait for it; one that cannot deliver for long is killed, as a person would end it."""
    try:
        async with asyncio.timeout(DRAINED_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
    await reading


async def _read(
    process: asyncio.subprocess.Process, put: set[tuple[str, int]], has_begun: asyncio.Event
) -> None:
    """What it put on its disk; a line cut off by a kill was not said."""
    assert process.stdout is not None
    async for line in process.stdout:
        if line.endswith(b"\n"):
            recording_id, chunk = line.decode().split()
            put.add((recording_id, int(chunk)))
            has_begun.set()
    has_begun.set()  # it ended without any


async def _drained(life: Life, root: Path) -> None:
    """Collectors without samples of their own, until nothing waits any more."""
    until_s = time.monotonic() + DRAINED_WITHIN_S
    while _waits(root) and time.monotonic() < until_s:
        process = await _started(life)
        await _ended(process, asyncio.create_task(_read(process, set(), asyncio.Event())))


def _waits(root: Path) -> bool:
    return any(root.glob(f"*/*{SUFFIX}"))


def looked_at(path: Path, put: Collection[tuple[str, int]]) -> tuple[int, int, bool]:
    """Missing, wrong, and whether the file is whole."""
    with closing(sqlite3.connect(path)) as file:
        (said,) = file.execute("PRAGMA integrity_check(1)").fetchone()
        rows = file.execute(
            "SELECT recording_id, sequence, payload_zlib FROM chunk ORDER BY recording_id, sequence"
        ).fetchall()
    stored: set[tuple[str, int]] = set()
    following: Counter[str] = Counter()
    wrong = 0
    for recording, sequence, packed in rows:
        found = decode_chunk(zlib.decompress(packed))
        recording_id = str(UUID(recording))
        in_order = sequence == found.sequence == following[recording_id]
        wrong += not (in_order and numbers_in(found.block) == numbers_in(block_of(sequence)))
        following[recording_id] += 1
        stored.add((recording_id, sequence))
    return len(set(put) - stored), wrong, said == "ok"


async def run_all(
    seeds: Sequence[int], done: "asyncio.Queue[Outcome] | None" = None
) -> list[Outcome]:
    """Run the schedules of so many seeds, some side by side."""
    places, migrating = asyncio.Semaphore(AT_ONCE), asyncio.Lock()  # Alembic has one context

    async def one(seed: int) -> Outcome:
        async with places:
            with tempfile.TemporaryDirectory(prefix="steadyrep-faults-") as name:
                folder = Path(name)
                async with migrating:
                    (token,) = await tokens(folder / "data", 1)
                outcome = await run(schedule_of(seed), folder, token)
        if done is not None:
            done.put_nowait(outcome)
        return outcome

    return list(await asyncio.gather(*(one(seed) for seed in seeds)))


async def _caught_up() -> float:
    """Times faster than life: a recording made while there was no server, and then there is one."""
    with tempfile.TemporaryDirectory(prefix="steadyrep-faults-") as name:
        folder = Path(name)
        (token,) = await tokens(folder / "data", 1)
        async with serving(folder / "data") as server:
            life = Life(
                server.address,
                token,
                str(folder / "spool"),
                CATCH_UP_CHUNKS,
                0.0,
                -7200.0,
                LARGEST_BYTES,
            )
            begun_s = time.monotonic()
            process = await _started(life)
            await _ended(process, asyncio.create_task(_read(process, set(), asyncio.Event())))
            return CATCH_UP_CHUNKS * SAMPLES / RATE_HZ / (time.monotonic() - begun_s)


def measure(options: Options) -> list[Table]:
    """Run them all, and measure how fast what waited is sent."""
    with steps("faults", options.schedules) as step:
        outcomes = asyncio.run(_told(range(options.schedules), step))
    return [_aims(outcomes, asyncio.run(_caught_up())), _table(outcomes)]


async def _told(seeds: range, step: Step) -> list[Outcome]:
    done: asyncio.Queue[Outcome] = asyncio.Queue()

    async def tell() -> None:
        for _ in seeds:
            await done.get()
            step()

    telling = asyncio.create_task(tell())
    outcomes = await run_all(seeds, done)
    await telling
    return outcomes


def _aims(outcomes: Sequence[Outcome], catch_up: float) -> Table:
    bad = sum(not each.is_good for each in outcomes)
    return Table(
        "Faults beside their aims",
        "Catching up: what waited on the collector's disk goes to a server that counts it.",
        AIM_COLUMNS,
        (
            aim_row(
                "schedules with chunks missing or wrong, or a broken file",
                float(bad),
                at_most(0),
            ),
            aim_row(
                "catching up, times faster than life", round(catch_up), at_least(AIMED_CATCH_UP)
            ),
        ),
    )


def _table(outcomes: Sequence[Outcome]) -> Table:
    happened: Counter[str] = sum((each.happened for each in outcomes), Counter())
    bad = [each.seed for each in outcomes if not each.is_good]
    return Table(
        "Random schedules of faults",
        f"""kill -9 of collector and server, the way between them cut, messages doubled, swapped and
held, a disk too small, a clock an hour slow or two minutes fast; seeds 0 to {len(outcomes) - 1}.
Then all of it ends, and every chunk that a collector had on its disk is looked for in the server's
file, with the samples that it had, in its order. Refused: a swapped chunk or a full disk ended a
collector, and what it had went with the next. Failed: {", ".join(map(str, bad)) or "none"}.""",
        ("schedules", "chunks", "missing", "wrong", "files broken", *happened),
        (
            (
                len(outcomes),
                sum(each.put for each in outcomes),
                sum(each.missing for each in outcomes),
                sum(each.wrong for each in outcomes),
                sum(not each.is_whole for each in outcomes),
                *happened.values(),
            ),
        ),
    )
