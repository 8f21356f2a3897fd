"""Signal comes in: numbered chunks over a WebSocket, acknowledged when they are on disk.

A message that cannot be used is refused and counted, and the stream goes on; its sequence number
stays free. Only a sender that does nothing but send such messages is cut off.
"""

import asyncio
import logging
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.status import WS_1008_POLICY_VIOLATION, WS_1013_TRY_AGAIN_LATER

from sensors.chunks import Chunk, decode_chunk
from sensors.errors import DecodeError
from server.access import Action
from server.clock import utc_offset_min
from server.guards.gate import Entry, Gate
from server.live.admission import Refused, check_started_at
from server.live.ingest_messages import HELLO, LATER, MAX_TEXT_CHARS, End, Hello
from server.live.patient_stream import Incomplete, PatientStream, Superseded
from server.services import Services, ServicesHere
from server.store import devices, recordings
from server.store.devices import Device
from server.store.recordings import Recording

HELLO_WITHIN_S = 10.0
"""A collector says hello at once; this is for a slow phone, and against idle sockets."""
MAX_REFUSED_IN_A_ROW = 100
"""A broken sender: at one message a second it has had more than a minute and a half."""
SUPERSEDED = 4001
"""Closing code: another connection brings this recording, or this one is to begin anew."""

T = TypeVar("T")

SENDS, DOES_SETS = Gate(Action.SEND_SIGNAL), Gate(Action.DO_SETS)

router = APIRouter()
log = logging.getLogger(__name__)


@router.websocket("/api/v1/ingest")
async def ingest(
    websocket: WebSocket,
    entry: Annotated[Entry, Depends(SENDS)],
    services: ServicesHere,
) -> None:
    """Take in one recording from one collector."""
    await _take_in(websocket, services, entry.device, SENDS)


@router.websocket("/api/v1/patients/{patient_id}/phone")
async def phone(
    websocket: WebSocket,
    entry: Annotated[Entry, Depends(DOES_SETS)],
    services: ServicesHere,
) -> None:
    """Take in one recording from the patient's own page, whose phone is the sensor."""
    async with services.database.writing() as database:
        device = await devices.phone_of(database, entry.whose.id, services.now())
    await _take_in(websocket, services, device, DOES_SETS)


async def _take_in(websocket: WebSocket, services: Services, device: Device, rule: Gate) -> None:
    await websocket.accept()
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            hello = await _hello(websocket)
        recording = await _recording(services, device, hello)
    except (TimeoutError, Refused) as problem:
        await _refuse(websocket, str(problem) or "no hello came", None)
        await websocket.close(WS_1008_POLICY_VIOLATION)
        return
    except WebSocketDisconnect:
        return
    with services.metrics.senders.track_inprogress():
        await _Intake(websocket, services, recording, rule).run()


async def _hello(websocket: WebSocket) -> Hello:
    while True:
        text, _ = await _receive(websocket)
        try:
            return _parsed(HELLO, text)
        except Refused as problem:
            await _refuse(websocket, str(problem), None)


async def _recording(services: Services, device: Device, hello: Hello) -> Recording:
    """The recording that a hello means, begun if it is new."""
    async with services.database.writing() as database:
        known = await recordings.find(database, hello.recording_id)
        if known is None:
            check_started_at(hello.started_at, services.now())
            known = _new_recording(device, hello)
            await recordings.add(database, known)
    if known.device_id != device.id:
        raise Refused("this recording_id is taken: make a new one")
    return known


def _new_recording(device: Device, hello: Hello) -> Recording:
    return Recording(
        id=hello.recording_id,
        patient_id=device.patient_id,
        device_id=device.id,
        sensor_name=hello.device.name,
        sensor_kind=hello.device.kind,
        sensor_serial=hello.device.serial,
        rate_hz=hello.rate_hz,
        placement=hello.placement or device.placement,
        side=hello.side or device.side,
        exercise=hello.exercise,
        started_at=hello.started_at,
        utc_offset_min=utc_offset_min(hello.started_at),
    )


class _Intake:
    """One connection from its welcome on."""

    def __init__(
        self, websocket: WebSocket, services: Services, recording: Recording, rule: Gate
    ) -> None:
        self._websocket = websocket
        self._services = services
        self._recording = recording
        self._rule = rule
        self._checked_at_s = services.clock.monotonic_s()
        self._stream: PatientStream = services.streams.of(recording.patient_id)
        self._refused = 0
        self._refused_in_a_row = 0
        self._is_over = False

    async def run(self) -> None:
        try:
            next_sequence = await self._stream.attach(self._recording.id, self)
            await self._websocket.send_json({"type": "welcome", "next_sequence": next_sequence})
            while not self._is_over:
                await self._next()
                await self._check()
        except Refused as problem:
            await _refuse(self._websocket, str(problem), None)
            await self._websocket.close(WS_1013_TRY_AGAIN_LATER)
        except Superseded:
            await self._websocket.close(SUPERSEDED, "connect again to go on")
        except Incomplete:
            await self._websocket.close(
                WS_1013_TRY_AGAIN_LATER, "chunks are missing: connect again"
            )
        except SQLAlchemyError as problem:
            log.error("signal could not be stored: %s", type(problem).__name__)
            await self._websocket.close(WS_1013_TRY_AGAIN_LATER, "not stored: connect again")
        except WebSocketDisconnect:
            pass
        finally:
            await self._stream.lose(self)
            await self._note_refused()

    async def _next(self) -> None:
        text, payload = await _receive(self._websocket)
        chunk = None
        try:
            if payload is None:
                await self._listen(text)
            else:
                chunk = _decoded(payload)
                await self._take(chunk, payload)
            self._refused_in_a_row = 0
        except Refused as problem:
            await self._refuse(str(problem), chunk.sequence if chunk else None)

    async def _check(self) -> None:
        """Hear a sender who was shut out no longer; what it sent before that stays."""
        now_s = self._services.clock.monotonic_s()
        if self._is_over or now_s - self._checked_at_s < self._services.settings.recheck_every_s:
            return
        self._checked_at_s = now_s
        if not await self._rule.still_admits(self._websocket):
            self._is_over = True
            await self._websocket.close(WS_1008_POLICY_VIOLATION, "this token is taken back")

    async def _take(self, chunk: Chunk, payload: bytes) -> None:
        with self._services.metrics.chunk_seconds.time():
            on_disk = await self._stream.take(chunk, payload, self)
        self._services.metrics.chunks.inc()
        await self._websocket.send_json({"type": "ack", "sequence": on_disk})

    async def _listen(self, text: str | None) -> None:
        message = _parsed(LATER, text)
        if isinstance(message, End):
            await self._stream.end(self, message.chunks)
            await self._note_refused()
            self._is_over = True
            await self._websocket.send_json({"type": "ended"})
            await self._websocket.close()
        else:
            await self._stream.see_status(self, message.battery_pct, message.link)

    async def _refuse(self, reason: str, sequence: int | None) -> None:
        self._refused += 1
        self._services.metrics.refused.inc()
        self._refused_in_a_row += 1
        await _refuse(self._websocket, reason, sequence)
        if self._refused_in_a_row >= MAX_REFUSED_IN_A_ROW:
            self._is_over = True
            await self._websocket.close(WS_1008_POLICY_VIOLATION, "nothing but refused messages")

    async def _note_refused(self) -> None:
        refused, self._refused = self._refused, 0
        if refused:
            async with self._services.database.writing() as database:
                await recordings.count_refused(database, self._recording.id, refused)


async def _receive(websocket: WebSocket) -> tuple[str | None, bytes | None]:
    """The next message, text or bytes; raises WebSocketDisconnect when there is none."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    return message.get("text"), message.get("bytes")


def _decoded(payload: bytes) -> Chunk:
    try:
        return decode_chunk(payload)
    except DecodeError as problem:
        raise Refused(problem.problem) from problem


def _parsed(adapter: TypeAdapter[T], text: str | None) -> T:
    if text is None:
        raise Refused("a text message was expected")
    if len(text) > MAX_TEXT_CHARS:
        raise Refused(f"a text message has at most {MAX_TEXT_CHARS} characters")
    try:
        return adapter.validate_json(text)
    except ValidationError as problem:
        raise Refused(_first_error(problem)) from problem


def _first_error(problem: ValidationError) -> str:
    error = problem.errors(include_url=False, include_input=False, include_context=False)[0]
    where = "/".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}" if where else error["msg"]


async def _refuse(websocket: WebSocket, reason: str, sequence: int | None) -> None:
    await websocket.send_json({"type": "refused", "reason": reason, "sequence": sequence})
