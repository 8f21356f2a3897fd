"""What the counting should reach, and whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.counting_score import FOUND, FREE, GIVEN, IDLE, LIVE
from benchmarks.tables import AIM_COLUMNS, AIMS_MEANING, Aim, Table, aim_row, at_least, at_most


@dataclass(frozen=True, slots=True)
class CountingAim:
    """What a figure of one data set should reach: which table, data set, column."""

    title: str
    dataset: str
    column: str
    aim: Aim


AIMS = (
    CountingAim(GIVEN, "ulift", "exact, %", at_least(95, " %")),
    CountingAim(GIVEN, "ulift", "within 1, %", at_least(99, " %")),
    CountingAim(FREE, "bilkent", "exact, %", at_least(99, " %")),
    CountingAim(FREE, "bilkent", "within 1, %", at_least(100, " %")),
    CountingAim(FREE, "mex", "exact, %", at_least(92, " %")),
    CountingAim(FREE, "mex", "within 1, %", at_least(98, " %")),
    CountingAim(FREE, "ulift", "exact, %", at_least(90, " %")),
    CountingAim(FREE, "ulift", "within 1, %", at_least(97, " %")),
    CountingAim(FOUND, "mex", "rep precision", at_least(0.97)),
    CountingAim(FOUND, "mex", "rep recall", at_least(0.97)),
    CountingAim(FOUND, "ulift", "set F1", at_least(0.985)),
    CountingAim(FOUND, "ulift", "false reps in 10 min of rest", at_most(0.5)),
    *(
        CountingAim(LIVE, dataset, column, aim)
        for dataset in ("bilkent", "mex", "ulift")
        for column, aim in (
            ("median delay, s", at_most(0.3, " s")),
            ("p95 delay, s", at_most(1, " s")),
            ("first three, p95, s", at_most(0.5, " s")),
            ("early, %", at_most(2, " %")),
            ("taken back, %", at_most(1, " %")),
        )
    ),
    CountingAim(IDLE, "daphnet", "sets found", at_most(0)),
)
"""Of counting.md's aims, those that these recordings can show."""


def aims_table(figures: Sequence[Table]) -> Table:
    """Return those of AIMS beside the figures, from the tables of counting_score."""
    by_title = {table.title: table for table in figures}
    rows = []
    for wanted in AIMS:
        table = by_title[wanted.title]
        column = table.columns.index(wanted.column)
        row = next((row for row in table.rows if row[0] == wanted.dataset), None)
        value = row[column] if row is not None else None
        figure = f"{wanted.title}; {wanted.dataset}: {wanted.column}"
        rows.append(aim_row(figure, value if isinstance(value, int | float) else None, wanted.aim))
    return Table("Counting: figures beside their aims", AIMS_MEANING, AIM_COLUMNS, tuple(rows))
