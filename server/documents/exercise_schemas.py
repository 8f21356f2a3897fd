"""Therapists' own exercises as the API shows and takes them."""

from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from detection.events import Tempo
from detection.exercises import EXERCISES, Exercise, FirstPhase, Kind, Placement, Sides
from server.programs.own_exercise import SOURCE, OwnExercise

FASTEST_S = 0.6
"""The quickest that detection's table looks for; what is faster is no exercise done with care."""
SLOWEST_REP_S, SLOWEST_HOLD_S = 24.0, 120.0
"""The longest of the table, of a repetition and of a hold: counting is tested no further."""
MOST_PHASE_S = 120.0
Phase = Annotated[float, Field(ge=0, le=MOST_PHASE_S, allow_inf_nan=False)]
Moving = Annotated[float, Field(gt=0, le=MOST_PHASE_S, allow_inf_nan=False)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
EXAMPLE: JsonDict = {
    "title": "Towel slide",
    "how": "The heel slides to the seat on a towel and back.",
    "placement": "shank",
    "sides": "one_side",
    "fastest_s": 1.5,
    "slowest_s": 16,
    "concentric_s": 2,
    "hold_s": 2,
    "eccentric_s": 2,
    "equipment": ["mat", "towel"],
    "cautions": ["Stop before the knee hurts."],
}


class NewExercise(BaseModel):
    """An exercise that a therapist describes; the fields are those of docs/exercises.md.

    how: what one repetition (or hold) is. counts_like: the exercise of the table that it is a kind
    of, which tells how far the sensor tilts where it sits at the same place.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [EXAMPLE]}
    )

    title: Short
    how: str = Field(min_length=1, max_length=1000)
    kind: Kind = Kind.REPETITIONS
    sides: Sides = Sides.BOTH_AT_ONCE
    first_phase: FirstPhase = FirstPhase.CONCENTRIC
    placement: Placement
    fastest_s: float = Field(ge=FASTEST_S, allow_inf_nan=False)
    slowest_s: float = Field(le=SLOWEST_HOLD_S, allow_inf_nan=False)
    concentric_s: Moving
    hold_s: Phase = 0.0
    eccentric_s: Moving
    equipment: tuple[Short, ...] = Field(default=(), max_length=10)
    cautions: tuple[Sentence, ...] = Field(default=(), max_length=10)
    counts_like: str | None = None

    @model_validator(mode="after")
    def _can_be_counted(self) -> Self:
        """The usual tempo lies inside the seconds that are looked for."""
        if self.counts_like is not None and self.counts_like not in EXERCISES:
            raise ValueError("counts_like: is no exercise of the table")
        if self.kind is Kind.REPETITIONS and self.slowest_s > SLOWEST_REP_S:
            raise ValueError(f"slowest_s: a repetition lasts at most {SLOWEST_REP_S:g} s")
        if self.kind is Kind.HOLD and self.hold_s == 0:
            raise ValueError("hold_s: say for how long it is held")
        usual_s = self.exercise().usual_s
        if not self.fastest_s < usual_s < self.slowest_s:
            raise ValueError(
                f"the usual tempo takes {usual_s:g} s: it has to lie between fastest_s and "
                "slowest_s"
            )
        return self

    def exercise(self) -> Exercise:
        """For counting; the name is made when it is kept."""
        return Exercise(
            name="",
            title=self.title,
            kind=self.kind,
            sides=self.sides,
            first_phase=self.first_phase,
            repetition=self.how.strip(),
            placement=self.placement,
            fastest_s=self.fastest_s,
            slowest_s=self.slowest_s,
            tempo=Tempo(self.concentric_s, self.hold_s, self.eccentric_s),
            equipment=self.equipment,
            cautions=self.cautions,
            sources=(SOURCE,),
        )


class ExerciseDocument(BaseModel):
    """A version of an own exercise; `name` is what programs and sets say."""

    name: str
    version: int
    title: str
    how: str
    kind: Kind
    sides: Sides
    first_phase: FirstPhase
    placement: Placement
    fastest_s: float
    slowest_s: float
    concentric_s: float
    hold_s: float
    eccentric_s: float
    equipment: tuple[str, ...]
    cautions: tuple[str, ...]
    counts_like: str | None
    made_at: AwareDatetime


class ExerciseList(BaseModel):
    """Own exercises, by title."""

    exercises: list[ExerciseDocument]


def exercise_document(one: OwnExercise) -> ExerciseDocument:
    """An own exercise for the API."""
    known = one.known
    return ExerciseDocument(
        name=one.name,
        version=one.version,
        title=known.title,
        how=known.repetition,
        kind=known.kind,
        sides=known.sides,
        first_phase=known.first_phase,
        placement=known.placement,
        fastest_s=known.fastest_s,
        slowest_s=known.slowest_s,
        concentric_s=known.tempo.concentric_s,
        hold_s=known.tempo.hold_s,
        eccentric_s=known.tempo.eccentric_s,
        equipment=known.equipment,
        cautions=known.cautions,
        counts_like=one.counts_like,
        made_at=one.made_at,
    )
