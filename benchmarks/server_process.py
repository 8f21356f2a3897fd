"""`steadyrep serve` as a process of its own, people in it, and recordings sent to it."""

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.processes import COMMAND
from server.clock import Clock
from server.invitations import pair
from server.settings import Settings
from server.store import people
from server.store.database import Database
from server.store.people import Role

LISTENS = re.compile(r"listens on (\S+)")
STARTED_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. pid: its own, not that of what runs it."""

    process: asyncio.subprocess.Process
    address: str
    pid: int

    @property
    def resident_mb(self) -> float:
        """Memory that it holds, MB (10⁶ bytes), as Linux tells it."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise RuntimeError("the kernel does not tell")

    @property
    def processor_s(self) -> float:
        """Processor seconds that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def kill(self) -> None:
        """As kill -9 does."""
        os.kill(self.pid, signal.SIGKILL)
        await self.process.wait()


@asynccontextmanager
async def serving(folder: Path, before: Sequence[str | Path] = ()) -> AsyncIterator[Server]:
    """Run a server on a folder; it is killed when the block ends.

    before: a command that runs it, such as strace.
    """
    process = await asyncio.create_subprocess_exec(
        *(*before, COMMAND, "serve", "--port", "0", "--data", folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(STARTED_WITHIN_S):
            while (found := LISTENS.search((await process.stdout.readline()).decode())) is None:
                if process.stdout.at_eof():
                    raise RuntimeError("the server did not start")
        yield Server(process, found[1], _served_by(process.pid) if before else process.pid)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(_served_by(process.pid) if before else process.pid, signal.SIGKILL)
        await process.communicate()


def _served_by(pid: int) -> int:
    """The only child of a process, itself where it has none."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


async def tokens(folder: Path, count: int) -> list[str]:
    """So many patients, each with a device's token."""
    path = Settings(data_dir=folder).database_path
    now = datetime.now(UTC)
    async with Database.open(path) as database, database.writing() as changes:
        made = [
            await people.add(changes, Role.PATIENT, f"Patient {n}", "UTC", now)
            for n in range(count)
        ]
        return [await pair(changes, each, "sensor", Clock()) for each in made]


@asynccontextmanager
async def sending(
    address: str, token: str, recording_id: UUID, rate_hz: float
) -> AsyncIterator[tuple[ClientConnection, int]]:
    """An open recording, and the sequence that the server wants next."""
    url = address.replace("http", "ws") + "/api/v1/ingest"
    hello = {
        "type": "hello",
        "recording_id": str(recording_id),
        "rate_hz": rate_hz,
        "device": {"name": "simulated", "kind": "synthetic", "serial": None},
        "started_at": datetime.now(UTC).isoformat(),
    }
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(url, additional_headers=headers, open_timeout=60) as socket:
        await socket.send(json.dumps(hello))
        welcome = json.loads(await socket.recv())
        yield socket, welcome["next_sequence"]
