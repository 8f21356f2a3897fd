"""Every number that the measurement of shaking rests on, with its unit and origin.

"Development" means: chosen on the development recordings named in docs/tremor.md, all of them
together, and then checked on other people's recordings; nothing was chosen for one file.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TremorParams:
    """Parameters of TremorMeter; stored with every result that they made."""

    min_rate_hz: float = 49.0
    """Slower streams are refused: at 25 Hz a 17 Hz vibration reads as an 8 Hz tremor. 49 and not
    50, for sensors whose 50 Hz runs a little slow."""
    low_hz: float = 4.0
    """Lowest frequency looked for. Below it the repetition's own harmonics live."""
    high_hz: float = 15.0
    """Highest frequency looked for (physiological and enhanced tremor end near 12, some at 15)."""
    rate_fraction: float = 0.4
    """Highest frequency looked for, as a fraction of the rate: anchors above it must exist."""

    high_pass_hz: float = 2.0
    """Movement below this is taken out before sizes are compared."""
    low_pass_hz: float = 22.5
    """Nothing above is used: the highest anchor of the background at 15 Hz ends at 22 Hz."""
    low_pass_ripple_db: float = 0.5
    low_pass_stop_db: float = 50.0
    """What folds back when every n-th sample is kept is 1/100,000 of its power."""

    limiter_block_s: float = 0.125
    """Half a cycle of the slowest tremor."""
    limiter_half_width: int = 14
    """Blocks either side, 1.75 s: with two seconds the reading would be a second older."""
    limiter_quantile: float = 0.7
    limiter_times_usual: float = 3.0
    """A sine's peak is 1.1 times the 70th percentile of its size, so tremor is never cut."""

    short_s: float = 1.25
    shorts_per_s: int = 4
    context_before: int = 2
    context_after: int = 5
    """Short spectra that start from 2 s before the window to 5 s after its start: 8 s about its
    centre. Context of 4, 6, 8, 10 s finds 88, 93, 95.5, 97.5 % of acted tremor."""
    window_s: int = 4
    time_bandwidth: float = 2.0
    tapers: int = 3

    score_peak: float = 7.2
    score_unsure: float = 6.7
    score_beside: float = 6.2
    """On the scale of contrast.py: above the first there is an oscillation; above the second it
    cannot be told; above the third there is one if a window beside has one within `same_peak_hz`.
    Development."""
    same_peak_hz: float = 0.8
    neighbour_weight: float = 0.6
    """Share of the two windows on each side in a window's score. Without: 4 % fewer found."""
    min_amp_ms2: float = 0.08
    """Smallest amplitude called tremor; visible hand tremor starts near 0.05 (97 people, 1982)."""
    least_amp_ms2: float = 0.01
    """An oscillation smaller than this is not worth the words "below the floor"."""
    floor_ms2: float = 0.0
    """The device's noise, m/s² RMS over a peak's 3 Hz, where it is known to be so much; more may be
    learnt from still moments (noise.py). Under `times_floor` of it is below_floor."""
    times_floor: float = 3.0
    max_over_movement_db: float = 8.0
    """A peak this far under the rhythmic movement's may be its harmonics, unless it is a line."""
    line_contrast_db: float = 5.5
    """How far a line stands out over both its neighbours. Development."""
    rhythm_low_hz: float = 1.5
    rhythm_high_hz: float = 3.4
    rhythm_contrast_db: float = 6.5
    harmonic_contrast_db: float = 5.0
    """A line at 1.5-3.4 Hz that stands out so far, and is stronger than the peak, is movement;
    the lower figure holds where the peak is its 2nd to 5th harmonic within 12 %. Development."""
    harmonic_tolerance: float = 0.12
    max_removed: float = 0.8
    max_removed_of_tremor: float = 0.6
    """Share of the energy that the limiter took; above the first the window says impacts and not
    "none", above the second it says so and not tremor. Of real tremor it took more than 0.58 once
    in 200 windows; of synthetic knocks that looked like tremor, less once in 140."""

    max_rate_error: float = 0.1
    """Sample times and nominal rate may disagree by this; more makes the window unknown."""
    max_clipped: float = 0.02
    """Share of samples at the end of the range; more makes the window unknown."""
    clip_from_ms2: float = 18.0
    """Repeated equal values count as clipped from here: the smallest range in use is ±2 g."""
