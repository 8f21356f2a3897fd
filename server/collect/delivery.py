"""What a session sends: today's signal, and around it what earlier sessions left on this disk.

A server follows one recording of a patient at a time, that of the newest connection. So what was
left is sent while there is nothing to send of today: until the sensor is found, and again when
today's recording has arrived. Whatever is wrong with a left-over, today's signal does not wait for
it; it stays on the disk for another session.
"""

import asyncio
import hashlib
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from sensors.errors import SensorError
from sensors.samples import SampleBlock
from sensors.spool import SpoolFailed, left_over
from sensors.uplink import Hello, Report, Uplink, UplinkState, ingest_url, new_spool


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """Where signal is sent, with which token, and where it waits until it has arrived."""

    server: str
    token: str
    spool_root: Path

    @property
    def spool_folder(self) -> Path:
        """What waits for one server and device must never reach another."""
        whose = hashlib.sha256(f"{self.server}\n{self.token}".encode()).hexdigest()
        return self.spool_root / whose[:16]


class Delivery:
    """One task calls `run`; another calls `begin`, `put` and `end` for today's recording.

    beside: another delivery from the same disk at the same time. What was left is that one's to
    send; this one waits until it has looked, for it would take today's recording for a left-over.
    """

    def __init__(self, access: ServerAccess, beside: "Delivery | None" = None) -> None:
        self._access = access
        self._beside = beside
        self._today: Uplink | None = None
        self._left: deque[Uplink] = deque()
        self._given_up: list[Uplink] = []
        self._left_problem: str | None = None
        self._has_looked = asyncio.Event()
        self._has_begun = asyncio.Event()

    @property
    def has_begun(self) -> bool:
        """Whether there is signal of today."""
        return self._has_begun.is_set()

    @property
    def waiting(self) -> int:
        """Chunks on this disk that the server has not acknowledged, today's and older."""
        return sum(uplink.waiting for uplink in self._uplinks())

    @property
    def problem(self) -> str | None:
        """Why what is being sent does not arrive, or what was left could not be sent."""
        sending = self._sending()
        return (sending.problem if sending else None) or self._left_problem

    async def run(self) -> None:
        """Send until today's recording has ended and arrived, and what was left has, too.

        Raises UplinkRefused if the server will not have today's, SpoolFailed if the disk fails.
        """
        await self._look()
        async with asyncio.TaskGroup() as tasks:
            clearing = tasks.create_task(self._send_left())
            await self._has_begun.wait()
            clearing.cancel()
        if self._today is not None:
            await self._today.run()
        await self._send_left()

    async def has_looked(self) -> None:
        """Wait until it is known what earlier sessions left on this disk."""
        await self._has_looked.wait()

    async def _look(self) -> None:
        try:
            if self._beside is None:
                self._left.extend(await asyncio.to_thread(self._take_over))
            else:
                await self._beside.has_looked()
        finally:
            self._has_looked.set()

    async def begin(self, hello: Hello) -> None:
        """Begin today's recording. Raises SpoolFailed."""
        await self.has_looked()  # or its spool might be taken for a left-over
        spool = await asyncio.to_thread(new_spool, self._access.spool_folder, hello)
        self._today = Uplink(ingest_url(self._access.server), self._access.token, spool)
        self._has_begun.set()

    async def put(self, block: SampleBlock) -> None:
        """Keep a block of today's on disk until it has arrived. Raises SpoolFailed."""
        if self._today is not None:
            await self._today.put(block)

    def report(self, report: Report) -> None:
        """Tell the server how the sensor is."""
        if self._today is not None:
            self._today.report(report)

    async def end(self) -> None:
        """No more of today will come. Raises SpoolFailed."""
        if self._today is not None:
            await self._today.end()

    def close(self) -> None:
        """Let go of all spools; what has not arrived stays in them."""
        for uplink in self._uplinks():
            uplink.close()

    def _uplinks(self) -> list[Uplink]:
        today = [self._today] if self._today is not None else []
        return [*self._left, *self._given_up, *today]

    def _sending(self) -> Uplink | None:
        if self._today is not None and self._today.state is not UplinkState.DONE:
            return self._today
        return self._left[0] if self._left else None

    def _take_over(self) -> list[Uplink]:
        uplinks = []
        for spool in left_over(self._access.spool_folder):
            try:
                uplinks.append(Uplink(ingest_url(self._access.server), self._access.token, spool))
            except SpoolFailed as problem:
                self._left_problem = str(problem)
                spool.close()
        return uplinks

    async def _send_left(self) -> None:
        """Send what was left, oldest first; may be cancelled, and called again to go on."""
        while self._left:
            uplink = self._left[0]
            try:
                await uplink.end()
                await uplink.run()
            except SensorError as problem:
                self._left_problem = str(problem)
                self._given_up.append(uplink)
            self._left.popleft()
