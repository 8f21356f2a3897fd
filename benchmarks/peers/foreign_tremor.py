"""Runs in a peer's environment: `foreign_tremor.py WAY ASKED.npz ANSWERED.npz`.

Knows numpy and the package that it asks, and nothing of the project. Of each window of four seconds
it says a measure (the larger, the more it shakes), the pitch and the amplitude; NaN where the
package tells none.
"""

import itertools
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

WINDOW_S = 4
BAND_HZ = (3.5, 15.0)
"""Of tremor, for the packages that ask for a band."""

Told = tuple[float, float, float]
"""Measure, pitch in Hz, amplitude (m/s² RMS, or °/s RMS from a gyroscope)."""
Look = Callable[[np.ndarray, np.ndarray, float], list[Told]]


def resting_tremor(acc_ms2: np.ndarray, gyro_dps: np.ndarray, rate_hz: float) -> list[Told]:
    """ParaDigMa's pipeline with its own classifier: gyroscope, 3 to 7 Hz, at rest."""
    import pandas as pd
    import paradigma
    from paradigma.config import TremorConfig
    from paradigma.pipelines.tremor_pipeline import detect_tremor, extract_tremor_features

    del acc_ms2
    config = TremorConfig()
    config._set_sampling_frequency_detected(round(rate_hz))  # noqa: SLF001 - as its own loader does
    columns = dict(zip(config.gyroscope_colnames, gyro_dps.T, strict=True))
    frame = pd.DataFrame({config.time_colname: np.arange(len(gyro_dps)) / rate_hz, **columns})
    classifier = Path(paradigma.__file__).parent / "assets" / "tremor_detection_clf_package.pkl"
    found = detect_tremor(extract_tremor_features(frame, config), config, classifier)
    shown = found[["pred_tremor_checked", "freq_peak", "tremor_power"]].to_numpy(float)
    return [(float(is_it), freq_hz, float(np.sqrt(power))) for is_it, freq_hz, power in shown]


def band_power(acc_ms2: np.ndarray, gyro_dps: np.ndarray, rate_hz: float) -> list[Told]:
    """neurokit2's power in the band, summed over the axes; it has no pitch and no decision."""
    import neurokit2

    del gyro_dps
    told = []
    for window in _windows(acc_ms2, rate_hz):
        power = sum(
            float(
                neurokit2.signal_power(
                    axis, frequency_band=[BAND_HZ], sampling_rate=rate_hz, normalize=False
                ).iloc[0, 0]
            )
            for axis in (window - window.mean(axis=0)).T
        )
        told.append((power, np.nan, float(np.sqrt(power))))
    return told


def dominant(acc_ms2: np.ndarray, gyro_dps: np.ndarray, rate_hz: float) -> list[Told]:
    """scikit-digital-health's dominant frequency and its value, on the axis where it is largest."""
    from skdh.features import DominantFrequency, DominantFrequencyValue

    del gyro_dps
    band = {"low_cutoff": BAND_HZ[0], "high_cutoff": BAND_HZ[1]}
    told = []
    for window in _windows(acc_ms2, rate_hz):
        axes = (window - window.mean(axis=0)).T
        values = DominantFrequencyValue(**band).compute(axes, fs=rate_hz)
        pitches = DominantFrequency(**band).compute(axes, fs=rate_hz)
        best = int(np.argmax(values))
        told.append((float(values[best]), float(pitches[best]), np.nan))
    return told


def freeze(acc_ms2: np.ndarray, gyro_dps: np.ndarray, rate_hz: float) -> list[Told]:
    """The multitaper freeze index of the norm: 3 to 8 Hz over 0.5 to 3; neither pitch nor size."""
    from freezing.freezeindex import compute_multitaper_fi

    del gyro_dps
    norm = np.linalg.norm(acc_ms2, axis=1)
    at, index = compute_multitaper_fi(norm - norm.mean(), rate_hz)
    middles = (np.arange(len(norm) // round(WINDOW_S * rate_hz)) + 0.5) * WINDOW_S
    at_s = np.asarray(at, float) * (len(norm) / rate_hz) / max(float(np.max(at)), 1e-9)
    return [(float(np.interp(middle, at_s, index)), np.nan, np.nan) for middle in middles]


def _windows(values: np.ndarray, rate_hz: float) -> list[np.ndarray]:
    size = round(WINDOW_S * rate_hz)
    return [values[n : n + size] for n in range(0, len(values) - size + 1, size)]


WAYS: dict[str, tuple[str, Look]] = {
    "resting-tremor": ("paradigma", resting_tremor),
    "band-power": ("neurokit2", band_power),
    "dominant": ("scikit-digital-health", dominant),
    "freeze": ("freeze-index", freeze),
}


def main() -> None:
    """Look at every signal; write what is told of each window, and the processor's seconds."""
    way, asked, answered = sys.argv[1:]
    package, look = WAYS[way]
    warnings.simplefilter("ignore")
    with np.load(asked) as given:
        acc_ms2, gyro_dps, edges, rate_hz = (
            given[name] for name in ("acc_ms2", "gyro_dps", "edges", "rate_hz")
        )
    pieces = list(itertools.pairwise(edges))
    first, last = pieces[0]
    look(acc_ms2[first:last], gyro_dps[first:last], float(rate_hz[0]))  # compiled and loaded now
    told, spent_s = [], []
    for (first, last), rate in zip(pieces, rate_hz, strict=True):
        begin_s = time.process_time()
        told.append(look(acc_ms2[first:last], gyro_dps[first:last], float(rate)))
        spent_s.append(time.process_time() - begin_s)
    np.savez(
        answered,
        told=np.concatenate([np.array(each, float).reshape(-1, 3) for each in told]),
        edges=np.cumsum([0, *map(len, told)]),
        processor_s=spent_s,
        version=version(package),
    )


if __name__ == "__main__":
    main()
