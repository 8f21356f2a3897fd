"""The therapist's page of own exercises: the list, and one form to describe or change one."""

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from detection.exercises import EXERCISES, FirstPhase, Kind, Placement, Sides
from server.access import Action
from server.documents.exercise_form import EMPTY, NAMES, fields_of, read_fields, wanted
from server.documents.program_form import NotAForm
from server.guards.gate import Entry, Gate
from server.rendering import WordsHere, render
from server.routes.pages import desk
from server.services import Services, ServicesHere
from server.store import own_exercises
from server.views.phrases import exercise_title
from server.words import Words

router = APIRouter(include_in_schema=False)
Describes = Annotated[Entry, Depends(Gate(Action.DESCRIBE_EXERCISES))]
CHOICES = {"kind": Kind, "sides": Sides, "first_phase": FirstPhase, "placement": Placement}


@router.get("/exercises")
async def show(
    entry: Describes, services: ServicesHere, words: WordsHere, change: str = ""
) -> HTMLResponse:
    """The list, and the form: empty, or filled in with the exercise that is to be changed."""
    async with services.database.reading() as database:
        one = await own_exercises.find(database, entry.person.id, change)
    fields = fields_of(one) if one else {**EMPTY, "name": ""}
    return await _page(entry, services, words, fields)


@router.post("/exercises")
async def save(
    request: Request, entry: Describes, services: ServicesHere, words: WordsHere
) -> Response:
    """Keep what was filled in; what cannot be is shown again with the reason."""
    fields: Mapping[str, str] = {**EMPTY, "name": ""}
    try:
        fields = read_fields(await request.body())
        new = wanted(fields)
    except NotAForm as problem:
        said = as_labelled(str(problem), words)
        return await _page(entry, services, words, fields, said)
    async with services.database.writing() as database:
        before = await own_exercises.find(database, entry.person.id, fields["name"])
        await own_exercises.add(
            database, entry.person.id, new.exercise(), new.counts_like, services.now(), before
        )
    return RedirectResponse("/exercises", 303)


@router.post("/exercises/{name}/put-away")
async def put_away(name: str, entry: Describes, services: ServicesHere) -> RedirectResponse:
    """The button beside an exercise."""
    async with services.database.writing() as database:
        await own_exercises.put_away(database, entry.person.id, name, services.now())
    return RedirectResponse("/exercises", 303)


def as_labelled(problem: str, words: Words) -> str:
    """A problem with the fields called as they are on the page."""

    def label(name: re.Match[str]) -> str:
        return f"“{words('own.field.' + name[0])}”"

    said = re.sub(rf"\b({'|'.join(NAMES)})\b(?=:| and |\.)", label, problem)
    return said[:1].upper() + said[1:]


async def _page(
    entry: Entry,
    services: Services,
    words: Words,
    fields: Mapping[str, str],
    problem: str | None = None,
) -> HTMLResponse:
    async with services.database.reading() as database:
        own = await own_exercises.of_therapist(database, entry.person.id)
    shown = {
        "own": own,
        "fields": fields,
        "problem": problem,
        "choices": {name: [str(one) for one in kinds] for name, kinds in CHOICES.items()},
        "table": [(name, exercise_title(name, words)) for name in EXERCISES],
    }
    status_code = 200 if problem is None else 422
    return render("exercises.html", words, {**shown, **desk(entry, "exercises")}, status_code)
