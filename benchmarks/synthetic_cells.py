"""The synthetic grid: sets of every pace, hold, tilt, sensor, rate and length.

A cell of the grid always makes the same recording, whichever other cells are looked at.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from sensors.synthetic import (
    LimbParams,
    Manner,
    SensorParams,
    SetScript,
    Synthetic,
    random_rotation_deg,
    synthesize,
)

SEED = 2026


class Hold(StrEnum):
    """Where the limb is held still, and for how long."""

    NONE = "none"
    END_2_S = "2 s at the end position"
    END_5_S = "5 s at the end position"
    REST_2_S = "2 s at rest"
    REST_5_S = "5 s at rest"


HELD_S = {
    Hold.NONE: (0.0, 0.0),
    Hold.END_2_S: (2.0, 0.0),
    Hold.END_5_S: (5.0, 0.0),
    Hold.REST_2_S: (0.0, 2.0),
    Hold.REST_5_S: (0.0, 5.0),
}
"""Seconds at the end position and at rest, besides the short stops of every movement."""


class Grade(StrEnum):
    """How good the sensor is."""

    GOOD = "good"
    COARSE = "steps of 0.1 m/s²"
    COARSER = "steps of 15.6 mg"


NOISE_AND_STEP_MS2 = {
    Grade.GOOD: (0.02, 0.0024),
    Grade.COARSE: (0.05, 0.1),
    Grade.COARSER: (0.08, 0.153),
}
"""A wearable's of 2020; a phone's that rounds; a wrist band's of 2012 with 8 bit over ±2 g."""

PACES_S = (1.2, 2.0, 3.0, 4.0, 6.0, 10.0, 15.0, 20.0)
TILTS_DEG = (3.0, 6.0, 12.0, 25.0, 45.0, 90.0)
RATES_HZ = (12.5, 25.0, 50.0, 100.0, 200.0)
REPS = (3, 4, 5, 8, 10, 15, 20)
SHORTEST_MOVING_S = 1.0
"""A cell whose hold leaves less time to move is none."""
STOP_SHARE = 0.06
"""Of the time in movement, how long a limb stops at either end unasked."""
PEOPLE = Manner(return_sd=0.05, roll_share=0.25, hesitation=0.25)
JITTER = 0.08
SWAY_DEG = 0.3
RESTS_UP = ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.7, 0.7, 0.1))
"""A leg that lies, one that stands, one that is bent."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One set of the grid. pace_s: from one repetition's start to the next one's, holds included.
    seed: which of the people, mountings and postures."""

    pace_s: float
    hold: Hold
    tilt_deg: float
    grade: Grade
    rate_hz: float
    reps: int
    seed: int

    @property
    def is_possible(self) -> bool:
        """Whether the hold leaves time to move."""
        return self.pace_s - sum(HELD_S[self.hold]) >= SHORTEST_MOVING_S

    def made(self) -> Synthetic:
        """The cell's recording with its truth."""
        noise_ms2, step_ms2 = NOISE_AND_STEP_MS2[self.grade]
        sensor = SensorParams(self.rate_hz, random_rotation_deg(self.seed), noise_ms2, step_ms2)
        limb = LimbParams(rest_up=RESTS_UP[self.seed % len(RESTS_UP)], sway_deg=SWAY_DEG)
        return synthesize(self._script(), limb, sensor, None, self.seed, PEOPLE)

    def _script(self) -> SetScript:
        end_s, rest_s = HELD_S[self.hold]
        moving_s = self.pace_s - end_s - rest_s
        stop_s = STOP_SHARE * moving_s
        return SetScript(
            reps=self.reps,
            concentric_s=0.45 * (moving_s - 2 * stop_s),
            hold_s=end_s + stop_s,
            eccentric_s=0.55 * (moving_s - 2 * stop_s),
            rest_s=rest_s + stop_s,
            range_deg=self.tilt_deg,
            jitter=JITTER,
        )


def cells(count: int, reps: tuple[int, ...] = REPS) -> list[GridCell]:
    """Return so many cells drawn from the whole grid; more only add to them."""
    drawn = list(all_cells(reps))
    random.Random(SEED).shuffle(drawn)
    return drawn[:count]


def all_cells(reps: tuple[int, ...] = REPS) -> Iterator[GridCell]:
    """Every cell that is possible, each with a seed of its own."""
    axes = product(PACES_S, Hold, TILTS_DEG, Grade, RATES_HZ, reps)
    for seed, (pace_s, hold, tilt_deg, grade, rate_hz, each) in enumerate(axes):
        cell = GridCell(pace_s, hold, tilt_deg, grade, rate_hz, each, seed)
        if cell.is_possible:
            yield cell
