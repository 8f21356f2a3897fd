"""Part `devices`: decoding of each device's notifications, and the way from sensor to page."""

import asyncio
import json
import struct
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.link_times import LinkTimes, link_times
from benchmarks.options import Options
from benchmarks.progress import Step, steps
from benchmarks.server_process import serving
from benchmarks.session import session
from benchmarks.tables import AIM_COLUMNS, Cell, Table, aim_row, at_least, at_most
from detection.pipeline import Tracker
from sensors.decoders import (
    clue,
    dot,
    metamotion,
    microbit,
    movesense,
    open_profile,
    pinetime,
    polar,
    sensortag,
    thingy,
    witmotion,
)
from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import SampleBlock
from sensors.uplink import Hello
from server.clock import Clock
from server.collect.delivery import Delivery, ServerAccess
from server.invitations import invite, pair
from server.settings import Settings
from server.store import people
from server.store.database import Database
from server.store.people import Role

Decode = Callable[[bytes], Packet]
SEED = 9
TIMED_S = 0.5
"""So long each decoder is timed, in every round."""
AIMED_SAMPLES_PER_S = 1e6
RATE_HZ, PACKET_SAMPLES, LASTS_S = 200.0, 36, 60.0
"""An H10 at 200 Hz sends 36 samples a notification."""
DROPS, SILENCES = 20, 3
"""Links made and lost; a silent one is only noticed after 4 s."""
AIMED_MEDIAN_MS, AIMED_P99_MS, AIMED_CORE_PERCENT = 100.0, 250.0, 2.0


@dataclass(frozen=True, slots=True)
class Device:
    """A decoder, and one notification of such a device, of so many samples."""

    name: str
    decode: Decode
    payload: bytes
    samples: int


def _int16(count: int) -> bytes:
    return np.random.default_rng(SEED).integers(-2000, 2000, count).astype("<i2").tobytes()


def _compressed(groups: int, deltas: int, bits: int) -> bytes:
    """A reference sample and groups of small differences."""
    rng = np.random.default_rng(SEED)
    body = b"".join(
        bytes([bits, deltas])
        + rng.integers(0, 256, (3 * bits * deltas + 7) // 8, np.uint8).tobytes()
        for _ in range(groups)
    )
    return struct.pack("<BQB", 2, 10**9, 0x81) + _int16(3) + body


def devices() -> tuple[Device, ...]:
    """Every family, with a notification as it sends them; of one sample where it sends one."""
    tick = struct.pack("<BQB", 2, 10**9, 1)
    return (
        Device("Polar, raw", polar.decode, tick + _int16(3 * 36), 36),
        Device("Polar, compressed", partial(polar.decode, factor=0.1), _compressed(4, 10, 6), 41),
        Device(
            "Movesense",
            partial(movesense.decode, rate_hz=104),
            struct.pack("<BBI24f", 2, movesense.REFERENCE, 0, *(8 * (0.0, 9.8, 0.1))),
            8,
        ),
        Device("MbientLab MetaMotion", metamotion.decode, b"\x03\x1c" + _int16(9), 3),
        Device("Movella DOT", dot.decode, struct.pack("<I6f12x", 1, 0.0, 9.8, 0.1, 1, 2, 3), 1),
        Device("open profile", partial(open_profile.decode, range_g=8), bytes(4) + _int16(60), 20),
        Device("PineTime with InfiniTime", pinetime.decode, _int16(60), 20),
        Device("WitMotion WT901BLE", witmotion.decode, 2 * (b"\x55\x61" + _int16(9)), 2),
        Device("Nordic Thingy:52", thingy.decode, _int16(9), 1),
        Device("TI SensorTag CC2650", sensortag.decode, _int16(9), 1),
        Device("BBC micro:bit", microbit.decode, _int16(3), 1),
        Device("Adafruit CLUE", clue.decode, struct.pack("<3f", 0.0, 9.8, 0.1), 1),
    )


def measure(options: Options) -> list[Table]:
    """Time the decoders, throw bytes at them, follow packets to a page, and drop links."""
    known = devices()
    with steps("devices", 2 * len(known) + 2) as step:
        speeds = [_samples_per_s(device, options.rounds, step) for device in known]
        fuzzed = [_fuzzed(device, options.fuzz // len(known), step) for device in known]
        way = asyncio.run(_way())
        step()
        links = asyncio.run(link_times(DROPS, SILENCES))
        step()
    return [
        _aims(known, speeds, fuzzed, way),
        _decoders(known, speeds, fuzzed),
        _way_table(way),
        _links_table(links),
    ]


def _samples_per_s(device: Device, rounds: int, step: Step) -> float:
    """The median of the rounds."""
    found = []
    for _ in range(rounds):
        count, begun_s = 0, time.perf_counter()
        while time.perf_counter() - begun_s < TIMED_S:
            for _ in range(100):
                device.decode(device.payload)
            count += 100
        found.append(count * device.samples / (time.perf_counter() - begun_s))
    step()
    return float(np.median(found))


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """How many payloads; how many were read, and what else than DecodeError was raised."""

    payloads: int
    read: int
    others: int


def _fuzzed(device: Device, count: int, step: Step) -> Fuzzed:
    read = others = 0
    for payload in _payloads(device.payload, count):
        try:
            device.decode(payload)
        except DecodeError:
            pass
        except Exception:  # which is what is looked for
            others += 1
        else:
            read += 1
    step()
    return Fuzzed(count, read, others)


def _payloads(good: bytes, count: int) -> Iterator[bytes]:
    """Half of them anything at all, half a good one with bytes changed or cut off."""
    rng = np.random.default_rng(SEED)
    sizes = rng.integers(0, 2 * len(good) + 2, count)
    places = rng.integers(0, len(good), (count, 3))
    noise = rng.integers(0, 256, 1 << 20, np.uint8).tobytes()
    begins = rng.integers(0, len(noise) - 1024, count)
    for number in range(count):
        begin, size = int(begins[number]), int(sizes[number])
        if number % 2:
            yield noise[begin : begin + size]
            continue
        changed = bytearray(good)
        for place in places[number]:
            changed[place] = noise[begin + int(place) % 512]
        yield bytes(changed[:size]) if number % 4 else bytes(changed)


@dataclass(frozen=True, slots=True)
class Way:
    """Of each packet the ms from being heard to a page; of a core, what the collector used."""

    delays_ms: tuple[float, ...]
    sent: int
    core_percent: float


async def _way() -> Way:
    """A collector, a server and a page, at the pace of life."""
    with tempfile.TemporaryDirectory(prefix="steadyrep-way-") as name:
        folder = Path(name)
        link, token, patient_id = await _patient(folder)
        async with serving(folder) as server:
            async with httpx.AsyncClient(base_url=server.address) as browser:
                entered = await browser.post(link, headers={"origin": server.address})
                cookie = f"steadyrep={entered.cookies['steadyrep']}"
            url = server.address.replace("http", "ws") + f"/api/v1/live/{patient_id}"
            headers = {"Cookie": cookie, "Origin": server.address}
            async with connect(url, additional_headers=headers) as page:
                return await _sent(ServerAccess(server.address, token, folder / "spool"), page)


async def _patient(folder: Path) -> tuple[str, str, str]:
    settings, now = Settings(data_dir=folder), datetime.now(UTC)
    async with Database.open(settings.database_path) as database, database.writing() as changes:
        anna = await people.add(changes, Role.PATIENT, "Anna", "UTC", now)
        link = await invite(changes, anna, settings, Clock())
        return link, await pair(changes, anna, "sensor", Clock()), str(anna.id)


async def _sent(access: ServerAccess, page: ClientConnection) -> Way:
    recording = session(RATE_HZ)
    blocks = list(recording.blocks(PACKET_SAMPLES / RATE_HZ))
    blocks = [each for each in blocks if each.t_s[-1] - blocks[0].t_s[0] < LASTS_S]
    delivery, tracker = Delivery(access), Tracker()
    heard_at: dict[float, float] = {}
    seen_at: dict[float, float] = {}
    looking = asyncio.create_task(_look(page, seen_at))
    running = asyncio.create_task(delivery.run())
    await delivery.begin(_hello())
    used_s, begun_s = time.process_time(), time.monotonic()
    for block in _from_start(blocks):
        end_s = float(block.t_s[-1])
        await asyncio.sleep(max(0.0, begun_s + end_s - time.monotonic()))
        heard_at[round(end_s, 3)] = time.monotonic()
        await delivery.put(block)
        tracker.push(block)
    used_s, lasted_s = time.process_time() - used_s, time.monotonic() - begun_s
    await delivery.end()
    await running
    delivery.close()
    looking.cancel()
    delays_ms = [1000 * (seen_at[end] - at) for end, at in heard_at.items() if end in seen_at]
    return Way(tuple(delays_ms), len(heard_at), 100 * used_s / lasted_s)


def _from_start(blocks: Sequence[SampleBlock]) -> Iterator[SampleBlock]:
    first_s = float(blocks[0].t_s[0])
    for block in blocks:
        yield SampleBlock(block.t_s - first_s, block.acc_ms2, block.rate_hz)


async def _look(page: ClientConnection, seen_at: dict[float, float]) -> None:
    async for message in page:
        stream_s = json.loads(message)["stream_s"]
        if stream_s is not None:
            seen_at.setdefault(round(stream_s, 3), time.monotonic())


def _hello() -> Hello:
    return Hello(
        recording_id=str(uuid4()),
        rate_hz=RATE_HZ,
        device_name="simulated",
        device_kind="synthetic",
        serial=None,
        placement="thigh",
        side="left",
        exercise=None,
        started_at=datetime.now(UTC),
    )


def _aims(
    known: Sequence[Device], speeds: Sequence[float], fuzzed: Sequence[Fuzzed], way: Way
) -> Table:
    median_ms, p99_ms = np.percentile(way.delays_ms, (50, 99))
    slowest = min(speeds)
    who = known[int(np.argmin(speeds))].name
    return Table(
        "Devices beside their aims",
        "Of the tables below.",
        AIM_COLUMNS,
        (
            aim_row(
                f"samples decoded a second, the slowest ({who})",
                round(slowest),
                at_least(AIMED_SAMPLES_PER_S),
            ),
            aim_row(
                "exceptions other than DecodeError, all fuzzed",
                float(sum(each.others for each in fuzzed)),
                at_most(0),
            ),
            aim_row(
                "sensor to page, median",
                round(float(median_ms), 1),
                at_most(AIMED_MEDIAN_MS, " ms"),
            ),
            aim_row("sensor to page, p99", round(float(p99_ms), 1), at_most(AIMED_P99_MS, " ms")),
            aim_row(
                "collector at 200 Hz, of a core",
                round(way.core_percent, 2),
                at_most(AIMED_CORE_PERCENT, " %"),
            ),
        ),
    )


def _decoders(known: Sequence[Device], speeds: Sequence[float], fuzzed: Sequence[Fuzzed]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            device.name,
            device.samples,
            round(1e6 * device.samples / speed, 1),
            round(speed / 1e3),
            each.payloads,
            each.read,
            each.others,
        )
        for device, speed, each in zip(known, speeds, fuzzed, strict=True)
    ]
    return Table(
        "Decoders",
        """One core, one notification after the other; thousands of samples a second. What a device
sends one by one costs a call each. Fuzzed: payloads of which half are anything at all and half a
good one with bytes changed or cut off; `read` were found to be whole and plausible.""",
        ("device", "samples", "µs", "10³ samples/s", "fuzzed", "read", "other exceptions"),
        tuple(rows),
    )


def _way_table(way: Way) -> Table:
    figures = np.percentile(way.delays_ms, (50, 95, 99, 100))
    return Table(
        "From sensor to page",
        f"""{LASTS_S:g} s at the pace of life, {PACKET_SAMPLES} samples a packet at {RATE_HZ:g} Hz:
from the moment a packet is decoded over the collector's disk, the server, its count and its disk to
the page's socket. Collector, server and page share the machine; the collector counts, too, and its
processor time holds the page's. The radio and bleak are not in it.""",
        (
            "packets",
            "seen",
            "median, ms",
            "p95, ms",
            "p99, ms",
            "most, ms",
            "collector, % of a core",
        ),
        (
            (
                way.sent,
                len(way.delays_ms),
                *(round(float(each), 1) for each in figures),
                round(way.core_percent, 2),
            ),
        ),
    )


def _links_table(links: LinkTimes) -> Table:
    named = (
        ("connected, from nothing known", links.connected_ms),
        ("a drop is noticed", links.noticed_ms),
        ("first sample after a drop", links.back_ms),
        ("a silent link is noticed", links.silence_ms),
    )
    return Table(
        "Links made, lost and made again",
        """Over the virtual radio (bumble in memory, bleak's API): a board with the open profile,
ten packets a second, at the pace of life. Connected: found, connected, subscribed and started.
There is no air in it: real sensors advertise more rarely than every 20 ms and answer at their
connection interval, and a real drop shows only after the supervision timeout.""",
        ("what", "times", "median, ms", "most, ms"),
        tuple(
            (what, len(times), round(float(np.median(times)), 1), round(max(times), 1))
            for what, times in named
        ),
    )
