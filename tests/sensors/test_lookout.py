"""Two sensors on one radio: one scanner for both, connected one after the other, each its own."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from bleak.backends.device import BLEDevice

from sensors.ble import BleParams, BleSource
from sensors.ble_discovery import Found, Radio
from sensors.ble_link import LinkParams
from sensors.errors import SensorNotFound, StreamLost
from sensors.lookout import Lookout
from sensors.profiles import POLAR
from sensors.recording import Recording
from sensors.virtual.radio import Air, virtual_radio
from tests.sensors.moving_leg import a_moving_leg, assert_equals, listen
from tests.sensors.polar_firmware import Temper
from tests.sensors.virtual_polar import ADDRESSES, H10, SECOND_H10, VirtualPolar, worn

LEFT, RIGHT = H10, SECOND_H10
HASTY = BleParams(
    scan_s=5.0,
    retry_s=0.01,
    longest_pause_s=0.05,
    silence_s=3.0,
    link=LinkParams(connect_s=2.0, answer_s=2.0),
)


@dataclass
class Use:
    """What a radio was asked to do at the same time; `most`: of anything at once."""

    now: list[str] = field(default_factory=list)
    most: int = 0
    done: list[str] = field(default_factory=list)

    def begin(self, what: str) -> None:
        self.now.append(what)
        self.done.append(what)
        self.most = max(self.most, len(self.now))


def noted(radio: Radio, use: Use) -> Radio:
    """The same radio, which notes when it scans and connects."""
    scanner: Any = radio.scanner
    client: Any = radio.client

    class NotedScanner(scanner):  # type: ignore[misc]
        async def start(self) -> None:
            use.begin("scan")
            await super().start()

        async def stop(self) -> None:
            await super().stop()
            use.now.remove("scan")

    class NotedClient(client):  # type: ignore[misc]
        async def connect(self, *args: Any, **kwargs: Any) -> None:
            use.begin("connect")
            try:
                await super().connect(*args, **kwargs)
            finally:
                use.now.remove("connect")

    return Radio(NotedScanner, radio.adapter, NotedClient)


def still_leg(duration_s: float) -> Recording:
    moving = a_moving_leg(duration_s)
    return Recording(moving.t_s, 0 * moving.acc_ms2 + [0.0, 0.0, 9.80665], moving.rate_hz)


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
def use() -> Use:
    return Use()


@pytest.fixture
async def lookout(air: Air, use: Use) -> AsyncIterator[Lookout]:
    async with virtual_radio(air) as radio:
        yield Lookout(noted(radio, use))


def worn_at(
    air: Air, name: str, *, temper: Temper | None = None, speed: float = 50.0
) -> AbstractAsyncContextManager[VirtualPolar]:
    return worn(air, a_moving_leg(60), speed=speed, temper=temper, name=name)


async def test_two_sensors_are_found_and_connected_one_after_the_other(
    air: Air, lookout: Lookout, use: Use
) -> None:
    async with worn_at(air, LEFT), worn_at(air, RIGHT), AsyncExitStack() as both:
        left, right = await asyncio.gather(
            both.enter_async_context(BleSource("0A1B", lookout=lookout, params=HASTY)),
            both.enter_async_context(BleSource("4E5F", lookout=lookout, params=HASTY)),
        )
        assert (left.found.name, right.found.name) == (LEFT, RIGHT)
        heard = await asyncio.gather(listen(left, until_s=8), listen(right, until_s=8))
    for one in heard:
        assert_equals(one, a_moving_leg(60))
    assert (use.most, use.done.count("connect")) == (1, 2)


async def test_any_two_sensors_are_two_different_ones(air: Air, lookout: Lookout) -> None:
    async with worn_at(air, LEFT), worn_at(air, RIGHT), AsyncExitStack() as both:
        sources = [
            await both.enter_async_context(BleSource("polar", lookout=lookout, params=HASTY))
            for _ in range(2)
        ]
        assert {one.found.name for one in sources} == {LEFT, RIGHT}


async def test_a_sensor_that_is_taken_is_free_again_when_it_is_let_go(
    air: Air, lookout: Lookout
) -> None:
    async with worn_at(air, LEFT, speed=1.0):
        hurried = BleParams(scan_s=0.2)
        async with BleSource(None, lookout=lookout, params=HASTY):
            with pytest.raises(SensorNotFound):
                await BleSource(None, lookout=lookout, params=hurried).__aenter__()
        async with BleSource(None, lookout=lookout, params=HASTY) as again:
            assert again.found.name == LEFT


async def test_a_sensor_that_is_not_there_keeps_the_other_waiting_for_no_scan(
    air: Air, lookout: Lookout
) -> None:
    """The scan for the one that is missing is also that for the one that comes."""
    patient = BleParams(scan_s=60.0)
    loop = asyncio.get_running_loop()
    missing = asyncio.create_task(
        BleSource("nowhere", lookout=lookout, params=patient).__aenter__()
    )
    async with worn_at(air, RIGHT):
        began_s = loop.time()
        async with BleSource("4E5F", lookout=lookout, params=HASTY) as right:
            assert right.found.name == RIGHT
        assert loop.time() - began_s < 10
    missing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await missing


async def test_only_the_scanning_counts_against_the_time_to_be_found(
    air: Air, lookout: Lookout
) -> None:
    missing = BleSource("nowhere", lookout=lookout, params=BleParams(scan_s=0.3))
    async with worn_at(air, RIGHT):
        looking = asyncio.create_task(missing.__aenter__())
        async with BleSource("4E5F", lookout=lookout, params=HASTY) as right:
            with pytest.raises(SensorNotFound, match=r"'nowhere' found in 0\.3 s"):
                await looking
            await listen(right, until_s=2)


async def test_a_lost_sensor_is_known_again_by_its_name_and_not_taken_for_the_other(
    air: Air, lookout: Lookout, use: Use
) -> None:
    """Both drop at once; each comes back as itself, though any name would have done at first."""
    temper = {"drop_at_s": 6.0, "away_s": 3.0}
    async with (
        worn_at(air, LEFT, temper=Temper(**temper)),
        worn_at(air, RIGHT, temper=Temper(**temper)),
        AsyncExitStack() as both,
    ):
        sources = [
            await both.enter_async_context(BleSource("polar", lookout=lookout, params=HASTY))
            for _ in range(2)
        ]
        before = [one.found.name for one in sources]
        heard = await asyncio.gather(*(listen(one, until_s=15) for one in sources))
        assert [one.found.name for one in sources] == before
        assert [one.status.reconnects for one in sources] == [1, 1]
    for one in heard:
        assert_equals(one, a_moving_leg(60))
    assert use.most == 1


async def test_two_of_the_same_name_are_told_apart_by_their_addresses(
    air: Air, lookout: Lookout
) -> None:
    temper = {"drop_at_s": 6.0, "away_s": 3.0}
    twins = [
        VirtualPolar(
            air, leg, speed=50.0, name=LEFT, address=ADDRESSES[name], temper=Temper(**temper)
        )
        for name, leg in ((LEFT, a_moving_leg(60)), (RIGHT, still_leg(60)))
    ]
    for one in twins:
        await one.power_on()
    async with AsyncExitStack() as both:
        right, left = [
            await both.enter_async_context(
                BleSource(ADDRESSES[name], lookout=lookout, params=HASTY)
            )
            for name in (RIGHT, LEFT)
        ]
        of_left, of_right = await asyncio.gather(
            listen(left, until_s=15), listen(right, until_s=15)
        )
        assert [one.status.reconnects for one in (left, right)] == [1, 1]
    assert_equals(of_left, a_moving_leg(60))
    assert_equals(of_right, still_leg(60))
    for one in twins:
        await one.power_off()


async def test_one_that_leaves_for_good_leaves_the_other_alone(air: Air, lookout: Lookout) -> None:
    hurried = BleParams(scan_s=0.2, retry_s=0.01, give_up_s=0.3, silence_s=3.0)
    async with worn_at(air, LEFT) as gone, worn_at(air, RIGHT), AsyncExitStack() as both:
        left = await both.enter_async_context(BleSource("0A1B", lookout=lookout, params=hurried))
        right = await both.enter_async_context(BleSource("4E5F", lookout=lookout, params=HASTY))
        await gone.has_played(until_s=3)
        await gone.leave()
        with pytest.raises(StreamLost):
            await listen(left, until_s=math.inf)
        await listen(right, until_s=10)
        assert right.status.reconnects == 0


@pytest.mark.parametrize(
    ("name", "serial"),
    [(LEFT, "0A1B2C3D"), ("Movesense 175030000192", "175030000192"), ("Movella DOT", "AA:BB")],
)
def test_the_serial_is_in_the_name_or_else_the_address_stands_for_it(
    name: str, serial: str
) -> None:
    found = Found(BLEDevice("AA:BB", name, None), POLAR, name, "polar-h10", None)
    assert found.serial == serial
