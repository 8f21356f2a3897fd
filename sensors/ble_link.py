"""One Bluetooth connection: subscribed, started, listened to, stopped and closed.

- Subscribe, then start: what came in between would be lost.
- The callbacks are synchronous and only stamp and queue. An async one would be a task a packet,
  without order and without back-pressure.
- Stop the stream before disconnecting, or an H10 stays on and empties its battery.
- Wait for the disconnection, or the next connection hears every notification twice.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic

from sensors.ble_discovery import RADIO_ERRORS, Found, Radio
from sensors.errors import StreamLost
from sensors.inbox import Inbox
from sensors.profiles import Setting, Streaming

BATTERY_LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"


@dataclass(frozen=True, slots=True)
class LinkParams:
    """Limits of one connection.

    connect_s: to connect and to learn what the device has; BlueZ itself gives up after 25 s.
    answer_s: for one answer of the device, for the stop, and for the disconnection.
    capacity: packets waiting to be taken, about three minutes of them.
    """

    connect_s: float = 20.0
    answer_s: float = 5.0
    capacity: int = 1024


class Link:
    """A connection to a sensor that was found.

    arrivals: (host's monotonic seconds, payload) of each data packet in order; closed with the
    reason when the connection ends. battery_pct: None where the sensor does not say.
    """

    def __init__(self, found: Found, radio: Radio, params: LinkParams) -> None:
        self.found = found
        self.arrivals: Inbox[tuple[float, bytes]] = Inbox(found.name, params.capacity)
        self.battery_pct: int | None = None
        self._answers: Inbox[bytes] = Inbox(found.name, params.capacity)
        self._params = params
        self._client = BleakClient(
            found.device,
            disconnected_callback=self._on_disconnected,
            timeout=params.connect_s,
            backend=radio.client,
        )

    async def open(self) -> Streaming:
        """Connect and start the stream.

        Raises one of RADIO_ERRORS, StreamLost, SensorRefused or DecodeError; then `close` it.
        """
        async with asyncio.timeout(self._params.connect_s):
            await self._client.connect()
        profile = self.found.profile
        if profile.control_uuid is not None and profile.is_answer is None:
            await self._client.start_notify(profile.control_uuid, self._on_control)
        await self._set(profile.settings)
        await self._client.start_notify(profile.data_uuid, self._on_data)
        await self._follow_battery()
        return await self._start()

    async def close(self) -> None:
        """Stop the stream and disconnect; a link that is gone already is no error."""
        if self._client.is_connected:
            with suppress(*RADIO_ERRORS, StreamLost):
                async with asyncio.timeout(self._params.answer_s):
                    await self._stop()
        with suppress(*RADIO_ERRORS):
            async with asyncio.timeout(self._params.answer_s):
                await self._client.disconnect()

    async def _start(self) -> Streaming:
        dialogue = self.found.profile.start()
        try:
            write = next(dialogue)
            while True:
                write = dialogue.send(await self._converse(write))
        except StopIteration as done:
            streaming: Streaming = done.value
            return streaming

    async def _converse(self, write: bytes | Setting | None) -> bytes:
        """Write, and return the answer; empty for a setting, which has none."""
        if isinstance(write, Setting):
            await self._set((write,))
            return b""
        control = self.found.profile.control_uuid
        if write is not None and control is not None:
            await self._set((Setting(control, write),))
        return await self._answers.take(self._params.answer_s)

    async def _stop(self) -> None:
        profile = self.found.profile
        if profile.stop:
            await self._converse(profile.stop)
        await self._set(profile.parting)

    async def _set(self, settings: Sequence[Setting]) -> None:
        for setting in settings:
            await self._client.write_gatt_char(setting.uuid, setting.value, response=True)

    async def _follow_battery(self) -> None:
        level = self._client.services.get_characteristic(BATTERY_LEVEL)
        if level is None:
            return
        with suppress(*RADIO_ERRORS):  # a sensor that hides its battery still streams
            self._on_battery(level, await self._client.read_gatt_char(level))
            if "notify" in level.properties:
                await self._client.start_notify(level, self._on_battery)

    def _on_data(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        is_answer = self.found.profile.is_answer
        if is_answer is not None and is_answer(bytes(payload)):
            self._answers.put_nowait(bytes(payload))
        else:
            self.arrivals.put_nowait((time.monotonic(), bytes(payload)))

    def _on_control(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        if self.found.profile.is_stop_notice(bytes(payload)):
            self.arrivals.close("stopped by itself")
        else:
            self._answers.put_nowait(bytes(payload))

    def _on_battery(self, _: BleakGATTCharacteristic, payload: bytearray) -> None:
        if len(payload) == 1 and payload[0] <= 100:
            self.battery_pct = payload[0]

    def _on_disconnected(self, _: BleakClient) -> None:
        self.arrivals.close("link lost")
        self._answers.close("link lost")
