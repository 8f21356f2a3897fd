"""A line through sessions over days, and how much of its change chance may have made.

All values are log10 of an amplitude: shaking halves and doubles, it does not add.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from sensors.samples import FloatArray

CONFIDENCE = 0.95
SEM_LOG10 = 0.169
"""Scatter of a person's repeated sessions until their own are known: published repeats of tremor
amplitude change by 66 % in 95 % of pairs, and log10(1 - 0.66) = -1.96 · √2 · 0.169."""
LEAST_SEM_LOG10 = 0.05
"""No limb is steadier than ± 12 % from day to day; fewer repeats may look so by luck."""
REPEAT_WITHIN_DAYS = 1.5
REPEATS_NEEDED = 10
REPEATS_DOUBT = 0.2
"""A person's own scatter is taken as the value that it exceeds with so little a chance."""
CORRELATION_IGNORED = 0.13
MOST_CORRELATION = 0.6
"""Neighbouring sessions that err alike carry less; so little of it is not told from none by 9-50
sessions. Chosen so that AR(0.4) sessions are called improved in under 5 % and independent ones
that fell by 66 % over 18 sessions in over 85 % (simulated; docs/tremor.md)."""


@dataclass(frozen=True, slots=True)
class TrendLine:
    """Theil-Sen line through n sessions.

    change_log10: over the whole span, with its 95 % interval. level_log10: at `middle_day`.
    detectable_log10: least change of the line that is more than the scatter of sessions makes.
    kendall_tau, kendall_p: Mann-Kendall, on its own, without regard to size.
    """

    first_day: float
    last_day: float
    middle_day: float
    level_log10: float
    change_log10: float
    change_low_log10: float
    change_high_log10: float
    detectable_log10: float
    kendall_tau: float
    kendall_p: float

    def at(self, day: float, change_log10: float) -> float:
        """Level, log10, of a line with this change through the middle of the sessions."""
        share = (day - self.middle_day) / (self.last_day - self.first_day)
        return self.level_log10 + change_log10 * share


def fit_line(day: FloatArray, level_log10: FloatArray, sem_log10: float) -> TrendLine:
    """Fit sessions `(n,)`, in order of days that are not all the same."""
    span = float(day[-1] - day[0])
    # joint: as many sessions above the line as below it
    slope, intercept, low, high = (
        float(v) for v in stats.theilslopes(level_log10, day, CONFIDENCE, method="joint")
    )
    wider = _inflation(level_log10 - intercept - slope * day)
    kendall = stats.kendalltau(day, level_log10)
    middle_day = float(np.median(day))
    return TrendLine(
        first_day=float(day[0]),
        last_day=float(day[-1]),
        middle_day=middle_day,
        level_log10=intercept + slope * middle_day,
        change_log10=slope * span,
        change_low_log10=(slope - wider * (slope - low)) * span,
        change_high_log10=(slope + wider * (high - slope)) * span,
        detectable_log10=wider * detectable_log10(day, sem_log10),
        kendall_tau=0.0 if np.isnan(kendall.statistic) else float(kendall.statistic),
        kendall_p=1.0 if np.isnan(kendall.pvalue) else float(kendall.pvalue),
    )


def detectable_log10(day: FloatArray, sem_log10: float) -> float:
    """Minimal detectable change of a line's ends: 1.96 standard errors of its rise over the span.

    Two sessions give the single-session figure, 1.96 · √2 · SEM; 18 even ones a little over half.
    """
    spread = float(np.sqrt(((day - day.mean()) ** 2).sum()))
    return (
        float(stats.norm.ppf(0.5 + CONFIDENCE / 2)) * sem_log10 * float(day[-1] - day[0]) / spread
    )


def own_sem_log10(day: FloatArray, level_log10: FloatArray) -> float | None:
    """Scatter of a person's sessions, from those a day apart; None while they are too few."""
    is_repeat = np.diff(day) <= REPEAT_WITHIN_DAYS
    repeats = int(is_repeat.sum())
    if repeats < REPEATS_NEEDED:
        return None
    squares = float((np.diff(level_log10)[is_repeat] ** 2).sum()) / 2
    return max(LEAST_SEM_LOG10, float(np.sqrt(squares / stats.chi2.ppf(REPEATS_DOUBT, repeats))))


def _inflation(residual: FloatArray) -> float:
    """How much wider the interval is because neighbouring sessions err alike."""
    total = float((residual**2).sum())
    if total == 0:
        return 1.0
    correlation = float((residual[1:] * residual[:-1]).sum()) / total - CORRELATION_IGNORED
    correlation = min(MOST_CORRELATION, max(0.0, correlation))
    return float(np.sqrt((1 + correlation) / (1 - correlation)))
