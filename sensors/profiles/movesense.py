"""Movesense: subscribed by a path that names the rate; needs the maker's firmware 2.3 or later.

Earlier firmware has the service only if its user put it there, and does not answer.
"""

from functools import partial

from sensors.decoders import movesense
from sensors.errors import SensorRefused
from sensors.profiles.profile import Dialogue, Profile, Streaming

RATE_HZ = 104
"""Tremor reaches 15 Hz. Eight samples fill one message; at 208 Hz each comes in two."""

# that a sensor without its battery forgets its subscriptions is from memory (unverified)
ADVICE = {
    404: f"has no acceleration at {RATE_HZ} Hz: update its firmware",
    429: "is out of room for requests: take its battery out and put it in again",
    501: f"has no acceleration at {RATE_HZ} Hz: update its firmware",
    507: "has as many subscriptions as it can hold: take its battery out and put it in again",
}


def start_movesense() -> Dialogue:
    """Subscribe to acceleration; answers to anything else are passed over.

    Raises SensorRefused with the sensor's reason, DecodeError for an answer that is none.
    """
    payload = yield movesense.subscribe(f"/Meas/Acc/{RATE_HZ}")
    answer = movesense.parse_answer(payload)
    while answer.reference != movesense.REFERENCE:
        answer = movesense.parse_answer((yield None))
    if not 200 <= answer.status < 300:
        fallback = f"refused to start: status {answer.status}"
        raise SensorRefused("the Movesense", ADVICE.get(answer.status, fallback))
    return Streaming(RATE_HZ, None, partial(movesense.decode, rate_hz=RATE_HZ))


MOVESENSE = Profile(
    family="Movesense",
    kinds=(("Movesense", "movesense"),),
    service_uuid="34802252-7185-4d5d-b431-630e7050e8f0",
    control_uuid="34800001-7185-4d5d-b431-630e7050e8f0",
    data_uuid="34800002-7185-4d5d-b431-630e7050e8f0",
    ticks_per_s=movesense.TICKS_PER_S,
    tick_span=movesense.TICK_SPAN,
    start=start_movesense,
    stop=movesense.unsubscribe(),
    is_stop_notice=lambda _: False,
    is_answer=movesense.is_answer,
)
