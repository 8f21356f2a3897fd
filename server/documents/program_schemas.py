"""Programs as the API shows and takes them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from server.catalogue import Catalogue
from server.live.live_state import ExerciseView, exercise_view
from server.live.set_commands import EXERCISE_NAME
from server.program_standing import Standing
from server.programs.adherence import Today
from server.programs.prescription import (
    EVERY_DAY,
    MOST_LOAD_KG,
    MOST_REPS,
    MOST_SECONDS,
    MOST_SETS,
    Dose,
    Growth,
    Pace,
    Prescription,
    ProgramKind,
)
from server.programs.progression import Proposal, Reason, Step

MOST_PRESCRIPTIONS = 30
"""Far above what anybody does in a day."""
Seconds = Annotated[float, Field(ge=0, le=MOST_SECONDS, allow_inf_nan=False)]
Weekday = Annotated[int, Field(ge=0, le=6)]


class GrowthView(BaseModel):
    """Propose `step_reps` more after so many full, calm sessions, up to the caps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step_reps: int = Field(ge=1, le=20)
    after_sessions: int = Field(ge=1, le=60)
    most_reps: int = Field(ge=1, le=MOST_REPS)
    most_sets: int = Field(ge=1, le=MOST_SETS)


class PrescriptionView(BaseModel):
    """One exercise of a program. weekdays: 0 is Monday. growth: null, it stays until changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exercise: str = Field(pattern=EXERCISE_NAME, examples=["bridge"])
    side: Literal["left", "right", "both"] | None = None
    sets: int = Field(ge=1, le=MOST_SETS, examples=[2])
    reps: int = Field(ge=1, le=MOST_REPS, examples=[10])
    concentric_s: Seconds | None = None
    hold_s: Seconds | None = None
    eccentric_s: Seconds | None = None
    rest_s: Seconds = 60.0
    load_kg: float | None = Field(default=None, ge=0, le=MOST_LOAD_KG, allow_inf_nan=False)
    weekdays: frozenset[Weekday] = Field(default=EVERY_DAY, min_length=1)
    growth: GrowthView | None = None


class NewProgram(BaseModel):
    """A whole new version. since: its first day on the patient's calendar; today if not said."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "building",
                    "prescriptions": [
                        {
                            "exercise": "bridge",
                            "sets": 2,
                            "reps": 8,
                            "hold_s": 3,
                            "weekdays": [0, 2, 4],
                            "growth": {
                                "step_reps": 2,
                                "after_sessions": 4,
                                "most_reps": 15,
                                "most_sets": 3,
                            },
                        }
                    ],
                }
            ]
        },
    )

    kind: ProgramKind = ProgramKind.BUILDING
    since: date | None = None
    prescriptions: tuple[PrescriptionView, ...] = Field(max_length=MOST_PRESCRIPTIONS)


class ProposalView(BaseModel):
    """What the rule proposes for a prescription; it changes nothing until a therapist accepts."""

    position: int
    step: Step
    reason: Reason
    sets: int
    reps: int
    sessions: int


class PlannedView(BaseModel):
    """A prescription on a day, and how many of its sets are done. why: of the dose."""

    exercise: ExerciseView | None
    side: str | None
    sets: int
    reps: int
    sets_done: int
    concentric_s: float | None
    hold_s: float | None
    eccentric_s: float | None
    rest_s: float
    load_kg: float | None
    why: str


class PlanDocument(BaseModel):
    """What is prescribed today, on the patient's calendar."""

    day: date
    plan: list[PlannedView]


class ProgramDocument(BaseModel):
    """The newest version of a program; number 0 where nothing was ever prescribed."""

    number: int
    kind: ProgramKind | None
    since: date | None
    made_at: AwareDatetime | None
    prescriptions: list[PrescriptionView]
    proposals: list[ProposalView]


class Decision(BaseModel):
    """Take up what is proposed for a prescription, as a new version; or not."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"position": 0, "is_accepted": True}]},
    )

    position: int = Field(ge=0, lt=MOST_PRESCRIPTIONS)
    is_accepted: bool


class NewWorkout(BaseModel):
    """The patient came to the mat. The id is made by the client: sent again, it changes nothing.

    prepared: ticked (true) or skipped (false); what was not answered is left out.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "0d6bb0f4-1c9f-4d0c-9c3e-2f9d0c5b7a11",
                    "prepared": {"water": True, "snack": False},
                    "heat_min": 20,
                }
            ]
        },
    )

    id: UUID
    prepared: dict[Literal["water", "snack", "no_caffeine", "calm_place", "equipment"], bool] = {}
    heat_min: float | None = Field(default=None, ge=0, le=120, allow_inf_nan=False)


class KeptWorkout(BaseModel):
    """A workout as it is kept."""

    id: UUID
    started_at: AwareDatetime
    prepared: dict[str, bool]
    heat_min: float | None


def prescribed(view: PrescriptionView, before: Prescription | None) -> Prescription:
    """What is prescribed; its first repetitions are those that it began with before.

    Raises InvalidPrescription.
    """
    dose = Dose(view.sets, view.reps)
    is_same_dose = before is not None and before.dose == dose
    return Prescription(
        exercise=view.exercise,
        side=view.side,
        dose=dose,
        first_reps=min(before.first_reps, view.reps) if before else view.reps,
        pace=Pace(view.concentric_s, view.hold_s, view.eccentric_s),
        rest_s=view.rest_s,
        load_kg=view.load_kg,
        weekdays=view.weekdays,
        growth=Growth(**view.growth.model_dump()) if view.growth else None,
        why=before.why if before is not None and is_same_dose else "",
    )


def program_document(standing: Standing) -> ProgramDocument:
    """A program as it stands."""
    version = standing.version
    return ProgramDocument(
        number=version.number if version else 0,
        kind=version.kind if version else None,
        since=version.since if version else None,
        made_at=version.made_at if version else None,
        prescriptions=[_view(each) for each in version.prescriptions] if version else [],
        proposals=[_proposal(n, each) for n, each in standing.proposals.items()],
    )


def plan_document(standing: Standing) -> PlanDocument:
    """Today's plan."""
    return PlanDocument(
        day=standing.day, plan=[_planned(each, standing.catalogue) for each in standing.plan]
    )


def _view(one: Prescription) -> PrescriptionView:
    growth = one.growth
    return PrescriptionView.model_validate(
        {
            "exercise": one.exercise,
            "side": one.side,
            "sets": one.dose.sets,
            "reps": one.dose.reps,
            "concentric_s": one.pace.concentric_s,
            "hold_s": one.pace.hold_s,
            "eccentric_s": one.pace.eccentric_s,
            "rest_s": one.rest_s,
            "load_kg": one.load_kg,
            "weekdays": one.weekdays,
            "growth": growth
            and {
                "step_reps": growth.step_reps,
                "after_sessions": growth.after_sessions,
                "most_reps": growth.most_reps,
                "most_sets": growth.most_sets,
            },
        }
    )


def _proposal(position: int, one: Proposal) -> ProposalView:
    return ProposalView(
        position=position,
        step=one.step,
        reason=one.reason,
        sets=one.dose.sets,
        reps=one.dose.reps,
        sessions=one.sessions,
    )


def _planned(one: Today, catalogue: Catalogue) -> PlannedView:
    prescription = one.prescription
    return PlannedView(
        exercise=exercise_view(prescription.exercise, catalogue),
        side=prescription.side,
        sets=prescription.dose.sets,
        reps=prescription.dose.reps,
        sets_done=one.sets_done,
        concentric_s=prescription.pace.concentric_s,
        hold_s=prescription.pace.hold_s,
        eccentric_s=prescription.pace.eccentric_s,
        rest_s=prescription.rest_s,
        load_kg=prescription.load_kg,
        why=prescription.why,
    )
