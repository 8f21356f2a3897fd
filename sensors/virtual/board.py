"""A board with the open profile on a virtual radio, worn by a limb that lives through a recording.

Its bytes are those that a real one would send (docs/open-profile.md): 16-bit samples, clipped at
its range, with the milliseconds of its clock. That clock runs on while nobody listens; after the
recording's end the limb lies still.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from bumble import ll
from bumble.core import AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import HCI_CONNECTION_TIMEOUT_ERROR

from sensors.decoders.open_profile import FULL_SCALE, STARTED, TICK, Operation, Status
from sensors.profiles import OPEN
from sensors.recording import Recording
from sensors.samples import STANDARD_GRAVITY_MS2
from sensors.virtual.radio import Air, make_device

NAME, ADDRESS = "Steadyrep virtual 1", "F0:F1:F2:F3:F4:F6"
RANGE_G = 8
PACKET_S, MOST_PACKET_SAMPLES = 0.1, 40
"""Ten packets a second as Bluetooth sensors send them; 40 samples fit what is usually agreed."""
ADVERTISED_EVERY_MS = 20
WRITE, INDICATE = Characteristic.Properties.WRITE, Characteristic.Properties.INDICATE
NOTIFY = Characteristic.Properties.NOTIFY


class VirtualBoard:
    """Plays `recording` at `speed` (1: real time, math.inf: as fast as the link takes it).

    packet_samples: in each notification; None: of a tenth of a second.
    wrote: what was written to its control characteristic.
    """

    def __init__(
        self,
        air: Air,
        recording: Recording,
        *,
        speed: float = 1.0,
        packet_samples: int | None = None,
    ) -> None:
        self.wrote: list[bytes] = []
        self._rate_hz, self._speed = recording.rate_hz, speed
        self._size = packet_samples or _packet_samples(recording.rate_hz)
        self._raw = _counts(recording)
        self._t_s = recording.t_s - recording.t_s[0]
        self._next = 0
        self._began_s: float | None = None
        self._playing: asyncio.Task[None] | None = None
        self._device, self._chip = make_device(air, NAME, ADDRESS)
        self._data = Characteristic(OPEN.data_uuid, NOTIFY, Characteristic.READABLE, b"")
        self._control: Characteristic[bytes] = Characteristic(
            OPEN.control_uuid or "",
            WRITE | INDICATE,
            Characteristic.WRITEABLE,
            CharacteristicValue(write=self._written),
        )

    async def power_on(self) -> None:
        """Advertise, and answer whoever connects."""
        self._device.add_service(Service(OPEN.service_uuid, [self._control, self._data]))
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, NAME.encode())
        self._device.advertising_data = bytes(AdvertisingData([name]))
        await self._device.power_on()
        await self._device.start_advertising(
            auto_restart=True,
            advertising_interval_min=ADVERTISED_EVERY_MS,
            advertising_interval_max=ADVERTISED_EVERY_MS,
        )

    async def power_off(self) -> None:
        """Say nothing any more."""
        self.fall_silent()
        await self._device.power_off()

    def fall_silent(self) -> None:
        """Stay connected and send nothing until the next start, as a sketch that hangs."""
        if self._playing is not None:
            self._playing.cancel()

    def drop_link(self) -> None:
        """Let the radio link time out on both sides, as when the body walks away."""
        self.fall_silent()
        for connection in list(self._chip.le_connections.values()):
            connection.send_ll_control_pdu(ll.TerminateInd(HCI_CONNECTION_TIMEOUT_ERROR))
            self._chip.on_le_disconnected(connection, HCI_CONNECTION_TIMEOUT_ERROR)

    async def _written(self, _: Connection, value: bytes) -> None:
        self.wrote.append(bytes(value))
        self.fall_silent()
        answer = bytes([value[0], Status.OK])
        if value[0] == Operation.START:
            answer += STARTED.pack(round(10 * self._rate_hz), RANGE_G)
            self._playing = asyncio.create_task(self._play())
        await self._device.indicate_subscribers(self._control, answer)

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        if self._began_s is None:
            self._began_s = loop.time()
        self._live_on((loop.time() - self._began_s) * self._speed)
        while True:
            self._next += self._size
            due_s = self._began_s + self._time_s(self._next) / self._speed
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            await self._device.notify_subscribers(self._data, self._packet())

    def _live_on(self, until_s: float) -> None:
        """Pass over what was measured while nobody listened; at endless speed nothing was."""
        if math.isfinite(until_s):
            while self._time_s(self._next + self._size) <= until_s:
                self._next += self._size

    def _packet(self) -> bytes:
        """The samples before `_next`, with the time of the last."""
        indices = np.arange(self._next - self._size, self._next)
        last_ms = round(1000 * self._time_s(self._next - 1))
        raw = self._raw[np.minimum(indices, len(self._raw) - 1)]
        return TICK.pack(last_ms % 2**32) + raw.tobytes()

    def _time_s(self, index: int) -> float:
        last = len(self._t_s) - 1
        return float(self._t_s[min(index, last)] + max(0, index - last) / self._rate_hz)


def _packet_samples(rate_hz: float) -> int:
    return min(MOST_PACKET_SAMPLES, max(1, round(rate_hz * PACKET_S)))


def _counts(recording: Recording) -> "np.ndarray[tuple[int, ...], np.dtype[np.int16]]":
    """(n, 3) as its converter gives them; what is beyond the range is clipped."""
    counts = np.rint(recording.acc_ms2 * (FULL_SCALE / (RANGE_G * STANDARD_GRAVITY_MS2)))
    return np.clip(counts, -32768, 32767).astype("<i2")


@asynccontextmanager
async def worn_board(
    air: Air, recording: Recording, *, speed: float = 1.0, packet_samples: int | None = None
) -> AsyncIterator[VirtualBoard]:
    """A board that is on and advertises while the block lasts."""
    board = VirtualBoard(air, recording, speed=speed, packet_samples=packet_samples)
    await board.power_on()
    try:
        yield board
    finally:
        await board.power_off()
