"""Which repetitions were only partial, measured against those around them."""

import numpy as np
import pytest

from detection.counting.partial import are_partial
from sensors.synthetic import SetScript, synthesize
from tests.detection.streams import events_of, sets_of


@pytest.mark.parametrize("at", [0, 3, 6])
def test_one_that_turns_back_before_half_of_the_way_is_partial(at: int) -> None:
    reach = np.ones(7)
    reach[at] = 0.4
    assert np.flatnonzero(are_partial(reach)).tolist() == [at]


def test_a_range_that_fades_is_whole_to_the_end() -> None:
    assert not are_partial(np.linspace(1.0, 0.3, 10)).any()


def test_alternating_sides_of_different_range_are_whole() -> None:
    assert not are_partial(np.array([1.0, 0.45] * 5)).any()


def test_a_single_repetition_is_whole() -> None:
    assert are_partial(np.array([0.2])).tolist() == [False]


def test_a_partial_repetition_is_shown_where_it_was_and_not_counted() -> None:
    synthetic = synthesize(SetScript(partial_rep=5), seed=2)
    (ended,) = sets_of(events_of(synthetic.recording))
    (partial,) = ended.partial_reps
    truth = synthetic.truth.sets[0][5]
    assert len(ended.reps) == 9
    assert truth.start_s < partial.turn_s < truth.end_s
