"""From a collector to the server: every chunk once, in order, and kept until acknowledged.

A chunk is on our disk (`sensors.spool`) before it is sent and leaves it when the server has said
that it is on its own. A lost connection is made again and goes on where the server says. Nothing
waits in memory but the few chunks on their way.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from sensors.chunks import MAX_CHUNK_SAMPLES, Chunk, encode_chunk
from sensors.errors import SensorError
from sensors.samples import SampleBlock
from sensors.spool import SUFFIX, Spool

INGEST_PATH = "/api/v1/ingest"
FORGET_EVERY = 32
"""So many chunks that the server has leave the disk together: each time costs a sync. What is still
here when the program dies is not sent again, for the server says where to go on."""
TEMPORARY_STATUS = frozenset({408, 425, 429})
FINAL_CLOSES = frozenset({1002, 1003, 1007, 1008, 1009})
"""Closing codes after which the same messages would be refused again (RFC 6455, 7.4.1)."""
TRY_AGAIN_LATER = 1013
"""Closing code (IANA WebSocket registry) of a server that cannot take this at the moment."""


class UplinkRefused(SensorError):
    """The server will not take this recording; trying again would not help."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the server refused the recording: {reason}")


@dataclass(frozen=True, slots=True)
class Hello:
    """What the server is told of a recording before its first chunk.

    started_at: the wall clock at stream second 0, with its UTC offset.
    """

    recording_id: str
    rate_hz: float
    device_name: str
    device_kind: str
    serial: str | None
    placement: str | None
    side: str | None
    exercise: str | None
    started_at: datetime

    def to_json(self) -> str:
        """Lay it out as the protocol's first message."""
        device = {"name": self.device_name, "kind": self.device_kind, "serial": self.serial}
        message = {
            "type": "hello",
            "recording_id": self.recording_id,
            "rate_hz": self.rate_hz,
            "device": device,
            "placement": self.placement,
            "side": self.side,
            "exercise": self.exercise,
            "started_at": self.started_at.isoformat(),
        }
        return json.dumps(message)


@dataclass(frozen=True, slots=True)
class Report:
    """What the collector knows of the sensor; link: "streaming" or "lost"."""

    battery_pct: int | None
    rssi_dbm: int | None
    link: str

    def to_json(self) -> str:
        """Lay it out as the protocol's status message."""
        message = {"battery_pct": self.battery_pct, "rssi_dbm": self.rssi_dbm, "link": self.link}
        return json.dumps({"type": "status", **message})


@dataclass(frozen=True, slots=True)
class UplinkParams:
    """Limits of the uplink.

    retry_s, longest_pause_s: the first pause before connecting again; it doubles up to the second.
    answer_s: for the handshake, and for the welcome after it.
    close_s: for the goodbye, which a server that is gone does not answer.
    window: chunks on their way without acknowledgement; a minute of 200 ms chunks is 300.
    """

    retry_s: float = 0.5
    longest_pause_s: float = 15.0
    answer_s: float = 10.0
    close_s: float = 2.0
    window: int = 64


class UplinkState(StrEnum):
    """Where the connection to the server is."""

    CONNECTING = "connecting"
    SENDING = "sending"
    LOST = "lost"
    DONE = "done"


class Uplink:
    """Sends one recording from its spool. One task calls `run`; others `put`, `report` and `end`.

    state, problem: the connection, and why it was last lost.
    refused: messages that the server found malformed and passed over.
    """

    def __init__(
        self, url: str, token: str, spool: Spool, params: UplinkParams | None = None
    ) -> None:
        self.state = UplinkState.CONNECTING
        self.problem: str | None = None
        self.refused = 0
        self._url = url
        self._token = token
        self._spool = spool
        self._params = params or UplinkParams()
        self._acknowledged = self._forgotten = spool.first_sequence - 1
        self._report: Report | None = None
        self._changed = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many chunks the server has not acknowledged yet."""
        return self._spool.next_sequence - 1 - self._acknowledged

    async def put(self, block: SampleBlock) -> None:
        """Keep a block on disk, to be sent as soon as possible. Raises SpoolFailed."""
        for begin in range(0, len(block), MAX_CHUNK_SAMPLES):
            part = slice(begin, begin + MAX_CHUNK_SAMPLES)
            piece = block
            if len(block) > MAX_CHUNK_SAMPLES:
                piece = SampleBlock(block.t_s[part], block.acc_ms2[part], block.rate_hz)
            payload = encode_chunk(Chunk(self._spool.next_sequence, piece))
            await asyncio.to_thread(self._spool.add, self._spool.next_sequence, payload)
        self._changed.set()

    def report(self, report: Report) -> None:
        """Tell the server of the sensor's state at the next opportunity; the latest counts."""
        self._report = report
        self._changed.set()

    async def end(self) -> None:
        """No more blocks will come; `run` returns when the server has all of them."""
        await asyncio.to_thread(self._spool.end)
        self._changed.set()

    async def run(self) -> None:
        """Send until the recording has ended and arrived, and then remove its spool.

        Raises UplinkRefused if the server will not have it, SpoolFailed if the disk fails.
        """
        pause_s = self._params.retry_s
        while self.state is not UplinkState.DONE:
            acknowledged = self._acknowledged
            try:
                await self._connect_and_send()
            except (OSError, ConnectionClosed, InvalidHandshake) as problem:
                self.state = UplinkState.LOST
                self.problem = str(problem) or type(problem).__name__
                _raise_if_final(problem)
                if self._acknowledged > acknowledged:
                    pause_s = self._params.retry_s
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, self._params.longest_pause_s)
        await asyncio.to_thread(self._spool.remove)

    def close(self) -> None:
        """Let go of the spool; what has not arrived stays in it for another time."""
        self._spool.close()

    async def _connect_and_send(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        wait_s = self._params.answer_s
        try:
            connection = connect(
                self._url,
                additional_headers=headers,
                open_timeout=wait_s,
                close_timeout=self._params.close_s,
            )
            async with connection as socket:
                sequence = await self._resume(socket)
                self.state, self.problem = UplinkState.SENDING, None
                await self._converse(socket, sequence)
        except InvalidURI as problem:
            raise UplinkRefused(str(problem)) from problem
        self.state = UplinkState.DONE

    async def _resume(self, socket: ClientConnection) -> int:
        """Say hello; return the first sequence that the server does not have."""
        await socket.send(self._spool.hello)
        async with asyncio.timeout(self._params.answer_s):
            answer = _message(await socket.recv())
        if answer.get("type") == "refused":
            await self._raise_refused(socket, str(answer.get("reason")))
        sequence = answer.get("next_sequence")
        if answer.get("type") != "welcome" or not isinstance(sequence, int):
            raise UplinkRefused("it does not speak the ingest protocol")
        if not self._spool.first_sequence <= sequence <= self._spool.next_sequence:
            raise UplinkRefused(f"it asks for chunk {sequence}, which is not kept here any more")
        await self._acknowledge(sequence - 1)
        return sequence

    async def _raise_refused(self, socket: ClientConnection, reason: str) -> NoReturn:
        """How the server closes tells whether to come again: it may still hear another recording.

        Raises UplinkRefused if that is final, ConnectionRefusedError if it is not.
        """
        try:
            async with asyncio.timeout(self._params.answer_s):
                await socket.wait_closed()
        except TimeoutError as problem:
            raise UplinkRefused(reason) from problem
        if socket.close_code == TRY_AGAIN_LATER:
            raise ConnectionRefusedError(reason)
        raise UplinkRefused(reason)

    async def _converse(self, socket: ClientConnection, sequence: int) -> None:
        """Send and listen at the same time; the first problem of either ends both."""
        problems: list[BaseException] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(socket))
                tasks.create_task(self._send(socket, sequence))
        except* Exception as group:
            problems.extend(group.exceptions)
        # A refusal says more than the lost connection that came with it.
        for problem in sorted(problems, key=lambda p: not isinstance(p, UplinkRefused)):
            raise problem

    async def _send(self, socket: ClientConnection, sequence: int) -> None:
        while True:
            self._changed.clear()
            if self._report is not None:
                report, self._report = self._report, None
                await socket.send(report.to_json())
            on_the_way = sequence - 1 - self._acknowledged
            room = max(0, self._params.window - on_the_way)
            chunks: list[tuple[int, bytes]] = []
            if room and sequence < self._spool.next_sequence:  # or the disk need not be asked
                chunks = await asyncio.to_thread(self._spool.chunks_from, sequence, room)
            for number, payload in chunks:
                await socket.send(payload)
                sequence = number + 1
            if self._spool.is_ended and sequence == self._spool.next_sequence:
                await socket.send(json.dumps({"type": "end", "chunks": sequence}))
                return
            if not chunks:
                await self._changed.wait()

    async def _listen(self, socket: ClientConnection) -> None:
        while True:
            message = _message(await socket.recv())
            match message:
                case {"type": "ack", "sequence": int(sequence)}:
                    await self._acknowledge(sequence)
                case {"type": "refused", "sequence": None}:
                    self.refused += 1
                case {"type": "refused", "reason": reason, "sequence": sequence}:
                    raise UplinkRefused(f"chunk {sequence}: {reason}")
                case {"type": "ended"}:
                    if self.waiting or not self._spool.is_ended:
                        raise UplinkRefused("it ended the recording before it had all of it")
                    return

    async def _acknowledge(self, sequence: int) -> None:
        if sequence >= self._spool.next_sequence:
            raise UplinkRefused(f"it acknowledges chunk {sequence}, which was never sent")
        if sequence > self._acknowledged:
            self._acknowledged = sequence
            if sequence - self._forgotten >= FORGET_EVERY:
                await asyncio.to_thread(self._spool.acknowledge, sequence)
                self._forgotten = sequence
            self._changed.set()


def _message(text: str | bytes) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except ValueError as problem:
        raise UplinkRefused("it does not speak the ingest protocol") from problem
    if not isinstance(message, dict):
        raise UplinkRefused("it does not speak the ingest protocol")
    return message


def _raise_if_final(problem: Exception) -> None:
    if isinstance(problem, InvalidStatus):
        status = problem.response.status_code
        if status in {401, 403}:
            raise UplinkRefused("it does not accept the device token") from problem
        if 400 <= status < 500 and status not in TEMPORARY_STATUS:
            raise UplinkRefused(f"it answers {status}: is this its address?") from problem
    closed = problem.rcvd if isinstance(problem, ConnectionClosed) else None
    if closed is not None and closed.code in FINAL_CLOSES:
        raise UplinkRefused(closed.reason or str(problem)) from problem


def ingest_url(server: str) -> str:
    """Return the address of the ingest WebSocket of a server given as http(s)://host[:port].

    Raises ValueError if it is no such address.
    """
    parts = urlsplit(server)
    scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(parts.scheme)
    if scheme is None or not parts.hostname:
        raise ValueError(f"a server's address looks like https://reps.example, got {server!r}")
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + INGEST_PATH, "", ""))


def new_spool(folder: Path, hello: Hello) -> Spool:
    """Begin the spool of a recording in `folder`. Raises SpoolFailed."""
    return Spool.create(folder / f"{hello.recording_id}{SUFFIX}", hello.to_json())
