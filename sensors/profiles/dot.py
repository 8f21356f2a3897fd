"""Movella DOT (Xsens DOT): told its rate and started; it answers nothing."""

from sensors.decoders import dot
from sensors.profiles.profile import Dialogue, Profile, Setting, Streaming

MEASUREMENT_UUID = "15172001-4947-11e9-8646-d663bd873d93"
DEVICE_CONTROL_UUID = "15171002-4947-11e9-8646-d663bd873d93"
STOP = Setting(MEASUREMENT_UUID, dot.STOP)


def start_dot() -> Dialogue:
    """Start the calibrated acceleration; the range is not in the maker's specification."""
    yield Setting(MEASUREMENT_UUID, dot.START)
    return Streaming(dot.RATE_HZ, None, dot.decode)


DOT = Profile(
    family="Movella DOT",
    kinds=(
        ("Movella DOT", "movella-dot"),
        ("Movella Dot", "movella-dot"),
        ("Xsens DOT", "movella-dot"),
        ("Xsens Dot", "movella-dot"),
    ),
    service_uuid="15172000-4947-11e9-8646-d663bd873d93",
    control_uuid=None,
    data_uuid="15172003-4947-11e9-8646-d663bd873d93",
    ticks_per_s=dot.TICKS_PER_S,
    tick_span=dot.TICK_SPAN,
    start=start_dot,
    stop=b"",
    is_stop_notice=lambda _: False,
    # the rate cannot be changed while it measures
    settings=(STOP, Setting(DEVICE_CONTROL_UUID, dot.request_rate())),
    parting=(STOP,),
)
