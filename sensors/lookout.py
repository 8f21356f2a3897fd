"""One scanner for all who look for a sensor, and one connection made at a time.

Many adapters cannot scan and connect at once, nor scan twice. Whoever looks takes part in the same
scan: it stops when anybody's sensor is seen, that one connects, and the scan goes on for the
others, so that a sensor that stays away keeps nobody waiting. A sensor belongs to who connected to
it until it is let go, and is known again by its whole name, for addresses change; only two of the
same name are told apart by their addresses.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sensors.ble_discovery import FAMILIES, Found, Radio, first_seen
from sensors.errors import SensorNotFound


class Seeker:
    """Somebody who looks for one sensor.

    wanted: part of a name such as the serial number on the sensor, any case, or an address; None:
    any sensor. own: the one that it has; no other will do then.
    """

    def __init__(self, wanted: str | None = None) -> None:
        self.wanted = wanted
        self.own: Found | None = None
        self.found: Found | None = None
        self._scan_s = self.left_s = self._since_s = 0.0

    @property
    def is_served(self) -> bool:
        """Whether its sensor was seen since it began to look."""
        return self.found is not None

    def begin(self, scan_s: float) -> None:
        """Look, for so long."""
        self.found, self._since_s = None, time.monotonic()
        self._scan_s = self.left_s = scan_s

    def looked(self, began_s: float) -> None:
        """Note a scan that began then and is over now."""
        self.left_s -= time.monotonic() - max(began_s, self._since_s)

    def missed(self) -> SensorNotFound:
        """What to say when the time is over."""
        what = f"sensor {self.wanted!r}" if self.wanted else FAMILIES
        return SensorNotFound(what, self._scan_s)


class Lookout:
    """The scanner of a radio, for everybody who shares it."""

    def __init__(self, radio: Radio) -> None:
        self.radio = radio
        self._turn = asyncio.Lock()
        self._looking: list[Seeker] = []
        self._owners: list[Seeker] = []

    @asynccontextmanager
    async def sensor(self, seeker: Seeker, scan_s: float) -> AsyncIterator[Found]:
        """The sensor; while the block lasts nobody else scans or connects.

        Raises SensorNotFound after `scan_s` of scanning, BluetoothUnavailable if this computer
        cannot scan.
        """
        seeker.begin(scan_s)
        self._looking.append(seeker)
        try:
            while not seeker.is_served:
                async with self._turn:
                    if not seeker.is_served:
                        await self._scan(seeker)
                    if seeker.found is not None:
                        self._looking.remove(seeker)
                        yield seeker.found
        finally:
            if seeker in self._looking:
                self._looking.remove(seeker)

    def keep(self, seeker: Seeker, found: Found) -> None:
        """The seeker is connected to it: from now on it is nobody else's."""
        if seeker.own is None:
            self._owners.append(seeker)
        seeker.own = found

    def let_go(self, seeker: Seeker) -> None:
        """Whoever looks next may have the sensor; one that has none is no error."""
        if seeker.own is not None:
            self._owners.remove(seeker)
            seeker.own = None

    async def _scan(self, seeker: Seeker) -> None:
        """Look for everybody until anybody's sensor is seen, or the seeker's time is over."""
        began_s = time.monotonic()
        found = await first_seen(self._is_wanted, seeker.left_s, self.radio)
        for each in self._looking:
            each.looked(began_s)
        taker = None if found is None else self._taker(found)
        if taker is not None:
            taker.found = found
        elif seeker.left_s <= 0:
            raise seeker.missed()

    def _is_wanted(self, found: Found) -> bool:
        return self._taker(found) is not None

    def _taker(self, found: Found) -> Seeker | None:
        """Whose sensor it is, of those who still look; who lost it comes before who wants any."""
        looking = [each for each in self._looking if not each.is_served]
        looking.sort(key=lambda each: each.own is None)
        return next((each for each in looking if self._may_have(each, found)), None)

    def _may_have(self, seeker: Seeker, found: Found) -> bool:
        others = [each.own for each in self._owners if each is not seeker and each.own is not None]
        if any(_is_same(other, found) for other in others):
            return False
        if seeker.own is None:
            return found.answers_to(seeker.wanted)
        has_namesake = any(other.name == seeker.own.name for other in others)
        return _is_same(seeker.own, found) if has_namesake else found.name == seeker.own.name


def _is_same(one: Found, other: Found) -> bool:
    return one.name == other.name and one.device.address == other.device.address
