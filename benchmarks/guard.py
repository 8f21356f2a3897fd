"""When a figure has fallen: the recorded one, how far it may differ by itself, and why so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """How far a figure may be worse than the recorded one without the program being worse.

    slack: in the figure's unit; factor: as a ratio; because: where the difference comes from.
    """

    is_more_better: bool
    because: str
    slack: float = 0.0
    factor: float = 1.0

    def worst(self, recorded: float) -> float:
        """Return the worst figure that still passes."""
        if self.is_more_better:
            return recorded / self.factor - self.slack
        return recorded * self.factor + self.slack

    def passes(self, recorded: float, measured: float) -> bool:
        """Tell whether the measured figure is no worse than it may be; as many digits as told."""
        distance = measured - self.worst(recorded)
        return distance >= -ROUNDING if self.is_more_better else distance <= ROUNDING

    def __str__(self) -> str:
        if self.factor != 1.0:
            return f"factor {self.factor:g}"
        return f"{self.slack:g}"


ROUNDING = 1e-9
"""Decimal figures added up are off by this much in binary."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that is guarded, by the name under which it is recorded."""

    name: str
    unit: str
    guard: Guard


def compare(
    figures: Iterable[Figure],
    recorded: Mapping[str, float | None],
    measured: Mapping[str, float | None],
) -> tuple[list[str], list[str]]:
    """Return a sentence for every figure that has fallen, and for every one that tells nothing."""
    fallen, untold = [], []
    for figure in figures:
        before, now = recorded.get(figure.name), measured.get(figure.name)
        if before is None:
            untold.append(f"{figure.name}: never recorded, so nothing to compare with")
        elif now is None:
            fallen.append(f"{figure.name}: recorded {_told(before, figure)}, now there is none")
        elif not figure.guard.passes(before, now):
            fallen.append(_sentence(figure, before, now))
    return fallen, untold


def _sentence(figure: Figure, before: float, now: float) -> str:
    guard = figure.guard
    direction = "fell" if guard.is_more_better else "rose"
    bound = "least" if guard.is_more_better else "most"
    return (
        f"{figure.name} {direction} from {_told(before, figure)} to {_told(now, figure)}; "
        f"at {bound} {_told(guard.worst(before), figure)} passes ({guard.because})"
    )


def _told(value: float, figure: Figure) -> str:
    return f"{round(value, 3):g} {figure.unit}".rstrip()
