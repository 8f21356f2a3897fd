"""MbientLab MetaMotion R, RL, C and S: asked for its chip, configured, then started.

It has no clock of its own in these messages, so its samples are dated by count.
"""

from sensors.decoders import metamotion
from sensors.errors import SensorRefused
from sensors.profiles.profile import Dialogue, Profile, Setting, Streaming
from sensors.samples import STANDARD_GRAVITY_MS2

COMMAND_UUID = "326a9001-85cb-9195-d9dd-464cfbbae75a"
HALT = (metamotion.STOP, metamotion.DISABLE)


def start_metamotion() -> Dialogue:
    """Ask for the chip, end what another program left running, configure and start.

    Raises SensorRefused for an accelerometer that is not known, DecodeError for no answer.
    """
    chip = metamotion.parse_chip((yield metamotion.READ_CHIP))
    if chip is None:
        reason = "has neither a BMI160 nor a BMI270: use a MetaMotion R, RL, C or S"
        raise SensorRefused("the MetaWear board", reason)
    for write in (*HALT, chip.configure, chip.subscribe, metamotion.ENABLE, metamotion.START):
        yield Setting(COMMAND_UUID, write)
    range_ms2 = metamotion.RANGE_G * STANDARD_GRAVITY_MS2
    return Streaming(metamotion.RATE_HZ, range_ms2, metamotion.decode)


METAMOTION = Profile(
    family="MbientLab MetaMotion",
    kinds=(("MetaWear", "metamotion"), ("MetaMotion", "metamotion")),
    service_uuid="326a9000-85cb-9195-d9dd-464cfbbae75a",
    control_uuid=COMMAND_UUID,
    data_uuid="326a9006-85cb-9195-d9dd-464cfbbae75a",
    ticks_per_s=None,
    start=start_metamotion,
    stop=b"",
    is_stop_notice=lambda _: False,
    parting=tuple(Setting(COMMAND_UUID, write) for write in HALT),
    is_answer=metamotion.is_answer,
)
