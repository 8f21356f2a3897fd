"""One session of the demo's leg: it moves, and the program looks on.

Apart from the history, so that the processes that do this load no more than they need.
"""

from dataclasses import dataclass
from datetime import datetime

from detection.pipeline import TrackerParams
from sensors.chunks import Chunk, decode_chunk, encode_chunk
from sensors.samples import SampleBlock
from sensors.synthetic import LimbParams, SensorParams, SetScript, TremorScript, synthesize
from server.live.live_set import Effect, Sensor
from server.live.set_commands import StartSet, StopSet
from server.live.set_follower import SetFollower

EXERCISE = "bridge"
RATE_HZ = 100.0
PLACEMENT, SIDE = "thigh", "left"
SETS, REPS = 2, 10
"""Two sets of ten, as home exercises are usually prescribed."""
LIMB = LimbParams(length_m=0.3)
TURN_DEG = (12.0, 40.0, -8.0)
"""How the strap happens to sit."""


@dataclass(frozen=True, slots=True)
class SessionScript:
    """One session: which, when, and how much it shakes."""

    number: int
    started_at: datetime
    amp_rms_ms2: float


@dataclass(frozen=True, slots=True)
class FollowedSession:
    """A session's signal as chunks, and what following it brought about, set by set."""

    script: SessionScript
    payloads: tuple[bytes, ...]
    sets: tuple[tuple[Effect, ...], ...]
    params: TrackerParams


def follow(script: SessionScript) -> FollowedSession:
    """Move, and let the program look on."""
    follower = SetFollower()
    follower.begin_stream(Sensor(), EXERCISE)
    payloads: list[bytes] = []
    sets: list[tuple[Effect, ...]] = []
    start_s = 0.0
    for number in range(SETS):
        effects = follower.obey(StartSet(exercise=EXERCISE, target_reps=REPS))
        for block in set_blocks(script.number * SETS + number, script.amp_rms_ms2, start_s):
            payload = encode_chunk(Chunk(len(payloads), block))
            payloads.append(payload)
            effects += follower.push(decode_chunk(payload).block)
            start_s = float(block.t_s[-1]) + 1 / RATE_HZ
        sets.append(effects + follower.obey(StopSet(reason="done")))
    return FollowedSession(script, tuple(payloads), tuple(sets), follower.params)


def set_blocks(
    seed: int, amp_rms_ms2: float, start_s: float, block_s: float = 10.0, rest_s: float = 6.0
) -> list[SampleBlock]:
    """The signal of one set and the rest after it, from `start_s` on."""
    moved = synthesize(
        SetScript(reps=REPS, lead_in_s=3.0, lead_out_s=rest_s, jitter=0.06),
        LIMB,
        SensorParams(rate_hz=RATE_HZ, rotation_deg=TURN_DEG, placement=PLACEMENT, side=SIDE),
        TremorScript(freq_hz=7.8 + 0.1 * (seed % 5), amp_rms_ms2=amp_rms_ms2),
        seed=seed,
    ).recording
    size = round(block_s * RATE_HZ)
    return [
        SampleBlock(
            start_s + moved.t_s[first : first + size], moved.acc_ms2[first : first + size], RATE_HZ
        )
        for first in range(0, len(moved.t_s), size)
    ]
