"""Sets settle: seconds after its end the signal around a set is there, and more of it can be told.

Beside the live streams, in its own time: which phase of the repetitions shakes, whether that grows
over the set, how evenly the samples came. A set that is stored without it by a server that was
stopped is made up for when its turn comes; one of an earlier version is not, for what today's
version finds belongs beside it (`steadyrep reanalyze`).
"""

import asyncio
import logging
from uuid import UUID

from detection.sampling import Sampling
from server.clock import Clock
from server.store import sets, shaking, signals
from server.store.database import Database
from server.store.sets import StoredSet
from server.store.shaking import Settled

EVERY_S = 2.0
"""A page that is opened right after a set shows the rest of it when it is loaded again."""
AT_ONCE = 20
"""About half a second of work between two looks at what is new."""

log = logging.getLogger(__name__)


class Settling:
    """Looks for sets that have settled; skips those whose signal cannot be looked at."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._given_up: set[UUID] = set()

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            if not await self.settle():
                await asyncio.sleep(EVERY_S)

    async def settle(self) -> int:
        """Make up for what is missing of some sets; how many that was."""
        async with self._database.reading() as connection:
            limit = AT_ONCE + len(self._given_up)
            found = await shaking.unsettled(connection, signals.AROUND_S, limit)
        due = [set_id for set_id in found if set_id not in self._given_up]
        for set_id in due:
            await self._settle(set_id)
        return len(due)

    async def _settle(self, set_id: UUID) -> None:
        try:
            async with self._database.reading() as connection:
                stored = await sets.find(connection, set_id)
                if stored is None:  # erased meanwhile
                    return
                known = await signals.settled(connection, stored) or _without_signal(stored)
            async with self._database.writing() as connection:
                await shaking.settle(
                    connection, set_id, stored.algorithm_id, known, self._clock.now()
                )
        except Exception as problem:  # whatever it is, other sets are to settle
            log.error("set %s cannot be looked at again: %s", set_id, type(problem).__name__)
            self._given_up.add(set_id)


def _without_signal(stored: StoredSet) -> Settled:
    lasted_s = (stored.end_s or 0.0) - (stored.start_s or 0.0)
    return Settled(None, Sampling(None, None, lasted_s))
