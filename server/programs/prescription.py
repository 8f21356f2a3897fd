"""What a therapist prescribes: exercises with their dose, their days, and how they may grow."""

from dataclasses import dataclass, replace
from enum import StrEnum

MOST_SETS, MOST_REPS = 20, 200
MOST_SECONDS = 600.0
MOST_LOAD_KG = 100.0
EVERY_DAY = frozenset(range(7))


class InvalidPrescription(Exception):
    """A dose that cannot be; says which and what may be."""


class ProgramKind(StrEnum):
    """Building up, or keeping what was gained for months."""

    BUILDING = "building"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Dose:
    """How much: sets of repetitions."""

    sets: int
    reps: int

    def __post_init__(self) -> None:
        """Raises InvalidPrescription."""
        _check("sets", self.sets, 1, MOST_SETS)
        _check("reps", self.reps, 1, MOST_REPS)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of a repetition's phases; None where it is left open."""

    concentric_s: float | None = None
    hold_s: float | None = None
    eccentric_s: float | None = None

    def __post_init__(self) -> None:
        """Raises InvalidPrescription."""
        for name in ("concentric_s", "hold_s", "eccentric_s"):
            value = getattr(self, name)
            if value is not None:
                _check(name, value, 0, MOST_SECONDS)


@dataclass(frozen=True, slots=True)
class Growth:
    """How a dose may grow: so many repetitions more after so many full sessions, up to the caps.

    When the repetitions are at their cap, a set more is proposed with the repetitions that it began
    with.
    """

    step_reps: int
    after_sessions: int
    most_reps: int
    most_sets: int

    def __post_init__(self) -> None:
        """Raises InvalidPrescription."""
        _check("step_reps", self.step_reps, 1, 20)
        _check("after_sessions", self.after_sessions, 1, 60)
        _check("most_reps", self.most_reps, 1, MOST_REPS)
        _check("most_sets", self.most_sets, 1, MOST_SETS)


@dataclass(frozen=True, slots=True)
class Prescription:
    """One exercise of a program. weekdays: 0 is Monday. growth: None, it stays until changed.

    first_reps: the repetitions that its dose began with. why: the line that tells the patient why
    today's target is what it is; empty where nothing changed.
    """

    exercise: str
    side: str | None
    dose: Dose
    first_reps: int
    pace: Pace = Pace()
    rest_s: float = 60.0
    load_kg: float | None = None
    weekdays: frozenset[int] = EVERY_DAY
    growth: Growth | None = None
    why: str = ""

    def __post_init__(self) -> None:
        """Raises InvalidPrescription."""
        _check("rest_s", self.rest_s, 0, MOST_SECONDS)
        if self.load_kg is not None:
            _check("load_kg", self.load_kg, 0, MOST_LOAD_KG)
        if not self.weekdays <= EVERY_DAY or not self.weekdays:
            raise InvalidPrescription("weekdays: at least one of 0 (Monday) to 6 (Sunday)")
        if self.growth is not None and self.growth.most_reps < self.dose.reps:
            raise InvalidPrescription(
                f"most_reps: {self.growth.most_reps} is below the {self.dose.reps} that are "
                "prescribed"
            )

    def with_dose(self, dose: Dose, why: str) -> "Prescription":
        """The same with another dose, and why."""
        return replace(self, dose=dose, why=why)


def _check(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InvalidPrescription(f"{name}: {value:g} is not between {least:g} and {most:g}")
