"""Two sensors collected at once: from the radio to two files and to the real server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sensors.ble import BleParams
from sensors.ble_discovery import Radio
from sensors.errors import SensorNotFound
from sensors.profiles import POLAR
from sensors.recording import read_recording
from sensors.virtual.radio import Air, virtual_radio
from server.collect.collect_line import last_lines, line_of
from server.collect.collecting import Pace, Wish
from server.collect.delivery import ServerAccess
from server.collect.together import Seen, Together
from tests.sensors.moving_leg import a_moving_leg
from tests.sensors.small_server import SmallServer, serving
from tests.sensors.virtual_polar import H10, SECOND_H10, worn
from tests.server.house import HandClock, a_house
from tests.server.terminal import run
from tests.server.test_collect import BRIDGE, BRIDGE_REPS, HASTY, leave_behind

LEFT = Wish(device="0A1B", seconds=35.0, placement="thigh", side="left")
RIGHT = replace(LEFT, device="4E5F", side="right")
PATIENCE_S = 60.0


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
async def radio(air: Air) -> AsyncIterator[Radio]:
    async with virtual_radio(air) as radio:
        yield radio


async def collect(
    radio: Radio, *wishes: Wish, params: BleParams = HASTY, drain_s: float = 30.0
) -> list[Seen]:
    together = Together(wishes, radio=radio, params=params, pace=Pace(0.01, drain_s))
    async with asyncio.timeout(PATIENCE_S):
        return await together.run(lambda _: None)


async def test_both_are_counted_written_and_kept_by_the_server_each_on_its_own(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    bridge = read_recording(BRIDGE)
    async with (
        a_house(tmp_path / "house", HandClock(datetime.now(UTC))) as house,
        worn(air, bridge) as one,
        worn(air, bridge, name=SECOND_H10) as other,
    ):
        access = ServerAccess(house.address, house.sensor_token, tmp_path / "spool")
        outs = [tmp_path / "left.csv.gz", tmp_path / "right.csv.gz"]
        wishes = [
            replace(wish, out=out, access=access)
            for wish, out in zip((LEFT, RIGHT), outs, strict=True)
        ]
        seen = await collect(radio, *wishes)
        kept = await house.sets_of_anna()
    done = [each.done for each in seen if each.done is not None]
    assert [(each.counts, each.problem, each.waiting) for each in done] == [
        ((BRIDGE_REPS,), None, 0)
    ] * 2
    assert {each["side"]: each["auto_reps"] for each in kept} == {
        "left": BRIDGE_REPS,
        "right": BRIDGE_REPS,
    }
    assert [read_recording(out).info.device for out in outs] == [H10, SECOND_H10]
    assert [read_recording(out).info.side for out in outs] == ["left", "right"]
    assert not one.firmware.is_streaming
    assert not other.firmware.is_streaming
    assert list(access.spool_folder.glob("*.spool")) == []


async def test_one_stop_ends_both_in_good_order(air: Air, radio: Radio, tmp_path: Path) -> None:
    leg = a_moving_leg(60)
    outs = [tmp_path / "left.csv", tmp_path / "right.csv"]
    wishes = [
        replace(wish, seconds=None, out=out) for wish, out in zip((LEFT, RIGHT), outs, strict=True)
    ]
    together = Together(wishes, radio=radio, params=HASTY, pace=Pace(0.01))
    async with (
        worn(air, leg, speed=20.0) as one,
        worn(air, leg, speed=20.0, name=SECOND_H10) as other,
        asyncio.timeout(PATIENCE_S),
    ):
        running = asyncio.create_task(together.run(lambda _: None))
        await one.has_played(until_s=10)
        await other.has_played(until_s=10)
        together.stop()
        seen = await running
    assert [each.done.problem for each in seen if each.done is not None] == [None, None]
    assert [polar.firmware.writes[-1] for polar in (one, other)] == [POLAR.stop, POLAR.stop]
    assert all(len(read_recording(out)) > 1000 for out in outs)


async def test_one_that_is_not_there_leaves_the_other_alone(air: Air, radio: Radio) -> None:
    shown: list[list[str]] = []

    def show(seen: Sequence[Seen]) -> None:
        shown.append(list(map(line_of, seen)))

    hurried = replace(HASTY, scan_s=0.5)
    async with worn(air, a_moving_leg(60), speed=10.0), asyncio.timeout(PATIENCE_S):
        together = Together((LEFT, RIGHT), radio=radio, params=hurried, pace=Pace(0.01))
        there, missing = await together.run(show)
    assert there.done is not None
    assert there.done.problem is None
    assert there.done.stream_s >= 35.0
    assert missing.done is not None
    assert isinstance(missing.done.problem, SensorNotFound)
    assert shown[0] == ["left thigh  looking for a sensor", "right thigh  looking for a sensor"]
    assert shown[-1][0] == "left thigh  ended"
    assert shown[-1][1].startswith("right thigh  ended: no sensor '4E5F' found in 0.5 s")
    assert any(first.startswith(f"left thigh  {H10}: streaming") for first, _ in shown)
    assert next(iter(last_lines(there))).startswith(f"left thigh: {H10}: ")


async def test_what_earlier_sessions_left_is_sent_once(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    leg = a_moving_leg(60)
    async with (
        worn(air, leg),
        worn(air, leg, name=SECOND_H10),
        serving(SmallServer()) as server,
    ):
        access = ServerAccess(server.address, "secret", tmp_path / "spool")
        left_chunks = leave_behind(access)
        wishes = [replace(wish, seconds=5.0, access=access) for wish in (LEFT, RIGHT)]
        seen = await collect(radio, *wishes)
    assert [each.done.waiting for each in seen if each.done is not None] == [0, 0]
    assert len(server.recordings["earlier"]) == left_chunks
    assert len(server.recordings) == 3
    said = {one["side"]: one["device"]["serial"] for one in server.hellos if "side" in one}
    assert said == {"left": "0A1B2C3D", "right": "4E5F6A7B"}


TWO = ("--device", "0A1B", "--device", "4E5F")
SIDES = ("--side", "left", "--side", "right")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (TWO, "say where each is worn"),
        ((*TWO, "--side", "left"), "say where each is worn"),
        ((*TWO, "--placement", "thigh", "--side", "left"), "say where each is worn"),
        (("--device", "0A1B", "--device", "0A1B", *SIDES), "names the same sensor twice"),
        ((*TWO, *TWO, *SIDES), "2 sensors at most"),
        (SIDES, "--side is given 2 times for 1 --device"),
        ((*TWO, *SIDES, "--out", "leg.csv"), "--out once for each --device"),
        ((*TWO, *SIDES), "no system D-Bus: start dbus"),
        ((*TWO, "--placement", "thigh", "--placement", "shank"), "no system D-Bus: start dbus"),
    ],
)
def test_what_cannot_be_done_with_two_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    monkeypatch.chdir(tmp_path)
    result = run("collect", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
