"""How a person does what a script says: never quite back, with hesitation, landing with a jolt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sensors.samples import FloatArray
from sensors.synthetic.limb import X, Y, jolts_ms2
from sensors.synthetic.motion import Motion, Waypoint, minimum_jerk, wandering
from sensors.synthetic.truth import RepTruth

HESITATION_BAND_HZ = (0.6, 2.5)
"""A slow movement is a chain of smaller ones, some each second.
Source: Doeringer & Hogan 1998, J. Neurophysiol. 80:1787 (intermittency of slow movements)."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person moves; by default as smoothly and exactly as the script.

    return_sd: how far off the rest posture is found again, standard deviation, share of the range.
    roll_share: the limb turns about its own length too, by this share of its lift.
    hesitation: how much the speed within a movement varies, relative RMS; below 0.4.
    landing_ms2, turn_jolt_ms2: jolt where the limb comes back to rest, and at the end position.
    """

    return_sd: float = 0.0
    roll_share: float = 0.0
    hesitation: float = 0.0
    landing_ms2: float = 0.0
    turn_jolt_ms2: float = 0.0

    def path(
        self, path: Sequence[Waypoint], range_deg: float, rng: np.random.Generator
    ) -> list[Waypoint]:
        """The waypoints of a set with every return to rest a little off."""
        sd_deg, base_deg, settled = self.return_sd * range_deg, 0.0, []
        for before, point in zip([path[0], *path], path, strict=False):
            if point.value == 0.0 and before.value != 0.0:
                base_deg = float(rng.normal(0, sd_deg))
            settled.append(Waypoint(point.at_s, base_deg if point.value == 0.0 else point.value))
        return settled

    def motion(self, path: Sequence[Waypoint], t_s: FloatArray, rng: np.random.Generator) -> Motion:
        """Along the waypoints, now faster, now slower; by at most a tenth of a second off."""
        if self.hesitation == 0:
            return minimum_jerk(path, t_s)
        pace_rad_s = 2 * np.pi * float(np.sqrt(np.mean(np.square(HESITATION_BAND_HZ))))
        ahead = wandering(t_s, HESITATION_BAND_HZ, self.hesitation / pace_rad_s, rng)
        even = minimum_jerk(path, t_s + ahead.value)
        pace = 1 + ahead.velocity
        return Motion(
            even.value,
            even.velocity * pace,
            even.acceleration * pace**2 + even.velocity * ahead.acceleration,
        )

    def jolts_ms2(
        self, reps: Sequence[RepTruth], t_s: FloatArray, rng: np.random.Generator
    ) -> FloatArray:
        """What is felt of landings and turns, (n, 3)."""
        sizes = np.exp(rng.normal(0, 0.25, (len(reps), 2)))
        strikes = [
            (at_s, float(size_ms2))
            for rep, (landing, turn) in zip(reps, sizes, strict=True)
            for at_s, size_ms2 in (
                (rep.end_s, self.landing_ms2 * landing),
                (rep.hold_start_s, self.turn_jolt_ms2 * turn),
            )
            if size_ms2 > 0
        ]
        return np.outer(jolts_ms2(t_s, strikes), X + 0.4 * Y)


ORDINARY = Manner(return_sd=0.05, roll_share=0.25, hesitation=0.25, landing_ms2=0.8)
"""A patient at home who takes care."""
CARELESS = Manner(return_sd=0.12, roll_share=0.4, hesitation=0.35, landing_ms2=3.0)
"""The same after a long day."""
