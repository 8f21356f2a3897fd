"""A synthetic session that speed is measured on: sets, rests, a walk, some shaking."""

from collections.abc import Iterator

from sensors.recording import Recording
from sensors.samples import SampleBlock
from sensors.synthetic import (
    Activity,
    LimbParams,
    SensorParams,
    SetScript,
    Synthetic,
    TremorScript,
    everyday,
    join,
    random_rotation_deg,
    synthesize,
)

SEED = 2026
SLOW = SetScript(reps=10, concentric_s=2.0, hold_s=2.0, eccentric_s=2.5, rest_s=1.5)
BRISK = SetScript(reps=15, concentric_s=0.7, hold_s=0.2, eccentric_s=0.7, rest_s=0.3)
SHAKY_LEG = LimbParams(rest_up=(0.7, 0.7, 0.1))


def session(rate_hz: float) -> Recording:
    """About six minutes: a slow set that shakes, a walk, a brisk set, rest, another slow set."""
    sensor = SensorParams(rate_hz=rate_hz, rotation_deg=random_rotation_deg(SEED))

    def idle(activity: Activity, duration_s: float) -> Synthetic:
        return everyday(activity, duration_s, sensor, SEED)

    whole = join(
        idle(Activity.LYING, 30),
        synthesize(SLOW, SHAKY_LEG, sensor, TremorScript(), SEED),
        idle(Activity.WALKING, 60),
        synthesize(BRISK, LimbParams(), sensor, None, SEED + 1),
        idle(Activity.LYING, 60),
        synthesize(SLOW, SHAKY_LEG, sensor, TremorScript(growth=2.0), SEED + 2),
    )
    return whole.recording


def endless(recording: Recording, block_s: float, duration_s: float) -> Iterator[SampleBlock]:
    """A recording again and again, without a gap, in blocks, for at least `duration_s`."""
    blocks = list(recording.blocks(block_s))
    lap_s = recording.duration_s + 1 / recording.rate_hz
    lap = 0
    while lap * lap_s < duration_s:
        for block in blocks:
            yield SampleBlock(block.t_s + lap * lap_s, block.acc_ms2, block.rate_hz)
        lap += 1
