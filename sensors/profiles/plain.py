"""Families that stream as soon as they are listened to: some settings are written, nothing answers.

None of them dates its samples, so the samples are dated by count. What is not read in the maker's
document but only known from others' use is marked (unverified); docs/devices.md says the same.
"""

from collections.abc import Callable

from sensors.decoders import clue, microbit, pinetime, sensortag, thingy, witmotion
from sensors.decoders.packet import Packet
from sensors.profiles.profile import Dialogue, Profile, Setting, Streaming
from sensors.samples import STANDARD_GRAVITY_MS2


def _streaming(
    rate_hz: float, range_g: float | None, decode: Callable[[bytes], Packet]
) -> Callable[[], Dialogue]:
    """A dialogue in which nothing is said."""
    range_ms2 = None if range_g is None else range_g * STANDARD_GRAVITY_MS2

    def start() -> Dialogue:
        yield from ()
        return Streaming(rate_hz, range_ms2, decode)

    return start


def _plain(
    family: str,
    kinds: tuple[tuple[str, str], ...],
    service_uuid: str,
    data_uuid: str,
    start: Callable[[], Dialogue],
    settings: tuple[Setting, ...] = (),
) -> Profile:
    return Profile(
        family=family,
        kinds=kinds,
        service_uuid=service_uuid,
        control_uuid=None,
        data_uuid=data_uuid,
        ticks_per_s=None,
        start=start,
        stop=b"",
        is_stop_notice=lambda _: False,
        settings=settings,
    )


CLUE = _plain(
    "Adafruit CLUE",
    (("CLUE", "adafruit-clue"),),
    "adaf0200-c332-42a8-93bd-25e905756cb8",
    "adaf0201-c332-42a8-93bd-25e905756cb8",
    _streaming(50.0, None, clue.decode),
    # measurement period, ms (int32)
    (Setting("adaf0001-c332-42a8-93bd-25e905756cb8", (20).to_bytes(4, "little")),),
)
MICROBIT = _plain(
    "BBC micro:bit",
    (("BBC micro:bit", "microbit"),),
    "e95d0753-251d-470a-a062-fa1922dfa9a8",
    "e95dca4b-251d-470a-a062-fa1922dfa9a8",
    _streaming(50.0, None, microbit.decode),
    # period, ms (uint16): 1, 2, 5, 10, 20, 80, 160 or 640; never 0, which stops it for good
    (Setting("e95dfb24-251d-470a-a062-fa1922dfa9a8", (20).to_bytes(2, "little")),),
)
PINETIME = _plain(
    "PineTime with InfiniTime",
    (("InfiniTime", "pinetime"),),
    "00030000-78fc-48fe-8e23-433b3a1942d0",
    "00030002-78fc-48fe-8e23-433b3a1942d0",
    # as often as its screen looks at the wrist (unverified)
    _streaming(10.0, None, pinetime.decode),
)
THINGY = _plain(
    "Nordic Thingy:52",
    (("Thingy", "thingy-52"),),
    "ef680400-9b35-4933-9b10-52ffa9740042",
    "ef680406-9b35-4933-9b10-52ffa9740042",
    _streaming(100.0, None, thingy.decode),
    # steps and temperature and compass every 500 ms, motion at 100 Hz, no waking by motion
    (Setting("ef680401-9b35-4933-9b10-52ffa9740042", bytes.fromhex("f401f401f401640000")),),
)
WITMOTION = _plain(
    "WitMotion WT901BLE",
    (("WT901BLE", "witmotion-wt901ble"),),
    "0000ffe5-0000-1000-8000-00805f9a34fb",
    "0000ffe4-0000-1000-8000-00805f9a34fb",
    _streaming(100.0, witmotion.RANGE_G, witmotion.decode),
    (
        Setting("0000ffe9-0000-1000-8000-00805f9a34fb", bytes.fromhex("ffaa6988b5")),
        Setting("0000ffe9-0000-1000-8000-00805f9a34fb", bytes.fromhex("ffaa030900")),
    ),
)
SENSORTAG = _plain(
    "TI SensorTag CC2650",
    (("CC2650 SensorTag", "sensortag-cc2650"), ("SensorTag", "sensortag-cc2650")),
    "f000aa80-0451-4000-b000-000000000000",
    "f000aa81-0451-4000-b000-000000000000",
    # the fastest that it offers; the scale of its acceleration is disputed (unverified)
    _streaming(10.0, sensortag.RANGE_G, sensortag.decode),
    (
        Setting("f000aa83-0451-4000-b000-000000000000", b"\x0a"),
        Setting("f000aa82-0451-4000-b000-000000000000", bytes.fromhex("3802")),
    ),
)
PLAIN = (CLUE, MICROBIT, PINETIME, THINGY, WITMOTION, SENSORTAG)
