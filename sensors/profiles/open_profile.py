"""Sensors that one builds oneself: any board that speaks the open profile."""

from functools import partial

from sensors.decoders import open_profile
from sensors.decoders.open_profile import Operation, Status
from sensors.errors import SensorRefused
from sensors.profiles.profile import Dialogue, Profile, Streaming
from sensors.samples import STANDARD_GRAVITY_MS2

ADVICE = {
    Status.BUSY: "is busy: switch it off and on",
    Status.NO_SENSOR: "finds no accelerometer on its board: check the wiring and the sketch",
}


def start_open() -> Dialogue:
    """Start the stream and learn its rate and range; late answers to a stop are passed over.

    Raises SensorRefused with the device's reason, DecodeError for an answer that is none.
    """
    answer = open_profile.parse_answer((yield open_profile.request(Operation.START)))
    while answer.operation is not Operation.START:
        answer = open_profile.parse_answer((yield None))
    if answer.rate_hz is None or answer.range_g is None:
        raise SensorRefused("the sensor", ADVICE[answer.status])
    decode = partial(open_profile.decode, range_g=answer.range_g)
    return Streaming(answer.rate_hz, answer.range_g * STANDARD_GRAVITY_MS2, decode)


def _is_stop_notice(payload: bytes) -> bool:
    return payload[:1] == bytes([Operation.STOPPED])


OPEN = Profile(
    family="a sensor with the open profile",
    kinds=(("Steadyrep ", "open-profile"),),
    service_uuid="7b1e0001-8d6f-4c52-9f0a-5d2c3a9e6b10",
    control_uuid="7b1e0002-8d6f-4c52-9f0a-5d2c3a9e6b10",
    data_uuid="7b1e0003-8d6f-4c52-9f0a-5d2c3a9e6b10",
    ticks_per_s=open_profile.TICKS_PER_S,
    tick_span=open_profile.TICK_SPAN,
    start=start_open,
    stop=open_profile.request(Operation.STOP),
    is_stop_notice=_is_stop_notice,
)
