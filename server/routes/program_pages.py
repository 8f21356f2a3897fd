"""The therapist's pages for a program: the editor, and the buttons beside what is proposed."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from server.access import Action
from server.catalogue import catalogue_of
from server.documents.program_form import NotAForm, ProgramForm, read_decision, read_form, wanted
from server.documents.program_schemas import prescribed
from server.guards.gate import Entry, Gate
from server.program_standing import Standing, standing
from server.programming import NothingProposed, decide, prescribe
from server.programs.own_exercise import OwnExercise
from server.programs.prescription import InvalidPrescription
from server.rendering import WordsHere, render
from server.routes.pages import desk
from server.services import Services, ServicesHere
from server.store import own_exercises, programs
from server.store.programs import OutOfDate
from server.views.program_view import editor_view
from server.words import Words

router = APIRouter(include_in_schema=False)
Prescribes = Annotated[Entry, Depends(Gate(Action.PRESCRIBE))]


@router.get("/patients/{patient_id}/program")
async def editor(entry: Prescribes, services: ServicesHere, words: WordsHere) -> HTMLResponse:
    """The newest version to be changed, or an empty one."""
    async with services.database.reading() as database:
        here = await standing(database, entry.whose, services.now())
        own = await own_exercises.of_therapist(database, entry.person.id)
    return _page(entry, here, own, words)


@router.post("/patients/{patient_id}/program")
async def save(
    request: Request, entry: Prescribes, services: ServicesHere, words: WordsHere
) -> Response:
    """Make what was filled in the new version; what cannot be is shown again with the reason."""
    form: ProgramForm | None = None
    try:
        form = read_form(await request.body())
        await _make(form, entry, services)
    except (NotAForm, InvalidPrescription) as problem:
        return await _again(entry, services, words, form, str(problem))
    except OutOfDate as problem:
        said = words("program.out_of_date", n=problem.number)
        return await _again(entry, services, words, form, said)
    return RedirectResponse(f"/patients/{entry.whose.id}#program", 303)


@router.post("/patients/{patient_id}/program/decision")
async def decided(
    request: Request, entry: Prescribes, services: ServicesHere, words: WordsHere
) -> Response:
    """One of the two buttons beside a proposal."""
    with suppress(NotAForm, OutOfDate, NothingProposed):  # the page shows how it stands now
        said = read_decision(await request.body())
        async with services.database.writing() as database:
            await decide(
                database,
                entry.whose,
                entry.person,
                said.version,
                said.position,
                services.now(),
                words,
                is_accepted=said.is_accepted,
            )
    return RedirectResponse(f"/patients/{entry.whose.id}#program", 303)


async def _make(form: ProgramForm, entry: Entry, services: Services) -> None:
    asked = wanted(form)
    async with services.database.writing() as database:
        before = await programs.current(database, entry.whose.id)
        old = before.prescriptions if before else ()
        known = {(each.exercise, each.side): each for each in old}
        prescriptions = [
            prescribed(each, known.get((each.exercise, each.side))) for each in asked.prescriptions
        ]
        await prescribe(
            database,
            entry.whose,
            entry.person,
            form.version,
            asked.kind,
            prescriptions,
            None,
            services.now(),
        )


async def _again(
    entry: Entry, services: Services, words: Words, form: ProgramForm | None, problem: str
) -> HTMLResponse:
    async with services.database.reading() as database:
        here = await standing(database, entry.whose, services.now())
        own = await own_exercises.of_therapist(database, entry.person.id)
    return _page(entry, here, own, words, form, problem, status_code=422)


def _page(
    entry: Entry,
    here: Standing,
    own: Sequence[OwnExercise],
    words: Words,
    form: ProgramForm | None = None,
    problem: str | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    words = catalogue_of([*here.catalogue.own.values(), *own]).words(words)
    view = editor_view(here, entry.whose.display_name, words, form, problem, own)
    shown = {"view": view, "patient_href": f"/patients/{entry.whose.id}", **desk(entry, "program")}
    return render("program.html", words, shown, status_code)
