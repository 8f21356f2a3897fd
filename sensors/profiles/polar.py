"""Polar H10, Verity Sense and OH1: asked what they offer, then started (PMD, Polar's BLE SDK)."""

from collections.abc import Callable, Generator
from functools import partial

from sensors.decoders import polar
from sensors.decoders.polar import Operation, Response, Settings, Status
from sensors.errors import SensorRefused
from sensors.profiles.profile import Dialogue, Profile, Streaming
from sensors.samples import STANDARD_GRAVITY_MS2

PREFERRED_RATE_HZ = 200
"""Tremor reaches 15 Hz; the highest rate of an H10 also shows what is above it."""
PREFERRED_RANGE_G = 8
"""Heel strikes and taps clip at 4 g on a shank; 16 bits still resolve 0.24 mg."""
PREFERRED_RESOLUTION_BITS = 16

POLAR_ADVICE = {
    Status.IN_CHARGER: "is in its charger: take it out",
    Status.INVALID_MTU: "needs longer packets than this Bluetooth adapter allows",
    Status.INVALID_STATE: "is busy: end a recording or exercise that runs on it",
    Status.NOT_SUPPORTED: "cannot stream acceleration: update its firmware",
}


def start_polar() -> Dialogue:
    """Ask a Polar sensor what it offers, choose, start; a stream left over is stopped first.

    Raises SensorRefused with the device's reason, DecodeError for an answer that is none.
    """
    offered = polar.parse_settings((yield from _ask(polar.request_settings())).parameters)
    if not any(offered.rates_hz):
        raise SensorRefused("the Polar sensor", "names no sampling rate for acceleration")
    chosen = choose(offered)
    answer = yield from _converse(polar.request_start(chosen))
    if answer.status is Status.ALREADY_IN_STATE:
        yield from _ask(polar.request_stop())
        answer = yield from _converse(polar.request_start(chosen))
    started = polar.parse_settings(_accepted(answer).parameters)
    range_ms2 = chosen.ranges_g[0] * STANDARD_GRAVITY_MS2 if chosen.ranges_g else None
    factor = 1.0 if started.factor is None else started.factor
    return Streaming(chosen.rates_hz[0], range_ms2, partial(polar.decode, factor=factor))


def choose(offered: Settings) -> Settings:
    """Return one value of each that the device offers: the preferred, else the nearest useful.

    At least one rate must be above 0.
    """
    rates = [rate for rate in offered.rates_hz if rate > 0]
    slower = [rate for rate in rates if rate <= PREFERRED_RATE_HZ]
    wider = [g for g in offered.ranges_g if g >= PREFERRED_RANGE_G]
    fine = [bits for bits in offered.resolutions_bits if bits <= PREFERRED_RESOLUTION_BITS]
    return Settings(
        rates_hz=(max(slower) if slower else min(rates),),
        resolutions_bits=_one(max, fine or offered.resolutions_bits),
        ranges_g=_one(min, wider) or _one(max, offered.ranges_g),
        channels=_one(max, offered.channels),
    )


def _one(
    pick: Callable[[tuple[int, ...]], int], values: list[int] | tuple[int, ...]
) -> tuple[int, ...]:
    return (pick(tuple(values)),) if values else ()


def _ask(write: bytes) -> Generator[bytes | None, bytes, Response]:
    return _accepted((yield from _converse(write)))


def _accepted(answer: Response) -> Response:
    if answer.status is not Status.OK:
        fallback = f"refused to {answer.operation.name.lower()}: {answer.status.name.lower()}"
        raise SensorRefused("the Polar sensor", POLAR_ADVICE.get(answer.status, fallback))
    return answer


def _converse(write: bytes) -> Generator[bytes | None, bytes, Response]:
    """Write, and return the answer with the settings of all its parts joined.

    Answers to another operation are late ones of an earlier write; they are passed over.
    """
    payload = yield write
    parameters = b""
    while True:
        answer = polar.parse_response(payload)
        if answer.operation == write[0]:
            parameters += answer.parameters
            if not answer.more:
                return Response(
                    Operation(write[0]), answer.status, more=False, parameters=parameters
                )
        payload = yield None


POLAR = Profile(
    family="Polar H10, Verity Sense or OH1",
    kinds=(
        ("Polar H10", "polar-h10"),
        ("Polar Sense", "polar-verity-sense"),
        ("Polar OH1", "polar-oh1"),
    ),
    service_uuid="fb005c80-02e7-f387-1cad-8acd2d8df0c8",
    control_uuid="fb005c81-02e7-f387-1cad-8acd2d8df0c8",
    data_uuid="fb005c82-02e7-f387-1cad-8acd2d8df0c8",
    ticks_per_s=polar.TICKS_PER_S,
    start=start_polar,
    stop=polar.request_stop(),
    is_stop_notice=polar.is_stop_notice,
)
