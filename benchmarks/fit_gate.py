"""Where the weights of detection.counting.gate come from: `python -m benchmarks.fit_gate`.

The set finder is run with its gate open over recordings and over synthetic life (gate_examples).
Each of the gate's two logistics is fitted to all exercise and to what its question is about, and
judged with each person, activity and exercise left out in turn.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import optimize, special

from benchmarks.gate_examples import Example, recorded, synthetic
from benchmarks.options import RECORDINGS
from detection.counting.gate import GateParams, even_terms, is_too_fast, moved, passes, steps_terms
from detection.counting.set_features import SetFeatures
from sensors.samples import FloatArray
from sensors.synthetic import Activity

RECORDED = 3.0
"""What a recorded set weighs against a synthetic one: people are not as the script."""


@dataclass(frozen=True, slots=True)
class Question:
    """One of the gate's logistics.

    about: what it is to tell from exercise: activities, and data sets outside annotated sets.
    loss: what a lost set of exercise weighs against one let in. The steps are many and close to
    exercise; of the uneven there are few, and a patient's set counts more.
    penalty: on half the squared weights of standardised terms, beside the mean loss of a set.
    """

    name: str
    terms: Callable[[SetFeatures], FloatArray]
    term_names: tuple[str, ...]
    about: frozenset[str]
    loss: float
    penalty: float


STEPS = Question(
    "steps",
    steps_terms,
    ("1", "ln seconds", "ln² seconds", "footfalls", "retraced²", "ln beat", "apart"),
    frozenset(
        {Activity.WALKING, Activity.WALKING_ABOUT, Activity.STAIRS, Activity.STIRRING}
        | {Activity.BRUSHING_TEETH, Activity.SCRATCHING, "daphnet", "ulift"}
    ),
    loss=1.5,
    penalty=0.0001,
)
EVEN = Question(
    "even",
    even_terms,
    ("1", "wander²", "(uneven ln seconds)²"),
    frozenset(
        {Activity.EATING, Activity.SIPPING, Activity.DRINKING, Activity.TYPING, Activity.VEHICLE}
        | {Activity.RIDING_ALONG, Activity.CROSSING_LEGS, "phonetremor"}
    ),
    loss=60.0,
    penalty=0.003,
)


def main() -> None:
    """Print both logistics, what they lose and let in, and what the whole gate does."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fit_gate")
    parser.add_argument("--recordings", type=Path, default=RECORDINGS, metavar="DIR")
    examples = [*recorded(parser.parse_args().recordings), *synthetic()]
    params = GateParams()
    print(_told(examples, [passes(each.features, params) for each in examples], "today's gate"))
    weights = [
        _answered(question, _asked(question, examples, params)) for question in (STEPS, EVEN)
    ]
    fitted = replace(params, steps_weights=weights[0], even_weights=weights[1])
    print(
        _told(examples, [passes(each.features, fitted) for each in examples], "with these weights")
    )


def _answered(question: Question, examples: Sequence[Example]) -> tuple[float, ...]:
    """Fit a question's weights, and print them beside what they do."""
    weights = fit(question, examples)
    terms = np.array([question.terms(each.features) for each in examples])
    print(f"\n{question.name}:")
    for name, weight in zip(question.term_names, weights, strict=True):
        print(f"  {weight:8.2f}  {name}")
    print(_told(examples, list(left_out(question, examples) > 0), "left out"))
    print(_told(examples, list(terms @ weights > 0), "all"))
    return tuple(float(weight) for weight in weights)


def _asked(question: Question, examples: Sequence[Example], params: GateParams) -> list[Example]:
    """The examples that come to the question, of exercise and of what it is about."""
    return [
        each
        for each in examples
        if (each.is_exercise or each.what.split(",")[0] in question.about)
        and moved(each.features, params)
        and (question is EVEN or _is_fast(each.features, params))
    ]


def _is_fast(features: SetFeatures, params: GateParams) -> bool:
    return features.seconds < params.steps_below_s and not is_too_fast(features, params)


def fit(question: Question, examples: Sequence[Example]) -> FloatArray:
    """Return the weights of the question's terms.

    Exercise and the rest weigh as `loss` to 1 together, whatever their number; within each, a kind
    that comes n times weighs √n.
    """
    raw = np.array([question.terms(each.features) for each in examples])[:, 1:]
    truth = np.array([each.is_exercise for each in examples])
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    standard = (raw - mean) / spread
    weight = _weights(question, examples, truth)
    sign = np.where(truth, 1, -1)

    def cost(scaled: FloatArray) -> tuple[float, FloatArray]:
        margin = sign * (scaled[0] + standard @ scaled[1:])
        slope = -weight * sign * special.expit(-margin)
        pulled = question.penalty * scaled[1:]
        loss = float(weight @ -special.log_expit(margin)) + float(pulled @ scaled[1:]) / 2
        return loss, np.concatenate(([slope.sum()], standard.T @ slope + pulled))

    start = np.zeros(raw.shape[1] + 1)
    scaled = optimize.minimize(cost, start, jac=True, method="L-BFGS-B").x
    weights = scaled[1:] / spread
    return np.concatenate(([scaled[0] - float(weights @ mean)], weights))


def _weights(question: Question, examples: Sequence[Example], truth: FloatArray) -> FloatArray:
    times = Counter((each.what, each.is_exercise) for each in examples)
    weight = np.array(
        [
            (RECORDED if each.is_recorded else 1.0) / np.sqrt(times[each.what, each.is_exercise])
            for each in examples
        ]
    )
    for is_exercise, together in ((True, question.loss), (False, 1.0)):
        weight[truth == is_exercise] *= together / weight[truth == is_exercise].sum()
    return np.asarray(weight / weight.sum())


def left_out(question: Question, examples: Sequence[Example]) -> FloatArray:
    """Judge each person's sets, and each activity, by weights fitted to everybody else's."""
    scores = np.zeros(len(examples))
    for person in {each.person for each in examples}:
        weights = fit(question, [each for each in examples if each.person != person])
        for i, each in enumerate(examples):
            if each.person == person:
                scores[i] = float(weights @ question.terms(each.features))
    return scores


def _told(examples: Sequence[Example], taken: Sequence[bool], title: str) -> str:
    """How many sets of each kind are lost, and of each activity let in."""
    of = Counter((each.is_exercise, each.is_recorded, each.what) for each in examples)
    wrong = Counter(
        (each.is_exercise, each.is_recorded, each.what)
        for each, is_taken in zip(examples, taken, strict=True)
        if is_taken != each.is_exercise
    )
    parts = [f"{title}:"]
    for is_exercise, name in ((True, "lost"), (False, "let in")):
        kinds = {kind: count for kind, count in wrong.items() if kind[0] is is_exercise}
        whole = sum(count for kind, count in of.items() if kind[0] is is_exercise)
        parts.append(f"  {name} {sum(kinds.values())} of {whole}")
        parts += [
            f"    {count} of {of[kind]} {kind[2]}{' (recorded)' if kind[1] else ''}"
            for kind, count in sorted(kinds.items(), key=lambda item: -item[1])
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    main()
