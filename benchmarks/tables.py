"""What a part of the benchmark hands on: tables, ready to be stored and printed."""

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Figures and what they mean. A missing figure is None and printed as a dash."""

    title: str
    meaning: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should reach: at least, or at most, `limit`."""

    is_at_least: bool
    limit: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{'≥' if self.is_at_least else '≤'} {self.limit:g}{self.unit}"

    def verdict(self, value: float | None) -> str:
        """Say whether a figure reaches it."""
        if value is None:
            return "not measured"
        is_reached = value >= self.limit if self.is_at_least else value <= self.limit
        return "reached" if is_reached else "**missed**"


AIM_COLUMNS = ("figure", "measured", "aim", "")
AIMS_MEANING = """The aims are for recordings on which nothing was tuned; these served for tuning,
so that reaching an aim here is necessary and not sufficient."""


def at_least(limit: float, unit: str = "") -> Aim:
    """An aim from below."""
    return Aim(is_at_least=True, limit=limit, unit=unit)


def at_most(limit: float, unit: str = "") -> Aim:
    """An aim from above."""
    return Aim(is_at_least=False, limit=limit, unit=unit)


def aim_row(figure: str, value: float | None, aim: Aim) -> tuple[Cell, ...]:
    """A figure beside its aim, with AIM_COLUMNS."""
    measured = None if value is None else f"{value:g}{aim.unit}"
    return figure, measured, str(aim), aim.verdict(value)


def percent(share: float | None) -> float | None:
    """A share of 1 in percent with one digit."""
    return None if share is None else round(100 * share, 1)


def rounded(value: float | None, digits: int) -> float | None:
    """A figure with so many digits after the point."""
    return None if value is None else round(value, digits)


def markdown(table: Table) -> str:
    """A table with its title and meaning as Markdown."""
    lines = [f"### {table.title}", "", table.meaning, ""]
    lines += [_line(table.columns), _line(["---"] * len(table.columns))]
    lines += [_line([_text(cell) for cell in row]) for row in table.rows]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else f"{cell:,}".replace(",", " ")
