"""Which algorithm made a number: its version and parameters, each combination kept once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import algorithm


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A version and the parameters it ran with (anything JSON can say)."""

    version: str
    parameters: Mapping[str, Any]

    def digest(self) -> bytes:
        """SHA-256 over version and parameters, whatever their order."""
        content = json.dumps([self.version, self.parameters], sort_keys=True, allow_nan=False)
        return hashlib.sha256(content.encode()).digest()


async def ensure(connection: AsyncConnection, made_by: Algorithm) -> UUID:
    """The id under which this algorithm is kept, adding it the first time."""
    query = select(algorithm.c.id).where(algorithm.c.digest_sha256 == made_by.digest())
    known: UUID | None = (await connection.execute(query)).scalar_one_or_none()
    if known is not None:
        return known
    new = uuid4()
    await connection.execute(
        insert(algorithm).values(
            id=new,
            version=made_by.version,
            parameters=dict(made_by.parameters),
            digest_sha256=made_by.digest(),
        )
    )
    return new
