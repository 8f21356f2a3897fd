"""Sending a recording to a server, as a collector sends a sensor's signal: spooled, acknowledged.

Nothing in the server knows that no sensor is behind it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from detection.events import Event, SetEnded
from detection.pipeline import Tracker
from sensors.errors import SensorError
from sensors.playback import LIVE_BLOCK_S, PlaybackSource
from sensors.recording import Recording
from sensors.uplink import Hello, Report
from server.collect.delivery import Delivery, ServerAccess

REPLAY_BLOCK_S = 1.0
"""Where nobody waits for a count, blocks as long as the chunks of the protocol."""
NO_KIND = "recording"
"""Kind of a device of which only the name is known, or nothing."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What is sent. speed: times faster than life; infinite: as fast as it is taken."""

    recording: Recording
    access: ServerAccess
    started_at: datetime
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it. counts: repetitions of each set. waiting: chunks that did not arrive, of
    this and earlier recordings; they are on the disk and go with the next session."""

    samples: int
    counts: tuple[int, ...]
    waiting: int
    problem: str | None


async def send(wish: Sending, tracker: Tracker, on_progress: Callable[[float], None]) -> Sent:
    """Send a recording and wait until the server has all of it.

    on_progress: told the seconds sent so far. Raises UplinkRefused, SpoolFailed.
    """
    delivery = Delivery(wish.access)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(delivery.run())
            counts = await _put_all(wish, delivery, tracker, on_progress)
    except* SensorError as problems:
        raise problems.exceptions[0] from None
    finally:
        delivery.close()
    return Sent(len(wish.recording), tuple(counts), delivery.waiting, delivery.problem)


async def _put_all(
    wish: Sending, delivery: Delivery, tracker: Tracker, on_progress: Callable[[float], None]
) -> list[int]:
    """Send it all; return what was counted of it, so that the two ends can be compared."""
    block_s = LIVE_BLOCK_S if wish.speed == 1.0 else REPLAY_BLOCK_S
    first_s = float(wish.recording.t_s[0])
    events: list[Event] = []
    await delivery.begin(_hello(wish))
    delivery.report(Report(battery_pct=None, rssi_dbm=None, link="streaming"))
    async for block in PlaybackSource(wish.recording, wish.speed, block_s).blocks():
        await delivery.put(block)
        events += tracker.push(block)
        on_progress(float(block.t_s[-1]) - first_s)
    await delivery.end()
    return [len(e.reps) for e in events + tracker.flush() if isinstance(e, SetEnded)]


def _hello(wish: Sending) -> Hello:
    info, recording = wish.recording.info, wish.recording
    return Hello(
        recording_id=str(uuid4()),
        rate_hz=recording.rate_hz,
        device_name=info.device or "recording",
        device_kind=NO_KIND,
        serial=None,
        placement=info.placement,
        side=info.side,
        exercise=info.exercise,
        started_at=wish.started_at,
    )
