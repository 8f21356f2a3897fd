"""All that the measurement of shaking needs at one rate, worked out once."""

from dataclasses import dataclass
from functools import lru_cache, partial

from scipy.signal import windows

from detection.tremor.contrast import Contrasts
from detection.tremor.filters import band_sections, power_response
from detection.tremor.noise import NoiseGauge
from detection.tremor.params import TremorParams
from detection.tremor.peak import PeakMeter
from detection.tremor.rhythm import RhythmFinder
from detection.tremor.spectrum import LongSpectra, ShortSpectra
from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TremorSetup:
    """Filters, transforms and grids for streams of one rate.

    keep_every: one filtered sample in so many is analysed, so that any rate costs the same and
    sees the same band. work_rate_hz: what is left, 49 to 98 Hz.
    """

    sections: FloatArray
    keep_every: int
    work_rate_hz: float
    limiter_block: int
    short: ShortSpectra
    long: LongSpectra
    contrasts: Contrasts
    noise: NoiseGauge
    rhythm: RhythmFinder
    peaks: PeakMeter

    def start(self, second: float) -> int:
        """Working sample at which something that begins at this second begins."""
        return round(second * self.work_rate_hz)


@lru_cache(maxsize=16)
def tremor_setup(rate_hz: float, params: TremorParams) -> TremorSetup:
    """Work out what `TremorSetup` holds; about 5 ms for a new rate, a gap then costs nothing."""
    keep_every = max(1, int(rate_hz / params.min_rate_hz))
    work_hz = rate_hz / keep_every
    sections = band_sections(
        params.high_pass_hz,
        params.low_pass_hz,
        rate_hz,
        params.low_pass_ripple_db,
        params.low_pass_stop_db,
    )
    response = partial(power_response, sections, rate_hz=rate_hz)
    short = ShortSpectra(round(params.short_s * work_hz), work_hz, params.low_pass_hz, response)
    samples = round(params.window_s * work_hz)
    tapers = windows.dpss(samples, params.time_bandwidth, params.tapers)
    long = LongSpectra(work_hz, params.low_pass_hz, tapers, response)
    high_hz = min(params.high_hz, params.rate_fraction * rate_hz)
    contrasts = Contrasts(short.freq_hz, long.freq_hz, params.low_hz, high_hz)
    return TremorSetup(
        sections=sections,
        keep_every=keep_every,
        work_rate_hz=work_hz,
        limiter_block=int(params.limiter_block_s * work_hz),
        short=short,
        long=long,
        contrasts=contrasts,
        noise=NoiseGauge(long.freq_hz, params.low_hz, min(params.high_hz, high_hz)),
        rhythm=RhythmFinder(long.freq_hz, params.rhythm_low_hz, params.rhythm_high_hz),
        peaks=PeakMeter(contrasts, long.freq_hz, params.window_s),
    )
