"""Seconds after its end a set settles: what the signal around it tells is kept with it."""

from typing import Any

import pytest
from sqlalchemy import update

from sensors.synthetic import (
    ORDINARY,
    LimbParams,
    SensorParams,
    SetScript,
    TremorScript,
    synthesize,
)
from sensors.synthetic.truth import Phase
from server.settling import Settling
from server.store import shaking, signals
from server.store.tables import chunk
from tests.server.house import House, a_set, blocks_of

ON_BOTH_ENGINES = True

SLOW = SetScript(reps=6, concentric_s=2.0, hold_s=2.0, eccentric_s=2.0, rest_s=2.0, jitter=0.05)
BENT = LimbParams(rest_up=(0.7, 0.7, 0.1))


async def shaking_in_the_hold(house: House) -> dict[str, Any]:
    """A set of Anna's that shakes while it is held, as the interface tells it."""
    tremor = TremorScript(8.0, 0.5, phases=(Phase.HOLD,))
    made = synthesize(SLOW, BENT, SensorParams(), tremor, 1, ORDINARY).recording
    async with house.collector() as sender:
        await sender.chunks(blocks_of(made))
        await sender.end()
    return await the_set(house)


async def the_set(house: House) -> dict[str, Any]:
    (one,) = await house.sets_of_anna()
    browser = await house.client(house.anna)
    found: dict[str, Any] = (await browser.get(f"/api/v1/sets/{one['id']}")).json()
    return found


async def test_a_settled_set_tells_its_phases_and_how_its_samples_came(house: House) -> None:
    await shaking_in_the_hold(house)
    await house.settle()
    known = (await the_set(house))["settled"]
    said = {each["phase"]: each["status"] for each in known["phases"]}
    assert (said["hold"], said["rest"]) == ("tremor", "none")
    assert len(known["course"]["amp_rms_ms2"]) == 6
    assert known["effective_rate_hz"] == pytest.approx(100, abs=0.5)
    assert known["gap_s"] == 0


async def test_all_figures_of_the_shaking_are_kept(house: House) -> None:
    found = await shaking_in_the_hold(house)
    for figures in (found["tremor"], *found["tremor_windows"]):
        missing = [name for name, value in figures.items() if value is None]
        assert missing == []


async def test_a_set_waits_until_the_signal_after_it_is_there(house: House) -> None:
    async with house.collector() as sender:
        await sender.chunks(blocks_of(a_set()))
        async with house.services.database.reading() as connection:
            assert await shaking.unsettled(connection, signals.AROUND_S, 10) == []
        await sender.end()
    await house.settle()
    assert (await the_set(house))["settled"] is not None


async def test_a_set_of_an_earlier_version_is_left_as_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.store.shaking.ALGORITHM_VERSION", "2099.1.1")
    async with house.collector() as sender:
        await sender.chunks(blocks_of(a_set()))
        await sender.end()
    await house.settle()
    assert (await the_set(house))["settled"] is None


async def test_a_set_whose_signal_is_broken_keeps_no_other_from_settling(house: House) -> None:
    async with house.collector(token=house.bens_token) as sender:
        await sender.chunks(blocks_of(a_set()))
        await sender.end()
        bens = sender.recording_id
    async with house.services.database.writing() as connection:
        broken = update(chunk).where(chunk.c.recording_id == bens).values(payload_zlib=b"no")
        await connection.execute(broken)
    await shaking_in_the_hold(house)
    settling = Settling(house.services.database, house.services.clock)
    while await settling.settle():
        pass
    assert (await the_set(house))["settled"] is not None
