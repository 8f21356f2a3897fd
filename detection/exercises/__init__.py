"""The table of exercises: what is known of each, for prescribing, counting and explaining it.

An exercise is found in the file of the posture in which it begins: `lying`, `kneeling`, `seated`,
`standing`. `exercise` holds the type and says what its fields mean, `sources` what is cited. The
page docs/exercises.md shows the whole table and is held to it by a test.
"""

from difflib import get_close_matches

from detection.exercises.exercise import Exercise, FirstPhase, Kind, Placement, Sides
from detection.exercises.kneeling import KNEELING
from detection.exercises.lying import LYING
from detection.exercises.seated import SEATED
from detection.exercises.standing import STANDING

__all__ = [
    "EXERCISES",
    "Exercise",
    "FirstPhase",
    "Kind",
    "Placement",
    "Sides",
    "UnknownExercise",
    "exercise_named",
]

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise for exercise in (*LYING, *KNEELING, *SEATED, *STANDING)
}


class UnknownExercise(ValueError):
    """No exercise of that name is in the table; `nearest` are those spelled most like it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nearest = _nearest(name)
        meant = f"; nearest: {', '.join(self.nearest)}" if self.nearest else ""
        known = ", ".join(sorted(EXERCISES))
        super().__init__(f"unknown exercise {name!r}{meant}; one of: {known}")


def exercise_named(name: str) -> Exercise:
    """Return the exercise of that name; raises UnknownExercise, which names the nearest and all."""
    try:
        return EXERCISES[name]
    except KeyError:
        raise UnknownExercise(name) from None


def _nearest(name: str) -> tuple[str, ...]:
    """Names spelled like it, or whose title is; the most alike first."""
    spelled = {each.title.lower().replace(" ", "-"): each.name for each in EXERCISES.values()}
    spelled |= {known: known for known in EXERCISES}
    wanted = name.strip().lower().replace(" ", "-").replace("_", "-")
    alike = get_close_matches(wanted, spelled)
    return tuple(dict.fromkeys(spelled[each] for each in alike))
