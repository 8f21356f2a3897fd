"""What is known of each exercise, for counting it when it is known.

Names and titles are the usual ones of low-back programs (for example: American Academy of
Orthopaedic Surgeons, "Spine Conditioning Program"; Kisner & Colby, "Therapeutic Exercise").
The range of seconds is wide on purpose: it shuts out the wobble inside a repetition and the rhythm
across several, it does not judge anybody's pace.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    placement: where the sensor usually sits. fastest_s, slowest_s: seconds of one repetition that
    are considered, from hurried without a hold to slow with a hold of ten seconds.
    """

    name: str
    title: str
    placement: str
    fastest_s: float
    slowest_s: float


EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        Exercise("pelvic-tilt", "Pelvic tilt", "thigh", 1.5, 24.0),
        Exercise("bridge", "Bridge", "thigh", 1.5, 24.0),
        Exercise("knee-to-chest", "Single knee to chest", "thigh", 2.0, 24.0),
        Exercise("knee-rolling", "Knee rolling", "thigh", 1.5, 24.0),
        Exercise("cat-cow", "Cat-cow", "waist", 2.0, 24.0),
        Exercise("bird-dog", "Bird-dog", "thigh", 1.5, 24.0),
        Exercise("prone-extension", "Prone extension", "thigh", 1.5, 24.0),
        Exercise("superman", "Superman", "thigh", 1.5, 24.0),
        Exercise("straight-leg-raise", "Straight leg raise", "thigh", 1.2, 24.0),
        Exercise("side-leg-raise", "Side-lying leg raise", "thigh", 1.2, 24.0),
        Exercise("clam", "Clam", "thigh", 1.2, 24.0),
        Exercise("knee-extension", "Seated knee extension", "ankle", 1.2, 24.0),
        Exercise("sit-to-stand", "Sit to stand", "thigh", 1.5, 15.0),
        Exercise("squat", "Partial squat", "thigh", 1.2, 15.0),
        Exercise("wall-slide", "Wall slide", "thigh", 1.5, 20.0),
        Exercise("heel-raise", "Heel raise", "shank", 1.0, 15.0),
        Exercise("lunge", "Lunge", "thigh", 1.2, 15.0),
        Exercise("step-up", "Step-up", "thigh", 1.2, 12.0),
    )
}


class UnknownExercise(ValueError):
    """No exercise of that name is in the table."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"unknown exercise {name!r}; one of: {', '.join(sorted(EXERCISES))}")


def exercise_named(name: str) -> Exercise:
    """Return the exercise of that name; raises UnknownExercise, which names them all."""
    try:
        return EXERCISES[name]
    except KeyError:
        raise UnknownExercise(name) from None
