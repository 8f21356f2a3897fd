"""What goes wrong with sensors on people, done to a good recording.

Each takes a recording and gives another; `t_s` still increases strictly.
"""

from dataclasses import replace

import numpy as np

from sensors.recording import Recording
from sensors.synthetic.motion import Waypoint, minimum_jerk, random_direction, turned

SHORTEST_INTERVAL = 0.05
"""Two stamps never come closer than this share of the nominal interval."""


def drop_out(recording: Recording, at_s: float, lasts_s: float) -> Recording:
    """The link is gone for a while: no samples in `[at_s, at_s + lasts_s)`."""
    keep = (recording.t_s < at_s) | (recording.t_s >= at_s + lasts_s)
    return replace(recording, t_s=recording.t_s[keep], acc_ms2=recording.acc_ms2[keep])


def jump_clock(recording: Recording, at_s: float, by_s: float) -> Recording:
    """The sensor's clock leaps forward by `by_s` (≥ 0) without a sample lost."""
    return replace(recording, t_s=recording.t_s + by_s * (recording.t_s >= at_s))


def jitter_times(recording: Recording, sd_s: float, seed: int) -> Recording:
    """Stamps that are off at random, as those taken on arrival are; their order is kept."""
    rng = np.random.default_rng(seed)
    stamps = recording.t_s + rng.normal(0, sd_s, len(recording))
    least_s = SHORTEST_INTERVAL / recording.rate_hz
    ramp = least_s * np.arange(len(stamps))
    return replace(recording, t_s=np.maximum.accumulate(stamps - ramp) + ramp)


def arrive_in_bursts(recording: Recording, samples: int) -> Recording:
    """Stamps of a radio that sends `samples` at once: all close before the last of each burst."""
    last = np.minimum(np.arange(len(recording)) // samples * samples + samples, len(recording)) - 1
    behind = last - np.arange(len(recording))
    least_s = SHORTEST_INTERVAL / recording.rate_hz
    return replace(recording, t_s=recording.t_s[last] - behind * least_s)


def slip_strap(
    recording: Recording, at_s: float, angle_deg: float, seed: int, takes_s: float = 0.5
) -> Recording:
    """The strap slips: from `at_s` on the sensor is turned by `angle_deg` about a random axis."""
    axis = random_direction(np.random.default_rng(seed))
    slip = [Waypoint(at_s, 0.0), Waypoint(at_s + takes_s, np.radians(angle_deg))]
    angle = minimum_jerk(slip, recording.t_s)
    return replace(recording, acc_ms2=turned(recording.acc_ms2, axis, angle.value))


def saturate(recording: Recording, range_ms2: float) -> Recording:
    """A sensor set to a smaller range: larger values are cut to it."""
    cut = np.clip(recording.acc_ms2, -range_ms2, range_ms2)
    return replace(recording, acc_ms2=cut, info=replace(recording.info, range_ms2=range_ms2))


def stick_axis(recording: Recording, axis: int, from_s: float) -> Recording:
    """An axis that repeats its last value from `from_s` on."""
    acc_ms2 = recording.acc_ms2.copy()
    is_stuck = recording.t_s >= from_s
    if is_stuck.any():
        acc_ms2[is_stuck, axis] = acc_ms2[is_stuck, axis][0]
    return replace(recording, acc_ms2=acc_ms2)
