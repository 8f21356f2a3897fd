"""Part `trend`: how often a change over weeks is called that was not there, and one that was.

Simulated patients: sessions that scatter in log10 of the amplitude as published repeats do, alone
or alike with their neighbours, and a level that stays or falls evenly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.options import Options
from benchmarks.progress import steps
from benchmarks.tables import (
    AIM_COLUMNS,
    AIMS_MEANING,
    Cell,
    Table,
    aim_row,
    at_least,
    at_most,
    percent,
)
from benchmarks.workers import each_done, workers
from detection.trend import Conditions, SessionLevel, TremorSession, TrendVerdict, trend

SCATTER_LOG10 = 0.17
"""Standard deviation of sessions: the published standard error of measurement is 0.169."""
VISITS = ((9, 3.0), (12, 4.0), (18, 6.0), (24, 8.0), (48, 16.0))
"""Sessions, and weeks over which they are spread."""
CORRELATION = 0.4
FALLS = (0.5, 0.66)
FIRST_MS2 = 0.5
LIKE = Conditions("bridge", "left", None, "thigh", "a sensor", None, "the same")


@dataclass(frozen=True, slots=True)
class Patients:
    """A kind of patient. fall: share by which the shaking falls; correlation: of neighbours."""

    sessions: int
    weeks: float
    fall: float
    correlation: float
    patients: int


@dataclass(frozen=True, slots=True)
class Called:
    """Shares of the patients that were called so."""

    improved: float
    worse: float


def measure(options: Options) -> list[Table]:
    """Simulate all kinds of patients."""
    kinds = [(0.0, 0.0), (0.0, CORRELATION), *((fall, 0.0) for fall in FALLS)]
    cells = [
        Patients(sessions, weeks, fall, correlation, options.patients)
        for (sessions, weeks), (fall, correlation) in product(VISITS, kinds)
    ]
    with workers() as pool, steps("trend", len(cells)) as step:
        called = each_done(pool, simulate, cells, step)
    found = {
        (c.sessions, c.fall, c.correlation): each for c, each in zip(cells, called, strict=True)
    }
    return [_aims(found), _table(found, options.patients)]


def simulate(cell: Patients) -> Called:
    """Judge patients of one kind, always the same ones."""
    rng = np.random.default_rng(
        [cell.sessions, round(100 * cell.fall), round(100 * cell.correlation)]
    )
    verdicts = [_verdict(cell, rng) for _ in range(cell.patients)]
    return Called(
        float(np.mean([v is TrendVerdict.IMPROVED for v in verdicts])),
        float(np.mean([v is TrendVerdict.WORSE for v in verdicts])),
    )


def _verdict(cell: Patients, rng: np.random.Generator) -> TrendVerdict:
    noise = rng.normal(0, SCATTER_LOG10, cell.sessions)
    for i in range(1, cell.sessions):
        own = np.sqrt(1 - cell.correlation**2) * noise[i]
        noise[i] = cell.correlation * noise[i - 1] + own
    level = np.log10(FIRST_MS2) + np.linspace(0, np.log10(1 - cell.fall), cell.sessions) + noise
    days = np.linspace(0, 7 * cell.weeks, cell.sessions)
    sessions = [
        TremorSession(float(day), SessionLevel.MEASURED, float(10**one), LIKE)
        for day, one in zip(days, level, strict=True)
    ]
    return trend(sessions).verdict


Found = dict[tuple[int, float, float], Called]


def _table(found: Found, patients: int) -> Table:
    rows: list[Sequence[Cell]] = []
    for sessions, weeks in VISITS:
        rows.append(
            (
                f"{sessions} over {weeks:g}",
                percent(found[sessions, 0.0, 0.0].improved),
                percent(found[sessions, 0.0, CORRELATION].improved),
                percent(found[sessions, 0.0, 0.0].worse),
                *(percent(found[sessions, fall, 0.0].improved) for fall in FALLS),
            )
        )
    return Table(
        "Change over weeks: simulated patients",
        f"""{patients} of each kind; sessions scatter by {SCATTER_LOG10} in log10. Shares called
improved (worse in one column), in %. Correlated: neighbours err alike, AR({CORRELATION}).""",
        (
            "sessions over weeks", "no change", "no change, correlated", "no change, called worse",
            "fell by 50 %", "fell by 66 %",
        ),
        tuple(tuple(row) for row in rows),
    )  # fmt: skip


def _aims(found: Found) -> Table:
    alone = max(found[sessions, 0.0, 0.0].improved for sessions, _ in VISITS)
    alike = max(found[sessions, 0.0, CORRELATION].improved for sessions, _ in VISITS)
    return Table(
        "Change over weeks: aims",
        AIMS_MEANING,
        AIM_COLUMNS,
        (
            aim_row("no change called improved, at worst", percent(alone), at_most(3, " %")),
            aim_row("the same, correlated", percent(alike), at_most(5, " %")),
            aim_row(
                "a fall by 66 % over 18 sessions called improved",
                percent(found[18, 0.66, 0.0].improved),
                at_least(85, " %"),
            ),
        ),
    )
