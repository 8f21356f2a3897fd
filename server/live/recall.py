"""What the store knows of a patient's live set: after a restart, and after a failed write."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.live.following import Following, take_up
from server.live.live_memory import LiveMemory, recalled
from server.live.live_set import LiveSet
from server.live.set_follower import SetFollower
from server.store import commands, memories, recordings
from server.store.memories import Memory

KEYS_KEPT = 200
"""Commands that may still be sent again: many more than a page holds back while offline."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recalled:
    """The stream as it was, what is remembered of it, and the keys of the last commands."""

    following: Following
    memory: Memory | None
    keys: Sequence[UUID]


async def recall(database: AsyncConnection, patient_id: UUID, limit_s: float) -> Recalled:
    """Go on where the last commit ended."""
    keys = await commands.last_keys(database, patient_id, KEYS_KEPT)
    memory = await memories.find(database, patient_id)
    known = _readable(memory)
    if memory is None or known is None:
        return Recalled(Following(SetFollower()), memory, keys)
    if memory.recording_id is None:
        following = Following(SetFollower(recalled(LiveSet(), known)))
    else:
        recording = await recordings.get(database, memory.recording_id)
        following = await take_up(database, recording, known, limit_s)
    following.last_set_id = memory.last_set_id
    return Recalled(following, memory, keys)


def _readable(memory: Memory | None) -> LiveMemory | None:
    """A memory that makes no sense is none: the patient begins anew, and can."""
    try:
        return None if memory is None else LiveMemory.model_validate(memory.content)
    except ValidationError as problem:
        log.error("what was remembered of a set cannot be read: %s", problem.title)
        return None
