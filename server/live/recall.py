"""What the store knows of a patient's live set: after a restart, and after a failed write."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.live.following import Following, take_up
from server.live.live_memory import LiveMemory, recalled
from server.live.live_pair import LivePair
from server.live.live_set import LiveSet
from server.live.set_follower import SetFollower
from server.store import commands, memories, own_exercises, recordings
from server.store.memories import Memory

KEYS_KEPT = 200
"""Commands that may still be sent again: many more than a page holds back while offline."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was live as it was, what is remembered of it, and the keys of the last commands."""

    pair: LivePair
    memories: tuple[Memory, ...]
    keys: Sequence[UUID]


async def recall(database: AsyncConnection, patient_id: UUID, limit_s: float) -> Recalled:
    """Go on where the last commit ended."""
    keys = await commands.last_keys(database, patient_id, KEYS_KEPT)
    remembered = await memories.of_patient(database, patient_id)
    known = [await _recalled(database, patient_id, memory, limit_s) for memory in remembered]
    catalogue = await own_exercises.prescribed_to(database, patient_id)
    front, *others = known or [Following(SetFollower(None, catalogue))]
    beside = next((one for one in others if one.recording is not None), None)
    return Recalled(LivePair(front, beside), remembered, keys)


async def _recalled(
    database: AsyncConnection, patient_id: UUID, memory: Memory, limit_s: float
) -> Following:
    known = _readable(memory)
    catalogue = await own_exercises.prescribed_to(database, patient_id)
    if known is None:
        return Following(SetFollower(None, catalogue))
    if memory.recording_id is None:
        following = Following(SetFollower(recalled(LiveSet(), known), catalogue))
    else:
        recording = await recordings.get(database, memory.recording_id)
        following = await take_up(database, recording, known, limit_s)
    following.last_set_id = memory.last_set_id
    return following


def _readable(memory: Memory) -> LiveMemory | None:
    """A memory that makes no sense is none: the patient begins anew, and can."""
    try:
        return LiveMemory.model_validate(memory.content)
    except ValidationError as problem:
        log.error("what was remembered of a set cannot be read: %s", problem.title)
        return None
