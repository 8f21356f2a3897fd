"""Recordings and their numbered chunks: the raw signal, from which any number can be remade."""

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sensors.chunks import Chunk, decode_chunk
from server.store.tables import chunk, recording

ZLIB_LEVEL = 1
"""Fast: measured within a few per cent of the size of level 6 on float32 signal."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a stream said of itself. `started_at` is the moment of stream second 0."""

    id: UUID
    patient_id: UUID
    device_id: UUID
    sensor_name: str
    sensor_kind: str
    sensor_serial: str | None
    rate_hz: float
    placement: str | None
    side: str | None
    exercise: str | None
    started_at: datetime
    utc_offset_min: int
    sealed_at: datetime | None = None

    @property
    def local_start(self) -> datetime:
        """When it began, on the patient's clock."""
        return self.started_at.astimezone(timezone(timedelta(minutes=self.utc_offset_min)))

    def instant(self, stream_s: float) -> datetime:
        """The moment of a stream time."""
        return self.started_at + timedelta(seconds=stream_s)


COLUMNS = tuple(recording.c[name] for name in Recording.__dataclass_fields__)


async def add(connection: AsyncConnection, new: Recording) -> None:
    """Begin a recording."""
    await connection.execute(
        insert(recording).values(
            id=new.id,
            patient_id=new.patient_id,
            device_id=new.device_id,
            sensor_name=new.sensor_name,
            sensor_kind=new.sensor_kind,
            sensor_serial=new.sensor_serial,
            rate_hz=new.rate_hz,
            placement=new.placement,
            side=new.side,
            exercise=new.exercise,
            started_at=new.started_at,
            utc_offset_min=new.utc_offset_min,
        )
    )


async def find(connection: AsyncConnection, recording_id: UUID) -> Recording | None:
    """The recording with this id."""
    query = select(*COLUMNS).where(recording.c.id == recording_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return Recording(**row) if row else None


async def get(connection: AsyncConnection, recording_id: UUID) -> Recording:
    """The recording with this id, which is known to be there."""
    query = select(*COLUMNS).where(recording.c.id == recording_id)
    return Recording(**(await connection.execute(query)).mappings().one())


async def of_patient(connection: AsyncConnection, patient_id: UUID) -> list[Recording]:
    """A patient's recordings, oldest first."""
    query = (
        select(*COLUMNS)
        .where(recording.c.patient_id == patient_id)
        .order_by(recording.c.started_at, recording.c.id)
    )
    return [Recording(*row) for row in await connection.execute(query)]


async def seal(connection: AsyncConnection, recording_id: UUID, now: datetime) -> None:
    """Close a recording: no chunk can be added any more."""
    await connection.execute(
        update(recording)
        .where(recording.c.id == recording_id, recording.c.sealed_at.is_(None))
        .values(sealed_at=now)
    )


async def count_refused(connection: AsyncConnection, recording_id: UUID, refused: int) -> None:
    """Add to the number of messages that this recording's sender had refused."""
    await connection.execute(
        update(recording)
        .where(recording.c.id == recording_id)
        .values(refused_messages=recording.c.refused_messages + refused)
    )


async def add_chunk(
    connection: AsyncConnection, recording_id: UUID, new: Chunk, payload: bytes, now: datetime
) -> None:
    """Keep a chunk exactly as it came."""
    await connection.execute(
        insert(chunk).values(
            recording_id=recording_id,
            sequence=new.sequence,
            sha256=fingerprint(payload),
            payload_zlib=zlib.compress(payload, ZLIB_LEVEL),
            start_s=float(new.block.t_s[0]),
            end_s=float(new.block.t_s[-1]),
            received_at=now,
        )
    )


def fingerprint(payload: bytes) -> bytes:
    """SHA-256 of a chunk's bytes: tells a repeated chunk from another one of the same number."""
    return hashlib.sha256(payload).digest()


async def fingerprint_of(
    connection: AsyncConnection, recording_id: UUID, sequence: int
) -> bytes | None:
    """The fingerprint of a stored chunk."""
    query = select(chunk.c.sha256).where(
        chunk.c.recording_id == recording_id, chunk.c.sequence == sequence
    )
    stored: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return stored


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a recording is stored: the next sequence wanted, the last sample's stream time."""

    next_sequence: int
    end_s: float | None


async def extent(connection: AsyncConnection, recording_id: UUID) -> Extent:
    """How far this recording is stored; sequences are added in order, so there are no holes."""
    query = select(func.max(chunk.c.sequence), func.max(chunk.c.end_s)).where(
        chunk.c.recording_id == recording_id
    )
    last, end_s = (await connection.execute(query)).one()
    return Extent(0 if last is None else last + 1, end_s)


async def first_sequence_after(
    connection: AsyncConnection, recording_id: UUID, stream_s: float
) -> int:
    """The first chunk that holds anything at or after a stream time (0 if none does)."""
    query = select(func.min(chunk.c.sequence)).where(
        chunk.c.recording_id == recording_id, chunk.c.end_s >= stream_s
    )
    return (await connection.execute(query)).scalar_one() or 0


async def chunks_from(
    connection: AsyncConnection, recording_id: UUID, sequence: int
) -> AsyncIterator[Chunk]:
    """Stored chunks from a sequence number on, in order."""
    query = (
        select(chunk.c.payload_zlib)
        .where(chunk.c.recording_id == recording_id, chunk.c.sequence >= sequence)
        .order_by(chunk.c.sequence)
    )
    async for row in await connection.stream(query):
        yield decode_chunk(zlib.decompress(row.payload_zlib))


async def payloads(connection: AsyncConnection, recording_id: UUID) -> list[bytes]:
    """All stored chunks of a recording, in order, each as it came."""
    query = (
        select(chunk.c.payload_zlib)
        .where(chunk.c.recording_id == recording_id)
        .order_by(chunk.c.sequence)
    )
    packed = (await connection.execute(query)).scalars().all()
    return [zlib.decompress(each) for each in packed]


async def chunks_between(
    connection: AsyncConnection, recording_id: UUID, start_s: float, end_s: float
) -> list[Chunk]:
    """Stored chunks that overlap `[start_s, end_s)` of the stream, in order."""
    query = (
        select(chunk.c.payload_zlib)
        .where(
            chunk.c.recording_id == recording_id,
            chunk.c.end_s >= start_s,
            chunk.c.start_s < end_s,
        )
        .order_by(chunk.c.sequence)
    )
    packed = (await connection.execute(query)).scalars().all()
    return await asyncio.to_thread(_unpacked, packed)


def _unpacked(packed: Sequence[bytes]) -> list[Chunk]:
    return [decode_chunk(zlib.decompress(payload)) for payload in packed]
