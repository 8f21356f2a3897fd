"""Runs in the environment of `foreign`: `foreign_counts.py WAY ASKED.npz ANSWERED.npz`.

Knows numpy and the package that it asks, and nothing of the project.
"""

import itertools
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version

import numpy as np

G_MS2 = 9.80665
STILL_S = 20.0
"""Stillness set before and after a set that was cut out; scikit-digital-health looks for some."""
EPOCH_S = 1.6e9
"""Some instant; scikit-digital-health wants seconds since 1970."""
ALIKE = 0.5
"""Correlation from which a window is the same movement. stumpy's own limit, two standard deviations
below the mean distance, is for rare motifs: it counts a synthetic set exactly 1 time in 200."""
SHORTEST_WINDOW = 3

Count = Callable[[np.ndarray, float, float], int]


def standing_up(acc_ms2: np.ndarray, rate_hz: float, period_s: float) -> int:
    """Sit-to-stand transitions that scikit-digital-health finds."""
    from skdh.sit2stand import Sit2Stand

    del period_s
    still = round(STILL_S * rate_hz)
    acc_g = np.pad(acc_ms2 / G_MS2, ((still, still), (0, 0)), mode="edge")
    time_s = EPOCH_S + np.arange(len(acc_g)) / rate_hz
    found = Sit2Stand(day_window=None).predict(time=time_s, accel=acc_g)
    return len(found["STS Start"])


def motif(component: np.ndarray, rate_hz: float, period_s: float) -> int:
    """Windows like the one that has the nearest neighbour, by stumpy."""
    import stumpy

    signal, window = component[:, 0], _window(rate_hz, period_s)
    if window is None:
        return 0
    distances = stumpy.stump(signal, window)[:, 0].astype(float)
    return _matches(signal, int(distances.argmin()), window)


def first_repetition(component: np.ndarray, rate_hz: float, period_s: float) -> int:
    """Windows like the first one, by stumpy."""
    signal, window = component[:, 0], _window(rate_hz, period_s)
    return 0 if window is None else _matches(signal, 0, window)


def _window(rate_hz: float, period_s: float) -> int | None:
    return max(SHORTEST_WINDOW, round(rate_hz * period_s)) if np.isfinite(period_s) else None


def _matches(signal: np.ndarray, begin: int, window: int) -> int:
    import stumpy

    # Distance of z-normalised windows of this length at a given correlation.
    farthest = float(np.sqrt(2 * window * (1 - ALIKE)))
    return len(stumpy.match(signal[begin : begin + window], signal, max_distance=farthest))


WAYS: dict[str, tuple[str, Count]] = {
    "standing-up": ("scikit-digital-health", standing_up),
    "motif": ("stumpy", motif),
    "first-repetition": ("stumpy", first_repetition),
}


def main() -> None:
    """Count in every signal; write the counts and the processor's seconds for each."""
    way, asked, answered = sys.argv[1:]
    package, count = WAYS[way]
    warnings.simplefilter("ignore")
    with np.load(asked) as told:
        names = ("values", "edges", "rate_hz", "period_s")
        values, edges, rate_hz, period_s = (told[name] for name in names)
    pieces = [values[begin:end] for begin, end in itertools.pairwise(edges)]
    _timed(count, pieces[0], rate_hz[0], period_s[0])  # What is compiled is compiled now.
    made = [_timed(count, *each) for each in zip(pieces, rate_hz, period_s, strict=True)]
    counts, spent_s = np.array(made).T
    np.savez(answered, counts=counts, processor_s=spent_s, version=version(package))


def _timed(
    count: Count, values: np.ndarray, rate_hz: float, period_s: float
) -> tuple[float, float]:
    begin_s = time.process_time()
    counted = _try(count, values, float(rate_hz), float(period_s))
    return counted, time.process_time() - begin_s


def _try(count: Count, values: np.ndarray, rate_hz: float, period_s: float) -> float:
    """The count; NaN where the package raised, whatever it was: one signal must not end the run."""
    try:
        return float(count(values, rate_hz, period_s))
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return float("nan")


if __name__ == "__main__":
    main()
