"""`steadyrep collect`, from the radio to the file and the server."""

import asyncio
import json
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from sensors.ble import BleParams
from sensors.ble_discovery import Radio
from sensors.ble_link import LinkParams
from sensors.chunks import Chunk, decode_chunk, encode_chunk
from sensors.errors import SensorNotFound
from sensors.profiles import POLAR
from sensors.recording import Recording, read_recording
from sensors.spool import Spool
from sensors.uplink import UplinkRefused
from sensors.virtual.radio import Air, virtual_radio
from server.collect.collect_line import closing_lines, line, trace
from server.collect.collecting import Collected, Collector, Pace, Snapshot, Wish
from server.collect.delivery import ServerAccess
from tests.sensors.fake_bluez import fake_bluez
from tests.sensors.moving_leg import a_moving_leg
from tests.sensors.polar_firmware import PolarFirmware, Temper
from tests.sensors.small_server import SmallServer, serving
from tests.sensors.virtual_polar import worn
from tests.server.terminal import run

BRIDGE = Path(__file__).parents[2] / "fixtures" / "recordings" / "short-bridge-200hz.csv.gz"
BRIDGE_REPS = 6
EARLIER = json.dumps({"type": "hello", "recording_id": "earlier"})
HASTY = BleParams(
    scan_s=5.0, retry_s=0.01, silence_s=3.0, link=LinkParams(connect_s=2.0, answer_s=2.0)
)
needs_dbus = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None,
    reason="dbus-daemon is not installed (Debian package dbus-daemon)",
)


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
async def radio(air: Air) -> AsyncIterator[Radio]:
    async with virtual_radio(air) as radio:
        yield radio


async def collect(radio: Radio, wish: Wish, drain_s: float = 5.0) -> Collected:
    collector = Collector(wish, radio=radio, params=HASTY, pace=Pace(0.01, drain_s))
    async with asyncio.timeout(20):
        return await collector.run(lambda _: None)


def arrived(server: SmallServer) -> Recording:
    blocks = [decode_chunk(payload).block for payload in server.stored]
    t_s = np.concatenate([block.t_s for block in blocks])
    return Recording(t_s, np.concatenate([block.acc_ms2 for block in blocks]), blocks[0].rate_hz)


async def test_a_set_is_counted_written_and_sent(air: Air, radio: Radio, tmp_path: Path) -> None:
    out, bridge = tmp_path / "out.csv.gz", read_recording(BRIDGE)
    async with worn(air, bridge) as polar, serving(SmallServer()) as server:
        access = ServerAccess(server.address, "secret", tmp_path / "spool")
        wish = Wish(seconds=35.0, out=out, access=access, placement="thigh", side="left")
        done = await collect(radio, wish)
    assert (done.counts, done.problem, done.waiting) == ((BRIDGE_REPS,), None, 0)
    assert not polar.firmware.is_streaming

    written = read_recording(out)
    assert len(written) == done.samples
    assert written.info.device == "Polar H10 0A1B2C3D"
    assert (written.info.placement, written.info.side) == ("thigh", "left")
    np.testing.assert_allclose(written.acc_ms2, bridge.acc_ms2[: len(written)], atol=0.00491)

    sent = arrived(server)
    assert server.is_ended
    np.testing.assert_allclose(sent.t_s, written.t_s, atol=2e-6)
    np.testing.assert_allclose(sent.acc_ms2, written.acc_ms2, atol=2e-5)
    assert {"placement": "thigh", "side": "left"}.items() <= server.hellos[0].items()
    assert server.hellos[0]["device"] == {
        "name": "Polar H10 0A1B2C3D",
        "kind": "polar-h10",
        "serial": "0A1B2C3D",
    }


async def test_a_dropped_link_and_a_cut_connection_leave_one_hole(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    leg = a_moving_leg(40)
    temper = Temper(drop_at_s=12.0, away_s=4.0)
    async with worn(air, leg, temper=temper), serving(SmallServer(cut_after=60)) as server:
        access = ServerAccess(server.address, "secret", tmp_path / "spool")
        done = await collect(radio, Wish(seconds=35.0, access=access))
    assert (done.problem, done.waiting) == (None, 0)
    sent = arrived(server)
    k = np.rint(sent.t_s * 200).astype(int)
    np.testing.assert_allclose(sent.acc_ms2, leg.acc_ms2[k], atol=0.00491)
    steps_s = np.diff(sent.t_s)
    assert steps_s.max() == pytest.approx(4.0, abs=0.2)
    assert np.sort(steps_s)[-2] == pytest.approx(0.005, abs=1e-5)
    assert len(server.hellos) == 3


async def test_stopped_by_hand_everything_is_ended_in_good_order(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    async with worn(air, a_moving_leg(60), speed=20.0) as polar:
        wish = Wish(out=tmp_path / "out.csv")
        collector = Collector(wish, radio=radio, params=HASTY, pace=Pace(watch_s=0.01))
        running = asyncio.create_task(collector.run(lambda _: None))
        await asyncio.wait_for(polar.has_played(until_s=10), 20)
        collector.stop()
        done = await asyncio.wait_for(running, 20)
    assert done.problem is None
    assert polar.firmware.writes[-1] == POLAR.stop
    assert len(read_recording(tmp_path / "out.csv")) == done.samples > 1000


async def test_what_the_server_did_not_take_goes_with_the_next_session(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    async with worn(air, a_moving_leg(60)), serving(SmallServer(is_deaf=True)) as server:
        access = ServerAccess(server.address, "secret", tmp_path / "spool")
        first = await collect(radio, Wish(seconds=5.0, access=access), drain_s=0.1)
        assert first.waiting > 20
        server.is_deaf = False
        second = await collect(radio, Wish(seconds=5.0, access=access))
    assert (second.problem, second.waiting) == (None, 0)
    numbers = [
        [decode_chunk(payload).sequence for payload in chunks]
        for chunks in server.recordings.values()
    ]
    assert [len(each) for each in numbers] == [28, 28]
    assert all(each == list(range(28)) for each in numbers)


def leave_behind(access: ServerAccess, damage: str = "") -> int:
    """A left-over of an earlier session; returns how many chunks it has."""
    blocks = list(a_moving_leg(2).blocks(0.2))
    spool = Spool.create(access.spool_folder / "earlier.spool", EARLIER)
    for sequence, block in enumerate(blocks):
        spool.add(sequence, encode_chunk(Chunk(sequence, block)))
    spool.close()
    with closing(sqlite3.connect(spool.path)) as database, database:
        database.executescript(damage)
    return len(blocks)


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE chunk",
        "UPDATE chunk SET payload = 7",
        "DELETE FROM recording",
        "CREATE TRIGGER full BEFORE UPDATE ON recording BEGIN SELECT RAISE(ABORT, 'full'); END",
        "CREATE TRIGGER full BEFORE DELETE ON chunk BEGIN SELECT RAISE(ABORT, 'full'); END",
    ],
)
async def test_a_damaged_left_over_harms_neither_the_file_nor_the_sending_of_today(
    air: Air, radio: Radio, tmp_path: Path, damage: str
) -> None:
    out = tmp_path / "out.csv"
    async with worn(air, a_moving_leg(60)), serving(SmallServer()) as server:
        access = ServerAccess(server.address, "secret", tmp_path / "spool")
        leave_behind(access, damage)
        done = await collect(radio, Wish(seconds=5.0, out=out, access=access))
    assert done.problem is None
    assert len(read_recording(out)) == done.samples
    (today,) = (chunks for name, chunks in server.recordings.items() if name != "earlier")
    assert len(today) == 28


async def test_a_left_over_that_is_stuck_does_not_keep_today_waiting(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    async with worn(air, a_moving_leg(60)), serving(SmallServer(is_deaf=True)) as server:
        access = ServerAccess(server.address, "secret", tmp_path / "spool")
        leave_behind(access)
        wish = Wish(access=access)
        collector = Collector(wish, radio=radio, params=HASTY, pace=Pace(0.01, drain_s=0.1))
        running = asyncio.create_task(collector.run(lambda _: None))
        async with asyncio.timeout(20):
            await server.until(stored=20)
            collector.stop()
            await running
    assert server.hellos[-1]["recording_id"] != "earlier"


async def test_a_server_that_is_down_is_shown_and_what_was_left_is_counted(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    seen: list[Snapshot] = []
    async with serving(SmallServer()) as server:
        pass
    access = ServerAccess(server.address, "secret", tmp_path / "spool")
    left = leave_behind(access)
    async with worn(air, a_moving_leg(60)), asyncio.timeout(20):
        wish = Wish(seconds=5.0, access=access)
        collector = Collector(wish, radio=radio, params=HASTY, pace=Pace(0.01, drain_s=0.1))
        done = await collector.run(seen.append)
    assert (done.problem, done.waiting) == (None, left + 28)
    assert f"server: {left + 28} waiting (" in line(seen[-1])
    assert any(
        "looking for a sensor" in text and f"{left} waiting" in text for text in map(line, seen)
    )
    (last,) = (text for text in closing_lines(done) if "wait on this disk" in text)
    assert "Connect call failed" in last or "Errno" in last


async def test_a_left_over_that_the_server_refuses_is_kept_and_said(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    async with worn(air, a_moving_leg(60)), serving(SmallServer()) as server:
        access = ServerAccess(server.address, "secret", tmp_path / "spool")
        left = leave_behind(access, "DELETE FROM chunk WHERE sequence = 0")
        done = await collect(radio, Wish(seconds=5.0, access=access))
    assert (done.problem, done.waiting) == (None, left - 1)
    (last,) = (text for text in closing_lines(done) if "wait on this disk" in text)
    assert "asks for chunk 0, which is not kept here any more" in last
    assert len(list(access.spool_folder.glob("*.spool"))) == 1


async def test_a_view_that_fails_costs_nothing_that_was_heard(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    out, heard = tmp_path / "out.csv.gz", 0.0

    def show(seen: Snapshot) -> None:
        nonlocal heard
        heard = seen.stream_s
        if heard > 5:
            raise BrokenPipeError

    async with worn(air, a_moving_leg(60), speed=50.0), asyncio.timeout(20):
        collector = Collector(Wish(out=out), radio=radio, params=HASTY, pace=Pace(watch_s=0.01))
        with pytest.raises(ExceptionGroup):
            await collector.run(show)
    assert read_recording(out).t_s[-1] >= heard


async def test_a_server_that_refuses_ends_the_session_and_the_file_is_kept(
    air: Air, radio: Radio, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    async with worn(air, a_moving_leg(600), speed=50.0), serving(SmallServer()) as server:
        access = ServerAccess(server.address, "a guess", tmp_path / "spool")
        done = await collect(radio, Wish(out=out, access=access), drain_s=0.5)
    assert isinstance(done.problem, UplinkRefused)
    assert len(read_recording(out)) == done.samples > 0


async def test_no_sensor_is_a_problem_and_no_file(radio: Radio, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    hurried = BleParams(scan_s=0.1)
    collector = Collector(Wish(out=out), radio=radio, params=hurried)
    done = await collector.run(lambda _: None)
    assert isinstance(done.problem, SensorNotFound)
    assert (done.samples, out.exists()) == (0, False)


async def test_the_line_shows_link_battery_rate_and_count(air: Air, radio: Radio) -> None:
    seen: list[Snapshot] = []
    async with worn(air, read_recording(BRIDGE), speed=100.0):
        collector = Collector(Wish(seconds=30.0), radio=radio, params=HASTY, pace=Pace(0.005))
        async with asyncio.timeout(20):
            await collector.run(seen.append)
    assert line(seen[0]) == "looking for a sensor"
    while_counting = [line(each) for each in seen if each.count and each.rate_hz]
    text = while_counting[-1]
    for part in ("Polar H10 0A1B2C3D: streaming", "200 Hz", "battery 82 %", "dBm", "set 1: "):
        assert part in text


def test_the_little_picture_grows_with_the_movement() -> None:
    assert trace((0.0, 0.5, 2.25, 4.0, 99.0)) == "▁▁▅██"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--server", "reps.example"], "looks like https://reps.example"),
        (["--server", "https://reps.example"], "needs a device token"),
        (["--out", "leg.xlsx"], "must end in .csv or .csv.gz"),
        (["--out", "/nowhere/leg.csv"], "no folder that can be written to"),
        (["--exercise", "yodel"], "unknown exercise 'yodel'"),
        ([], "no system D-Bus: start dbus"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], said: str
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    monkeypatch.delenv("STEADYREP_TOKEN", raising=False)
    result = run("collect", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "leg.csv"
    out.write_text("precious")
    result = run("collect", "--out", out)
    assert result.exit_code == 2
    assert out.read_text() == "precious"


@pytest.mark.parametrize("taken", ["leg.json", "leg.part.csv", "leg.part.json"])
def test_a_file_beside_it_is_not_overwritten_either(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("precious")
    result = run("collect", "--out", tmp_path / "leg.csv.gz")
    assert result.exit_code == 2
    assert f"{taken.removesuffix('.json')}" in result.stderr
    assert "exists already" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert (tmp_path / taken).read_text() == "precious"


@needs_dbus
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_or_sigterm_stops_the_sensor_and_writes_the_file(
    tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "leg.csv.gz"
    firmware = PolarFirmware(a_moving_leg(60), Temper())
    async with fake_bluez(firmware), asyncio.timeout(20):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from server.cli import main; main()"),
            *("collect", "--out", str(out)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async for printed in process.stdout:
            if b"streaming" in printed:
                break
        process.send_signal(number)
        rest = (await process.stdout.read()).decode()
        assert await process.wait() == 0
    assert firmware.writes[-1] == POLAR.stop
    assert f"written: {out}" in rest
    assert len(read_recording(out)) > 0


@needs_dbus
async def test_what_a_kill_leaves_can_be_analysed(tmp_path: Path) -> None:
    firmware = PolarFirmware(a_moving_leg(60), Temper())
    async with fake_bluez(firmware), asyncio.timeout(20):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from server.cli import main; main()"),
            *("collect", "--out", str(tmp_path / "leg.csv.gz"), "--placement", "thigh"),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async for printed in process.stdout:
            if b"streaming" in printed and b"0:00" not in printed:
                break
        process.kill()
        await process.wait()
    left = read_recording(tmp_path / "leg.part.csv")
    assert left.duration_s >= 1
    assert left.info.placement == "thigh"
