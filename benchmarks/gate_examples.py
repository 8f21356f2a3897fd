"""Sets that come through an open gate, with what the gate sees of each: what fit_gate learns from.

From recordings whose sets are annotated, from walks and hands that do nothing, and from synthetic
sets and everyday life; of the synthetic, the seeds are none that the tests use.
"""

import math
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np

from benchmarks.progress import steps
from benchmarks.recordings import Entry, entries
from benchmarks.synthetic_cells import cells
from detection.counting import sets
from detection.counting.gate import GateParams
from detection.counting.set_features import SetFeatures, features_of
from detection.counting.template import Segment
from detection.events import Event, SetEnded
from detection.pipeline import Tracker, TrackerParams
from sensors.recording import Recording, read_recording
from sensors.samples import FloatArray
from sensors.synthetic import (
    CARELESS,
    ORDINARY,
    Activity,
    GymExercise,
    LimbParams,
    Manner,
    SensorParams,
    SetScript,
    Synthetic,
    everyday,
    gym_set,
    random_rotation_deg,
    synthesize,
)
from server.analyze.analysis import REPLAY_BLOCK_S

OPEN = GateParams(
    breath_ms2=0.0,
    fastest_s=0.0,
    most_beats_hz=np.inf,
    steps_weights=(1.0, *[0.0] * 6),
    even_weights=(1.0, 0.0, 0.0),
)
IDLE = ("daphnet", "phonetremor")
"""Data sets without exercise: walking, and a hand that holds a phone."""
MOSTLY = 0.5
"""Share of a found set's time inside annotated ones from which it is exercise."""
HARDLY = 0.1
"""And up to which it is none; what lies between is neither and is left out."""
SEEDS = range(101, 106)
LIVED_S = 180.0
LIVED_RATE_HZ = 50.0
PLACEMENTS = ("thigh", "shank", "waist", "wrist")
CELLS = 120
PEOPLE = 120
PEOPLES_SEED = 2026
SHORTEST_S, LONGEST_S = 1.3, 14.0
FAST_S = 3.0
GROUPS = 5
"""What nobody in particular did is left out by so many parts."""
RATES_HZ = (25.0, 50.0, 100.0)
RESTS_UP = ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.7, 0.7, 0.1))


@dataclass(frozen=True, slots=True)
class Example:
    """A set that was found.

    person: who did it, as recordings know; a kind of activity or exercise where nobody did.
    what: the exercise, the activity or the data set.
    """

    person: str
    what: str
    features: SetFeatures
    is_exercise: bool
    is_recorded: bool


class Made(NamedTuple):
    """Something to be made up: of which group, what it is, and how to make it."""

    group: str
    what: str
    make: Callable[[], Synthetic]
    is_exercise: bool


def recorded(folder: Path) -> list[Example]:
    """Sets found in the recordings of a folder."""
    fitting = [entry for entry in entries(folder) if entry.dataset in IDLE or entry.sets]
    examples: list[Example] = []
    with steps("recordings", len(fitting)) as step:
        for entry in fitting:
            examples += _of_recorded(entry)
            step()
    return examples


def synthetic() -> list[Example]:
    """Sets found in everyday life and in exercise that are made up."""
    made = [*_everyday(), *_gym(), *_people(), *_cells()]
    examples: list[Example] = []
    with steps("synthetic", len(made)) as step:
        for group, what, make, is_exercise in made:
            examples += [
                Example(group, what, features, is_exercise=is_exercise, is_recorded=False)
                for _, features in _found(make().recording)
            ]
            step()
    return examples


def _of_recorded(entry: Entry) -> Iterator[Example]:
    found = re.search(r"-(subject\d+|s\d+)", entry.path.name)
    person = f"{entry.dataset} {found.group(1) if found else entry.dataset}"
    for ended, features in _found(read_recording(entry.path)):
        shared_s = [_shared_s(each.begin_s, each.end_s, ended) for each in entry.sets]
        share = sum(shared_s) / (ended.end_s - ended.start_s)
        if share >= MOSTLY:
            what = entry.set_exercises[int(np.argmax(shared_s))]
            yield Example(person, what, features, is_exercise=True, is_recorded=True)
        elif share <= HARDLY:
            yield Example(person, entry.dataset, features, is_exercise=False, is_recorded=True)


def _shared_s(begin_s: float, end_s: float, ended: SetEnded) -> float:
    return max(0.0, min(end_s, ended.end_s) - max(begin_s, ended.start_s))


def _found(recording: Recording) -> list[tuple[SetEnded, SetFeatures]]:
    """The sets that come through the open gate, with what the gate saw of each."""
    seen: list[SetFeatures] = []

    def watch(
        grid_ms2: FloatArray, segments: list[Segment], rate_hz: float, params: GateParams
    ) -> bool:
        if len(segments) < params.least_reps:
            return False
        features = features_of(grid_ms2, segments, rate_hz)
        if features.rms_ms2 < params.least_rms_ms2:
            return False
        seen.append(features)
        return True

    # The gate's view of a set is not among the events, and should not be for this script's sake.
    with mock.patch.object(sets, "is_exercise", watch):
        ended = [event for event in _open_events(recording) if isinstance(event, SetEnded)]
    return list(zip(ended, seen, strict=True))


def _open_events(recording: Recording) -> list[Event]:
    params = TrackerParams()
    tracker = Tracker(replace(params, sets=replace(params.sets, gate=OPEN)))
    blocks = recording.blocks(REPLAY_BLOCK_S)
    return [event for block in blocks for event in tracker.push(block)] + tracker.flush()


def _everyday() -> Iterator[Made]:
    for activity, seed in product(Activity, SEEDS):
        placements = PLACEMENTS if activity is Activity.WALKING_ABOUT else PLACEMENTS[:1]
        for placement in placements:
            sensor = SensorParams(LIVED_RATE_HZ, random_rotation_deg(seed), placement=placement)
            what = f"{activity}, {placement}" if len(placements) > 1 else str(activity)
            make = partial(everyday, activity, LIVED_S, sensor, seed)
            yield Made(what, what, make, is_exercise=False)


def _gym() -> Iterator[Made]:
    for exercise, reps, seed in product(GymExercise, (3, 5, 12), SEEDS[:4]):
        sensor = SensorParams(RATES_HZ[seed % len(RATES_HZ)], random_rotation_deg(seed))
        make = partial(gym_set, exercise, reps, sensor, seed)
        yield Made(str(exercise), str(exercise), make, is_exercise=True)


def _people() -> Iterator[Made]:
    """Sets of every pace, even and uneven, pausing, fading, by people who take care or do not."""
    drawn = random.Random(PEOPLES_SEED)
    for number in range(PEOPLE):
        pace_s = math.exp(drawn.uniform(math.log(SHORTEST_S), math.log(LONGEST_S)))
        shares = [drawn.uniform(0.6, 1.4) * share for share in (0.3, 0.15, 0.3, 0.25)]
        up_s, hold_s, down_s, rest_s = (pace_s * share / sum(shares) for share in shares)
        script = SetScript(
            reps=drawn.choice((3, 4, 5, 6, 8, 10, 12)),
            concentric_s=up_s,
            hold_s=hold_s,
            eccentric_s=down_s,
            rest_s=rest_s,
            range_deg=math.exp(drawn.uniform(math.log(6), math.log(90))),
            pace_drift=drawn.choice((0.6, 1.0, 1.0, 1.5)),
            range_drift=drawn.choice((0.5, 1.0, 1.0)),
            jitter=drawn.choice((0.05, 0.08, 0.12, 0.16, 0.2)),
            paused_rep=drawn.choice((None, None, 1)),
            pause_s=pace_s / 3,
            lead_in_s=drawn.uniform(0.5, 8),
            lead_out_s=drawn.uniform(0.5, 8),
        )
        limb = LimbParams(0.3, drawn.choice(RESTS_UP), drawn.choice((0.3, 0.6)))
        sensor = SensorParams(drawn.choice(RATES_HZ), random_rotation_deg(number))
        manner = drawn.choice((Manner(), ORDINARY, CARELESS))
        make = partial(synthesize, script, limb, sensor, None, number, manner)
        what = "people, fast" if pace_s < FAST_S else "people, slow"
        yield Made(f"people {number % GROUPS}", what, make, is_exercise=True)


def _cells() -> Iterator[Made]:
    for number, cell in enumerate(cells(CELLS)):
        yield Made(f"cells {number % GROUPS}", "cells", cell.made, is_exercise=True)
