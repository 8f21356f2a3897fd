"""Spectra of every moment of a piece of signal: of a second each, five a second.

What the shaking by phase is judged by, and what a spectrogram shows.
"""

from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from detection.tremor.filters import BandFilter, power_response
from detection.tremor.limiter import AXES, Limiter
from detection.tremor.params import TremorParams
from detection.tremor.setup import tremor_setup
from detection.tremor.spectrum import ShortSpectra
from sensors.samples import FloatArray, SampleBlock

STRETCH_S, STEP_S = 1.0, 0.2
"""Short against a phase, and five a second of which neighbours overlap."""
GAP_S = 0.06
"""A longer hole parts the signal, as it parts windows."""


class Stretches(NamedTuple):
    """Middles `(k,)`, stream seconds; frequencies `(m,)`; natural log of power `(k, m)`.

    Power is summed over the axes, (m/s²)²/Hz, after the limiter.
    """

    middle_s: FloatArray
    freq_hz: FloatArray
    log_power: FloatArray


def stretches(block: SampleBlock, params: TremorParams) -> Stretches:
    """Spectra of all stretches of a block, none over a hole; the rate is at least 49 Hz."""
    cuts = np.flatnonzero(np.diff(block.t_s) > max(GAP_S, 2.5 / block.rate_hz)) + 1
    freq_hz = _short_spectra(block.rate_hz, params).freq_hz
    middles, spectra = [np.zeros(0)], [np.zeros((0, len(freq_hz)))]
    for first, last in zip([0, *cuts], [*cuts, len(block)], strict=True):
        piece = SampleBlock(block.t_s[first:last], block.acc_ms2[first:last], block.rate_hz)
        middle_s, log_power = _of_piece(piece, params)
        middles.append(middle_s)
        spectra.append(log_power)
    return Stretches(np.concatenate(middles), freq_hz, np.concatenate(spectra))


def _of_piece(piece: SampleBlock, params: TremorParams) -> tuple[FloatArray, FloatArray]:
    setup, spectra = tremor_setup(piece.rate_hz, params), _short_spectra(piece.rate_hz, params)
    limiter = Limiter(
        setup.limiter_block,
        params.limiter_half_width,
        params.limiter_quantile,
        params.limiter_times_usual,
    )
    limiter.push(BandFilter(setup.sections, setup.keep_every).push(piece.acc_ms2))
    limiter.flush()
    last = (limiter.count - spectra.samples) / setup.work_rate_hz
    starts = [setup.start(n * STEP_S) for n in range(int(last / STEP_S) + 1)] if last >= 0 else []
    starts = [start for start in starts if start + spectra.samples <= limiter.count]
    if not starts:
        return np.zeros(0), np.zeros((0, len(spectra.freq_hz)))
    rows = limiter.stretches(starts, spectra.samples)[:, AXES].swapaxes(1, 2)
    middle = (np.array(starts) + spectra.samples // 2) * setup.keep_every
    return piece.t_s[np.minimum(middle, len(piece) - 1)], spectra.log_power(rows[:, None])


@lru_cache(maxsize=16)
def _short_spectra(rate_hz: float, params: TremorParams) -> ShortSpectra:
    setup = tremor_setup(rate_hz, params)
    response = partial(power_response, setup.sections, rate_hz=rate_hz)
    samples = round(STRETCH_S * setup.work_rate_hz)
    return ShortSpectra(samples, setup.work_rate_hz, params.low_pass_hz, response)
