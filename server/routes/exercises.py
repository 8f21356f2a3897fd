"""A therapist's own exercises over the API: described, changed by a new version, put away."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from server.access import Action
from server.documents.exercise_schemas import (
    ExerciseDocument,
    ExerciseList,
    NewExercise,
    exercise_document,
)
from server.guards.gate import Entry, Gate
from server.guards.problems import not_found
from server.services import ServicesHere
from server.store import own_exercises

router = APIRouter(prefix="/api/v1", tags=["program"])
Describes = Annotated[Entry, Depends(Gate(Action.DESCRIBE_EXERCISES))]
Sees = Annotated[Entry, Depends(Gate(Action.SEE_RECORDS))]


@router.get("/exercises")
async def list_exercises(entry: Describes, services: ServicesHere) -> ExerciseList:
    """The therapist's own exercises, the latest version of each."""
    async with services.database.reading() as database:
        found = await own_exercises.of_therapist(database, entry.person.id)
    return ExerciseList(exercises=[exercise_document(one) for one in found])


@router.post("/exercises", status_code=201)
async def describe_exercise(
    new: NewExercise, entry: Describes, services: ServicesHere
) -> ExerciseDocument:
    """Describe an exercise; its name is for this therapist's programs."""
    async with services.database.writing() as database:
        made = await own_exercises.add(
            database, entry.person.id, new.exercise(), new.counts_like, services.now()
        )
    return exercise_document(made)


@router.put("/exercises/{name}", responses={404: {}})
async def change_exercise(
    name: str, new: NewExercise, entry: Describes, services: ServicesHere
) -> ExerciseDocument:
    """Make the next version, under a name of its own; what is prescribed stays as it was."""
    async with services.database.writing() as database:
        before = await own_exercises.find(database, entry.person.id, name)
        if before is None:
            raise not_found()
        made = await own_exercises.add(
            database, entry.person.id, new.exercise(), new.counts_like, services.now(), before
        )
    return exercise_document(made)


@router.delete("/exercises/{name}", status_code=204)
async def put_away(name: str, entry: Describes, services: ServicesHere) -> Response:
    """Offer an exercise no more; programs that have it keep it. Again, it changes nothing."""
    async with services.database.writing() as database:
        await own_exercises.put_away(database, entry.person.id, name, services.now())
    return Response(status_code=204)


@router.get("/patients/{patient_id}/exercises")
async def list_prescribed(entry: Sees, services: ServicesHere) -> ExerciseList:
    """The own exercises that a patient's program names or named."""
    async with services.database.reading() as database:
        catalogue = await own_exercises.prescribed_to(database, entry.whose.id)
    return ExerciseList(exercises=[exercise_document(one) for one in catalogue.own.values()])
