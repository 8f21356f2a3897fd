"""The pages that people open: the patient's live page, the therapist's, and the way in."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from detection.exercises import EXERCISES, Exercise
from detection.reference import NoReference
from server import good_sets
from server.access import Action
from server.documents.program_schemas import plan_document
from server.guards.gate import Entry, Gate
from server.guards.problems import ProblemDocument, not_found
from server.program_standing import Standing, local_day, standing
from server.rendering import WordsHere, render, words_for
from server.routes.therapist import no_reference
from server.services import ServicesHere
from server.store import (
    caseload,
    logins,
    own_exercises,
    people,
    reports,
    sets,
    shaking,
    signals,
    trends,
)
from server.store.good_sets import drop
from server.store.people import Person, Role
from server.store.reports import ReportKind
from server.tokens import digest
from server.views.caseload_view import caseload_view
from server.views.patient_view import PatientRecords, patient_view
from server.views.phrases import exercise_title
from server.views.program_view import program_view
from server.views.set_view import SetContents, set_view
from server.views.trend_choices import choice_views, chosen_phase, chosen_trend, phase_views
from server.views.trend_view import trend_view
from server.words import Words

router = APIRouter(include_in_schema=False)

SETS_SHOWN = 100
"""About three months of a set a day: what one page can hold and a trend can need."""

PROBLEMS_WITH_WORDS = frozenset({401, 403, 404, 405})


@router.get("/")
async def start(entry: Annotated[Entry, Depends(Gate(Action.ENTER))], words: WordsHere) -> Response:
    """Each to their own page; somebody unknown is told how to come in."""
    if not isinstance(entry.actor, Person):
        return _notice(words, "home", "head", "lead")
    if entry.actor.role is Role.PATIENT:
        return RedirectResponse("/live", 303)
    if entry.actor.role is Role.THERAPIST:
        return RedirectResponse("/patients", 303)
    return _notice(words, "home", "admin_head", "admin")


@router.get("/enter/{token}", dependencies=[Depends(Gate(Action.ENTER))])
async def enter(token: str, services: ServicesHere, words: WordsHere) -> HTMLResponse:
    """A one-time link: a button, so that a preview that fetches it does not spend it."""
    async with services.database.reading() as database:
        is_open = await logins.link_is_open(database, digest(token), services.now())
    if not is_open:
        return _notice(words, "enter", "used_title", "used", status_code=404)
    shown = {
        "title": words("enter.title"),
        "head": words("enter.head"),
        "what": words("enter.lead"),
        "action": f"/enter/{token}",
        "button": words("enter.button"),
    }
    return render("notice.html", words, shown)


@router.get("/live")
async def live(
    entry: Annotated[Entry, Depends(Gate(Action.USE_ACCOUNT))],
    services: ServicesHere,
    words: WordsHere,
) -> Response:
    """The patient's page for a set; it comes alive in the browser."""
    if entry.person.role is not Role.PATIENT:
        return RedirectResponse("/", 303)
    async with services.database.reading() as database:
        therapist = await _therapist_name(database, entry.person)
        here = await standing(database, entry.person, services.now())
        asks_soreness = await _asks_soreness(database, entry.person, services.now())
    words_here = here.catalogue.words(words)
    shown = {
        "patient_id": str(entry.person.id),
        "therapist": therapist,
        "exercises": [
            {
                "name": name,
                "title": exercise_title(name, words_here),
                "equipment": ", ".join(known.equipment) or None,
            }
            for name, known in _offered(here)
        ],
        "plan": plan_document(here).model_dump(mode="json")["plan"],
        "asks_soreness": asks_soreness,
        "language": words.language,
        "words": words.branch("live"),
        "placed": words.branch("placed"),
        "state": None,
    }
    page = {"page_data": shown, "records_href": f"/patients/{entry.person.id}"}
    return render("live.html", words, page)


@router.get("/patients")
async def patients(
    entry: Annotated[Entry, Depends(Gate(Action.SEE_CASELOAD))],
    services: ServicesHere,
    words: WordsHere,
) -> HTMLResponse:
    """The therapist's patients, who needs a look first."""
    async with services.database.reading() as database:
        rows = await caseload.caseload(database, entry.person.id, services.now())
    view = caseload_view(rows, services.now(), words)
    return render("caseload.html", words, {"view": view, **desk(entry, "caseload")})


@router.get("/patients/{patient_id}")
async def patient(
    entry: Annotated[Entry, Depends(Gate(Action.SEE_RECORDS))],
    services: ServicesHere,
    words: WordsHere,
    exercise: str | None = None,
    side: str | None = None,
    phase: str | None = None,
) -> HTMLResponse:
    """One patient: the last days, the shaking over weeks, the sets."""
    async with services.database.reading() as database:
        records = await _records(database, entry.whose)
        choices = await trends.choices(database, entry.whose.id)
        chosen = chosen_trend(choices, exercise, side)
        found = (
            await trends.tremor_trend(database, entry.whose.id, *chosen, chosen_phase(phase))
            if chosen
            else None
        )
        program = await standing(database, entry.whose, services.now())
    words = program.catalogue.words(words)
    shown = {
        "view": patient_view(records, services.now(), words),
        "program": program_view(program, words),
        "patient_href": f"/patients/{entry.whose.id}",
        "trend": trend_view(found, records.reports, words) if found else None,
        "choices": choice_views(choices, chosen, words),
        "phases": phase_views(found, words) if found else (),
        **desk(entry, "patient"),
    }
    return render("patient.html", words, shown)


@router.post("/alerts/{alert_id}/seen")
async def seen(
    alert_id: UUID,
    entry: Annotated[Entry, Depends(Gate(Action.RESOLVE_ALERT))],
    services: ServicesHere,
) -> RedirectResponse:
    """The button beside an alert: it was seen."""
    async with services.database.writing() as database:
        await reports.resolve_alert(database, alert_id, entry.person.id, services.now())
    return RedirectResponse(f"/patients/{entry.whose.id}", 303)


@router.get("/sets/{set_id}")
async def one_set(
    set_id: UUID,
    entry: Annotated[Entry, Depends(Gate(Action.SEE_RECORDS))],
    services: ServicesHere,
    words: WordsHere,
) -> HTMLResponse:
    """One set, down to its signal."""
    async with services.database.reading() as database:
        stored = await sets.find(database, set_id)
        if stored is None:
            raise not_found()
        reps = await sets.reps_of(database, set_id)
        windows = await shaking.windows_of(database, set_id)
        signal = await signals.tilt(database, stored)
        known = await shaking.settled_of(database, set_id)
        spectra = await signals.spectra(database, stored)
        compared = await good_sets.compared(database, stored)
        words = (await own_exercises.prescribed_to(database, entry.whose.id)).words(words)
    by_phase = known.by_phase if known else None
    contents = SetContents(reps, windows, signal, by_phase, spectra, compared)
    may_keep = entry.person.role is Role.THERAPIST
    view = set_view(stored, entry.whose, contents, services.now(), words, may_keep=may_keep)
    return render("set.html", words, {"view": view, **desk(entry, "set")})


@router.post("/sets/{set_id}/good")
async def keep_good_set(
    set_id: UUID,
    entry: Annotated[Entry, Depends(Gate(Action.PRESCRIBE))],
    services: ServicesHere,
) -> RedirectResponse:
    """The button that keeps a set as the good one."""
    async with services.database.writing() as database:
        stored = await sets.find(database, set_id)
        if stored is None:
            raise not_found()
        try:
            await good_sets.keep(database, stored, entry.person, services.now())
        except NoReference as problem:
            raise no_reference(problem) from problem
    return RedirectResponse(f"/sets/{set_id}#good", 303)


@router.post("/sets/{set_id}/good/drop")
async def drop_good_set(
    set_id: UUID,
    _entry: Annotated[Entry, Depends(Gate(Action.PRESCRIBE))],
    services: ServicesHere,
) -> RedirectResponse:
    """The button that lets a set not be the good one any more."""
    async with services.database.writing() as database:
        await drop(database, set_id, services.now())
    return RedirectResponse(f"/sets/{set_id}", 303)


async def problem_page(request: Request, document: ProblemDocument) -> Response:
    """An error as a page that says what to do."""
    words = words_for(request)
    name = str(document.status) if document.status in PROBLEMS_WITH_WORDS else "other"
    return _notice(words, f"problem.{name}", "head", "what", status_code=document.status)


async def _therapist_name(database: AsyncConnection, patient: Person) -> str | None:
    """The therapist who will see a report; None where there is none, or more than one."""
    ids = await people.therapists_of(database, patient.id)
    if len(ids) != 1:
        return None
    therapist = await people.find(database, next(iter(ids)))
    return therapist.display_name if therapist else None


def _offered(here: Standing) -> list[tuple[str, Exercise]]:
    """The table, and own exercises that the program names now: those of before are left out."""
    prescribed = here.version.prescriptions if here.version else ()
    own = {
        one.exercise: here.catalogue.own[one.exercise].known
        for one in prescribed
        if one.exercise in here.catalogue.own
    }
    return [*own.items(), *EXERCISES.items()]


async def _records(database: AsyncConnection, patient: Person) -> PatientRecords:
    shown = await sets.of_patient(database, patient.id, limit=SETS_SHOWN)
    return PatientRecords(
        patient,
        shown,
        await sets.reps_of(database, shown[0].id) if shown else [],
        await reports.of_patient(database, patient.id),
        await reports.open_alerts(database, patient.id),
    )


async def _asks_soreness(database: AsyncConnection, patient: Person, now: datetime) -> bool:
    """Whether there was a session yesterday that nobody has said the day after of."""
    today = local_day(patient, now)
    latest = await sets.of_patient(database, patient.id, limit=SETS_SHOWN)
    trained = any(one.local_start.date() == today - timedelta(days=1) for one in latest)
    said = await reports.of_patient(database, patient.id)
    is_said = any(one.kind is ReportKind.NEXT_DAY and one.local_day == today for one in said)
    return trained and not is_said


def desk(entry: Entry, here: str) -> dict[str, object]:
    """What the frame of a page at the desk shows."""
    return {
        "here": here,
        "reader": entry.person.display_name,
        "reader_id": entry.person.id,
        "is_therapist": entry.person.role is Role.THERAPIST,
    }


def _notice(words: Words, group: str, head: str, what: str, status_code: int = 200) -> HTMLResponse:
    """A page with one message; where it is about a problem, with the way back to the start."""
    is_problem = group.startswith("problem")
    shown = {
        "title": words(f"{group.partition('.')[0]}.title"),
        "head": words(f"{group}.{head}"),
        "what": words(f"{group}.{what}"),
        "action": None,
        "href": "/" if is_problem else None,
        "button": words("problem.home"),
    }
    return render("notice.html", words, shown, status_code)
