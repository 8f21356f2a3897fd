"""The best cut into windows, held against trying all of them."""

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.counting.tiling import best_tilings

LENGTHS = np.array([2, 3])


def _best_by_trial(scores: np.ndarray) -> float:
    windows = [
        (start, start + int(LENGTHS[index]), scores[start, index])
        for start in range(scores.shape[0])
        for index in range(len(LENGTHS))
        if np.isfinite(scores[start, index])
    ]
    best = 0.0
    for size in range(1, 4):
        for chosen in combinations(windows, size):
            ordered = sorted(chosen)
            if all(a[1] <= b[0] for a, b in pairwise(ordered)):
                best = max(best, sum(w[2] for w in chosen))
    return best


@given(st.lists(st.floats(-1, 1), min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_the_sum_is_the_best_there_is(values: list[float]) -> None:
    scores = np.array(values).reshape(6, 2)
    sums, _ = best_tilings(scores[None], LENGTHS)
    assert np.isclose(sums[0], _best_by_trial(scores))


@given(st.lists(st.floats(-1, 1), min_size=40, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_windows_do_not_overlap_and_give_the_sum(values: list[float]) -> None:
    scores = np.array(values).reshape(2, 10, 2)
    sums, tilings = best_tilings(scores, LENGTHS)
    for problem, tiling in enumerate(tilings):
        ends = tiling[:, 0] + LENGTHS[tiling[:, 1]]
        assert (tiling[1:, 0] >= ends[:-1]).all()
        assert np.isclose(scores[problem, tiling[:, 0], tiling[:, 1]].sum(), sums[problem])


def test_nothing_worth_taking_gives_no_windows() -> None:
    sums, tilings = best_tilings(np.full((1, 5, 2), -0.1), LENGTHS)
    assert sums[0] == 0
    assert tilings[0].shape == (0, 2)


def test_windows_that_are_not_allowed_are_not_taken() -> None:
    scores = np.full((1, 5, 2), -np.inf)
    scores[0, 1, 1] = 0.5
    _, tilings = best_tilings(scores, LENGTHS)
    assert tilings[0].tolist() == [[1, 1]]
