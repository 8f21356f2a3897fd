"""A leg that goes on exercising: set, rest, set, in real time, through the same way in as a sensor.

The signal goes to the server as a collector's would: spooled, over the ingest WebSocket,
acknowledged. Nothing in the server knows that the leg is simulated.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from sensors.samples import SampleBlock
from sensors.uplink import Hello, Report, Uplink, ingest_url, new_spool
from server.demo.history import LAST_MS2, SENSOR_KIND, SENSOR_NAME
from server.demo.session import EXERCISE, PLACEMENT, RATE_HZ, SIDE, set_blocks

BLOCK_S = 0.2
"""As often as a Bluetooth sensor delivers; a count is seen at most this much late."""
REST_S = 20.0
"""Long enough to be seen as a rest, short enough for somebody who watches."""
FIRST_SEED = 1000
"""Away from the history's seeds: no live set repeats one of the weeks before."""
BATTERY_PCT = 82


async def leg_blocks() -> AsyncIterator[SampleBlock]:
    """The leg's signal as it happens, without end."""
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    start_s = 0.0
    for seed in count(FIRST_SEED):
        blocks = await asyncio.to_thread(set_blocks, seed, LAST_MS2, start_s, BLOCK_S, REST_S)
        for block in blocks:
            end_s = float(block.t_s[-1]) + 1 / RATE_HZ
            await asyncio.sleep(begun_s + end_s - loop.time())
            yield block
        start_s = end_s


async def stream_leg(server: str, token: str, folder: Path, now: datetime) -> None:
    """Send the leg's signal to a server until cancelled."""
    hello = Hello(
        recording_id=str(uuid4()),
        rate_hz=RATE_HZ,
        device_name=SENSOR_NAME,
        device_kind=SENSOR_KIND,
        serial=None,
        placement=PLACEMENT,
        side=SIDE,
        exercise=EXERCISE,
        started_at=now,
    )
    spool = new_spool(folder, hello)
    uplink = Uplink(ingest_url(server), token, spool)
    uplink.report(Report(battery_pct=BATTERY_PCT, rssi_dbm=None, link="streaming"))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(uplink.run())
        async for block in leg_blocks():
            await uplink.put(block)
