"""Keeping a set as the good one, and putting others beside it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from detection.reference import Comparison, NoReference
from server.store import good_sets, sets, signals
from server.store.good_sets import GoodSet
from server.store.people import Person
from server.store.sets import StoredSet


@dataclass(frozen=True, slots=True)
class Compared:
    """A set beside the good one of its exercise, side and placement.

    done: the good one as it is stored. found: None where nothing can be compared, as for the good
    set itself.
    """

    good: GoodSet
    done: StoredSet
    found: Comparison | None


async def keep(
    connection: AsyncConnection, stored: StoredSet, by: Person, now: datetime
) -> GoodSet:
    """Keep a set as the good one of its exercise, side and placement; in a writing transaction.

    Raises NoReference where it cannot be one.
    """
    if stored.exercise is None:
        raise NoReference("it is not known which exercise this set was: choose one before a set")
    reference = await signals.reference(connection, stored)
    new = GoodSet(
        set_id=stored.id,
        patient_id=stored.patient_id,
        exercise=stored.exercise,
        side=stored.side,
        placement=stored.placement,
        reference=reference,
        kept_by=by.id,
        kept_at=now,
    )
    await good_sets.keep(connection, new)
    return await _standing(connection, stored) or new


async def compared(connection: AsyncConnection, stored: StoredSet) -> Compared | None:
    """A set beside the good one; None where none is kept of its exercise, side and placement."""
    good = await _standing(connection, stored)
    if good is None:
        return None
    if good.set_id == stored.id:
        return Compared(good, stored, None)
    done = await sets.find(connection, good.set_id)
    if done is None:
        return None
    return Compared(good, done, await signals.beside(connection, stored, good.reference))


async def _standing(connection: AsyncConnection, stored: StoredSet) -> GoodSet | None:
    if stored.exercise is None:
        return None
    return await good_sets.standing(
        connection, stored.patient_id, stored.exercise, stored.side, stored.placement
    )
