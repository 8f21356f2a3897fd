"""An exercise that a therapist described: what it is called, how it is done, how it is counted.

It never changes; a change is another version under a name of its own, so that each set says for
good which description it was counted by.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from detection.exercises import EXERCISES, Exercise

OWN_PREFIX = "own-"
"""How the names of such exercises begin, and those of detection's table never do."""
SOURCE = "As the therapist described it."


@dataclass(frozen=True, slots=True)
class OwnExercise:
    """One version. family: the same for all versions. put_away_at: since when it is not offered.

    known: what counting needs, its name among it. counts_like: the name of the exercise in the
    table that it is a kind of, None where there is none.
    """

    family: UUID
    version: int
    therapist_id: UUID
    known: Exercise
    counts_like: str | None
    made_at: datetime
    put_away_at: datetime | None = None

    @property
    def name(self) -> str:
        """As stored with a prescription or a set."""
        return self.known.name


def own_name(family: UUID, version: int) -> str:
    """The name of one version: nobody guesses it, and nobody else's has it."""
    return f"{OWN_PREFIX}{family.hex}-{version}"


def is_own(name: str) -> bool:
    """Whether a name is one of these, and not of the table."""
    return name.startswith(OWN_PREFIX)


def expected_tilt_deg(
    counts_like: str | None, exercise_placement: str
) -> tuple[float, float] | None:
    """What is known of the tilt: of the exercise it is like, with the sensor at the same place."""
    like = EXERCISES.get(counts_like) if counts_like else None
    if like is None or like.placement != exercise_placement:
        return None
    return like.expected_tilt_deg
