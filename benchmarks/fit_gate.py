"""Where the weights of detection.counting.gate come from: `python -m benchmarks.fit_gate`.

The set finder is run with its gate open over recordings whose sets are annotated, and over walks.
Every fast set that it finds is exercise if it lies in an annotated set, and is not if it lies
outside all of them. A logistic is fitted to what the gate looks at, each person left out in turn,
for growing penalties and for fewer features; the strongest penalty and the fewest features that
are as good as the best are to be preferred, because what is no exercise is rare in a gym.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
from scipy import optimize, special

from benchmarks.options import RECORDINGS
from benchmarks.progress import steps
from benchmarks.recordings import Entry, entries
from detection.counting import sets
from detection.counting.gate import GateParams, gate_features, is_exercise
from detection.counting.template import Segment
from detection.events import Event, SetEnded
from detection.pipeline import Tracker, TrackerParams
from sensors.recording import read_recording
from sensors.samples import FloatArray
from server.analyze.analysis import REPLAY_BLOCK_S

WALKS = "daphnet"
NAMES = ("1", "ln period", "ln rms", "ln² rms", "|a| share", "|a| half period", "likeness")
OPEN = GateParams(weights=(1.0, *[0.0] * (len(NAMES) - 1)))
CHOICES = {
    "all": (1, 2, 3, 4, 5, 6),
    "no |a| share": (1, 2, 3, 5, 6),
    "linear": (1, 2, 4, 5, 6),
    "no |a|": (1, 2, 3, 6),
    "likeness": (6,),
}
"""Features by their place in gate_features; the first is the constant, always there."""
PENALTIES = (0.001, 0.003, 0.01, 0.03, 0.1)
"""On half the squared weights of standardised features, beside the mean loss of a set."""
MOSTLY = 0.5
"""Share of a found set's time inside annotated ones from which it is exercise."""
HARDLY = 0.1
"""And up to which it is none; what lies between is neither and is left out."""


@dataclass(frozen=True, slots=True)
class Example:
    """A fast set that was found: whose it is, what the gate sees, and whether it is exercise."""

    person: str
    features: FloatArray
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """Persons left out: mean loss of a set in nats, and sets taken for the wrong thing."""

    loss: float
    lost: int
    let_in: int


def main() -> None:
    """Print how every choice does on persons left out, and the weights of the chosen one."""
    asked = _arguments()
    examples = _examples(asked.recordings)
    real = sum(each.is_exercise for each in examples)
    persons = {each.person for each in examples}
    print(f"{real} sets of exercise, {len(examples) - real} others, {len(persons)} persons")
    print(f"today's weights, all persons: {_scored(examples, _todays_scores(examples))}")
    for name, columns in CHOICES.items():
        for penalty in PENALTIES:
            print(f"{name}, penalty {penalty:g}: {left_out(examples, columns, penalty)}")
    weights = fit(examples, CHOICES[asked.features], asked.penalty)
    print(f"weights ({asked.features}, penalty {asked.penalty:g}):")
    for name, weight in zip(NAMES, weights, strict=True):
        print(f"  {weight:9.3f}  {name}")


def fit(examples: Sequence[Example], columns: Sequence[int], penalty: float) -> FloatArray:
    """(7,) weights for the gate's raw features; 0 for those not among `columns`.

    Exercise and the rest weigh the same together, however many there are of each.
    """
    raw = np.array([each.features for each in examples])[:, list(columns)]
    truth = np.array([each.is_exercise for each in examples])
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    standard = (raw - mean) / spread
    share = np.where(truth, truth.mean(), 1 - truth.mean())
    weight = 0.5 / share / len(truth)

    def cost(scaled: FloatArray) -> float:
        margin = np.where(truth, 1, -1) * (scaled[0] + standard @ scaled[1:])
        loss = float(weight @ -special.log_expit(margin))
        return loss + penalty / 2 * float(scaled[1:] @ scaled[1:])

    scaled = optimize.minimize(cost, np.zeros(len(columns) + 1), method="L-BFGS-B").x
    weights = np.zeros(len(NAMES))
    weights[list(columns)] = scaled[1:] / spread
    weights[0] = scaled[0] - float(scaled[1:] @ (mean / spread))
    return weights


def left_out(examples: Sequence[Example], columns: Sequence[int], penalty: float) -> Scores:
    """Judge each person's sets by weights fitted to everybody else's."""
    scores = np.zeros(len(examples))
    for person in {each.person for each in examples}:
        weights = fit([each for each in examples if each.person != person], columns, penalty)
        for i, each in enumerate(examples):
            if each.person == person:
                scores[i] = float(weights @ each.features)
    return _scored(examples, scores)


def _scored(examples: Sequence[Example], scores: FloatArray) -> Scores:
    truth = np.array([each.is_exercise for each in examples])
    loss = -special.log_expit(np.where(truth, 1, -1) * scores)
    balanced = (loss[truth].mean() + loss[~truth].mean()) / 2
    lost, let_in = (truth & (scores <= 0)).sum(), (~truth & (scores > 0)).sum()
    return Scores(round(float(balanced), 3), int(lost), int(let_in))


def _todays_scores(examples: Sequence[Example]) -> FloatArray:
    weights = np.array(GateParams().weights)
    return np.array([float(weights @ each.features) for each in examples])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fit_gate")
    parser.add_argument("--recordings", type=Path, default=RECORDINGS, metavar="DIR")
    parser.add_argument("--features", choices=tuple(CHOICES), default="all")
    parser.add_argument("--penalty", type=float, default=0.01)
    return parser.parse_args()


def _examples(folder: Path) -> list[Example]:
    fitting = [
        entry
        for entry in entries(folder)
        if entry.dataset == WALKS or any(each.has_edges for each in entry.sets)
    ]
    examples: list[Example] = []
    with steps("recordings", len(fitting)) as step:
        for entry in fitting:
            examples += _of_one(entry)
            step()
    return examples


def _of_one(entry: Entry) -> Iterator[Example]:
    for ended, features in _fast_sets(entry):
        share = _annotated_share(entry, ended)
        if share >= MOSTLY or share <= HARDLY:
            yield Example(_person(entry), features, share >= MOSTLY)


def _fast_sets(entry: Entry) -> list[tuple[SetEnded, FloatArray]]:
    """The sets that come through the open gate, with what the gate saw of each fast one."""
    seen: list[FloatArray | None] = []

    def watch(
        grid_ms2: FloatArray, segments: list[Segment], rate_hz: float, params: GateParams
    ) -> bool:
        is_taken = is_exercise(grid_ms2, segments, rate_hz, params)
        if is_taken:
            seen.append(_features(grid_ms2, segments, rate_hz, params))
        return is_taken

    # The gate's view of a set is not among the events, and should not be for this script's sake.
    with mock.patch.object(sets, "is_exercise", watch):
        ended = [event for event in _open_events(entry) if isinstance(event, SetEnded)]
    return [
        (event, features)
        for event, features in zip(ended, seen, strict=True)
        if features is not None
    ]


def _open_events(entry: Entry) -> list[Event]:
    params = TrackerParams()
    tracker = Tracker(replace(params, sets=replace(params.sets, gate=OPEN)))
    blocks = read_recording(entry.path).blocks(REPLAY_BLOCK_S)
    return [event for block in blocks for event in tracker.push(block)] + tracker.flush()


def _features(
    grid_ms2: FloatArray, segments: list[Segment], rate_hz: float, params: GateParams
) -> FloatArray | None:
    """As in is_exercise; None for a set too slow to be walking."""
    period = float(np.median([each.end - each.start for each in segments]))
    if period / rate_hz >= params.walking_below_s:
        return None
    stretch = grid_ms2[int(segments[0].start) : int(segments[-1].end)]
    centred = stretch - stretch.mean(axis=0)
    rms_ms2 = float(np.sqrt((centred * centred).sum(axis=1).mean()))
    likeness = float(np.median([each.likeness for each in segments]))
    return gate_features(stretch, period, rate_hz, rms_ms2, likeness)


def _annotated_share(entry: Entry, ended: SetEnded) -> float:
    shared_s = sum(
        max(0.0, min(each.end_s, ended.end_s) - max(each.begin_s, ended.start_s))
        for each in entry.sets
    )
    return shared_s / (ended.end_s - ended.start_s)


def _person(entry: Entry) -> str:
    """Who it is: sessions and sensors of one person are left out together."""
    found = re.search(r"-(subject\d+|s\d+)", entry.path.name)
    return f"{entry.dataset} {found.group(1) if found else entry.path.name}"


if __name__ == "__main__":
    main()
