"""The tables of part `peers`, from what each way of counting said of each signal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from benchmarks.tables import Cell, Table, percent, rounded
from detection.scoring.sets import Counted, Evidence, count_figures

Row = TypeVar("Row", "Given", "Unaided")


@dataclass(frozen=True, slots=True)
class Given:
    """Sets whose edges were given, counted in one way; or why that way did not count."""

    dataset: str
    method: str
    counted: tuple[Counted, ...]
    processor_s: float = 0.0
    duration_s: float = 0.0
    refused: str = ""

    def __add__(self, other: "Given") -> "Given":
        return replace(
            self,
            counted=self.counted + other.counted,
            processor_s=self.processor_s + other.processor_s,
            duration_s=self.duration_s + other.duration_s,
        )


@dataclass(frozen=True, slots=True)
class Unaided:
    """What one way found where nothing was given."""

    dataset: str
    method: str
    evidence: Evidence
    sets: int
    processor_s: float
    duration_s: float

    def __add__(self, other: "Unaided") -> "Unaided":
        return replace(
            self,
            evidence=self.evidence + other.evidence,
            sets=self.sets + other.sets,
            processor_s=self.processor_s + other.processor_s,
            duration_s=self.duration_s + other.duration_s,
        )


def given_table(rows: Iterable[Given]) -> Table:
    """Return how well and how fast sets with given edges were counted."""
    return Table(
        "Beside peers: a set's edges given",
        """Each set cut out and counted with the exercise unknown; all get the same signal and,
where they take one, the same range of periods. Made afresh from their descriptions, save what names
a version: those packages count in an environment of their own, and a signal on which one fails
counts as 0. scikit-digital-health looks for sit-to-stand, with a sensor at the low back; stumpy is
given the period of the vector autocorrelation. Synthetic edges are off by 0.3 s, as hand-drawn ones
are. Time: of one core for each minute of signal; Steadyrep's holds shaking and quality as well.""",
        (
            "data set", "way", "sets", "exact, %", "within 1, %", "mean size of error",
            "doubled, %", "halved, %", "time, ms a minute",
        ),
        tuple(_given_row(each) for each in _sums(rows)),
    )  # fmt: skip


def _given_row(each: Given) -> tuple[Cell, ...]:
    if each.refused:
        return each.dataset, f"{each.method}: {each.refused}", 0, *[None] * 6
    figures = count_figures(each.counted)
    return (
        each.dataset,
        each.method,
        figures.sets,
        percent(figures.exact),
        percent(figures.within_one),
        round(figures.mean_abs_error, 2),
        percent(figures.doubled),
        percent(figures.halved),
        _ms_a_minute(each),
    )


def unaided_table(rows: Iterable[Unaided]) -> Table:
    """Return what was found in recordings that hold sets."""
    return Table(
        "Beside a naive gate: nothing given",
        """Whole recordings, rest included, scored as in part `score`. The naive gate: exercise is
where the vector autocorrelation of 10 s has a peak above 0.55; its period fills the time. It sees
no period above 5 s.""",
        (
            "data set", "way", "sets", "exact, %", "within 1, %", "set F1",
            "false reps in 10 min of rest", "time, ms a minute",
        ),
        tuple(_unaided_row(each) for each in _sums(rows)),
    )  # fmt: skip


def _unaided_row(each: Unaided) -> tuple[Cell, ...]:
    figures = count_figures(each.evidence.counted)
    return (
        each.dataset,
        each.method,
        figures.sets,
        percent(figures.exact),
        percent(figures.within_one),
        rounded(each.evidence.sets.f1, 3),
        rounded(each.evidence.false_reps_per_10_min, 2),
        _ms_a_minute(each),
    )


def idle_table(rows: Iterable[Unaided]) -> Table:
    """Return what was found where there is no exercise."""
    return Table(
        "Beside a naive gate: nothing to count",
        "Everyday life, made and recorded: every set is false.",
        ("data set", "way", "hours", "sets found", "sets an hour"),
        tuple(
            (
                each.dataset,
                each.method,
                round(each.duration_s / 3600, 2),
                each.sets,
                round(each.sets * 3600 / each.duration_s, 2),
            )
            for each in _sums(rows)
        ),
    )


def _ms_a_minute(each: Given | Unaided) -> float:
    return round(60_000 * each.processor_s / each.duration_s, 1)


def _sums(rows: Iterable[Row]) -> Sequence[Row]:
    """One row for each data set and way, data sets together, in the order of their first row."""
    sums: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = row.dataset, row.method
        sums[key] = sums[key] + row if key in sums else row
    datasets = list(dict.fromkeys(dataset for dataset, _ in sums))
    return sorted(sums.values(), key=lambda row: datasets.index(row.dataset))
