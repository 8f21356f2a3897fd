"""A collector whose samples are numbers in order, as a process that may be killed.

`python -m benchmarks.faulty_collector JSON`: what `Life` says. A line on standard output for each
chunk that is on its disk: nothing of these may be lost.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np

from sensors import spool
from sensors.errors import SensorError
from sensors.samples import SampleBlock
from sensors.uplink import Hello
from server.collect.delivery import Delivery, ServerAccess

RATE_HZ, SAMPLES = 100.0, 20
WHEEL = 1000
"""A sample's number is in two axes: how often the wheel turned, and where it stands."""


@dataclass(frozen=True, slots=True)
class Life:
    """One run. clock_s: how wrong its wall clock is. largest_bytes: of disk for its recording."""

    server: str
    token: str
    root: str
    chunks: int
    interval_s: float
    clock_s: float
    largest_bytes: int

    def command(self) -> tuple[str, ...]:
        """The process that lives it."""
        return (sys.executable, "-m", "benchmarks.faulty_collector", json.dumps(asdict(self)))


def block_of(chunk: int) -> SampleBlock:
    """The samples of a chunk: 20 numbers, going on where the chunk before ended."""
    number = np.arange(chunk * SAMPLES, (chunk + 1) * SAMPLES)
    acc_ms2 = np.column_stack((number % WHEEL, number // WHEEL, np.full(SAMPLES, 9.81)))
    return SampleBlock(number / RATE_HZ, acc_ms2, RATE_HZ)


def numbers_in(block: SampleBlock) -> list[int]:
    """The numbers that samples carry."""
    wheel = np.rint(block.acc_ms2[:, :2]).astype(np.int64)
    return [int(each) for each in wheel[:, 1] * WHEEL + wheel[:, 0]]


async def live(life: Life, say: Callable[[str], None]) -> None:
    """Record and send; raises SensorError where the disk or the server will not have it."""
    delivery = Delivery(ServerAccess(life.server, life.token, Path(life.root)))
    recording_id = str(uuid4())
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(delivery.run())
            await delivery.begin(_hello(recording_id, life.clock_s))
            for chunk in range(life.chunks):
                await delivery.put(block_of(chunk))
                say(f"{recording_id} {chunk}")
                await asyncio.sleep(life.interval_s)
            await delivery.end()
    except* SensorError as problems:
        raise problems.exceptions[0] from None
    finally:
        delivery.close()


def _hello(recording_id: str, clock_s: float) -> Hello:
    return Hello(
        recording_id=recording_id,
        rate_hz=RATE_HZ,
        device_name="numbers",
        device_kind="synthetic",
        serial=None,
        placement="thigh",
        side="left",
        exercise=None,
        started_at=datetime.now(UTC) + timedelta(seconds=clock_s),
    )


def main() -> None:
    """Live what the command line says; exit code 1 where it was refused."""
    life = Life(**json.loads(sys.argv[1]))
    spool.LARGEST_BYTES = life.largest_bytes
    try:
        asyncio.run(live(life, lambda line: print(line, flush=True)))
    except SensorError as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(1) from problem


if __name__ == "__main__":
    main()
