"""The API from Python: one typed method an operation, named as `/api/v1/openapi.json` names it.

What is sent and what comes back are the server's own models, so a field is written down once.

    with Client.enter("https://reps.example.org/enter/…") as client:
        for patient in client.list_patients().patients:
            print(patient.display_name, client.list_sets(patient.id, limit=10).sets)
"""

from datetime import datetime
from types import TracebackType
from typing import Literal, Self, TypeVar
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from detection.tremor.phases import RepPhase
from server.documents.exercise_schemas import ExerciseDocument, ExerciseList, NewExercise
from server.documents.program_schemas import (
    Decision,
    KeptWorkout,
    NewProgram,
    NewWorkout,
    PlanDocument,
    ProgramDocument,
)
from server.documents.set_schemas import GoodSetView, SetDetail
from server.documents.trend_schemas import TrendDocument
from server.guards.problems import ProblemDocument
from server.live.live_state import LiveState
from server.live.set_commands import SetCommand
from server.routes.account import Account
from server.routes.health import Health
from server.routes.patient import KeptReport, NewReport
from server.routes.programs import KeptCheckIn, NewCheckIn
from server.routes.sensors import DeviceList, NewDevice, PairingDocument, TokenDocument
from server.routes.sharing import InvitationDocument, SharingList
from server.routes.therapist import Caseload, ResolvedAlert, SetList

ANSWER_S = 15.0
"""An answer takes milliseconds; this is for a network of a phone."""
PROBLEM = TypeAdapter(ProblemDocument)
V1 = "/api/v1"
Answer = TypeVar("Answer", bound=BaseModel)


class Refused(Exception):
    """The server said no. problem: why and what to do; retry_after_s: where it was too often."""

    def __init__(self, problem: ProblemDocument, retry_after_s: int | None) -> None:
        self.problem = problem
        self.retry_after_s = retry_after_s
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}")


class NotUnderstood(Exception):
    """The answer is none of this API: another server, a proxy's page, or a later version."""

    def __init__(self, status: int, address: str) -> None:
        self.status = status
        super().__init__(f"{address} answers {status} with something that is not this API's")


class Client:
    """Asks a server as one person. Every method raises Refused, NotUnderstood or httpx.HTTPError.

    session: the value of a session's cookie, such as `client.session` of before; it is as good as
    being signed in. Nothing is sent again by itself; where an id is made here, the same may be.
    """

    def __init__(
        self, address: str, session: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        address = address.rstrip("/")
        # writes must come from the server's own pages, or from who says to be one of them
        headers = {"Origin": address, "Accept": "application/json"}
        self._http = httpx.Client(
            base_url=address, headers=headers, timeout=ANSWER_S, transport=transport
        )
        is_secure = urlsplit(address).scheme == "https"
        self._cookie = "__Host-steadyrep" if is_secure else "steadyrep"
        if session:
            self._http.cookies.set(self._cookie, session)

    @classmethod
    def enter(cls, link: str) -> Self:
        """Spend a one-time link, and be signed in as the person whom it is for."""
        parts = urlsplit(link)
        client = cls(f"{parts.scheme}://{parts.netloc}")
        try:
            client._send("POST", parts.path)
        except BaseException:
            client.close()
            raise
        return client

    @property
    def session(self) -> str:
        """The session's token, to be signed in again with; "" where nobody is."""
        return self._http.cookies.get(self._cookie, "") or ""

    def close(self) -> None:
        """Let the connection go; the session stays open on the server."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # The server and oneself

    def health(self) -> Health:
        """Whether the server and its database answer."""
        return self._ask(Health, "GET", "/healthz")

    def who_am_i(self) -> Account:
        """Who is signed in."""
        return self._ask(Account, "GET", f"{V1}/me")

    # A therapist's caseload

    def list_patients(self) -> Caseload:
        """A therapist's patients."""
        return self._ask(Caseload, "GET", f"{V1}/patients")

    def list_sets(
        self, patient_id: UUID, *, before: datetime | None = None, limit: int = 100
    ) -> SetList:
        """Sets, the newest first; the next page begins before the last one's `started_at`."""
        query = _query(before=before.isoformat() if before else None, limit=limit)
        return self._ask(SetList, "GET", f"{V1}/patients/{patient_id}/sets", query=query)

    def show_set(self, set_id: UUID) -> SetDetail:
        """A set down to its signal."""
        return self._ask(SetDetail, "GET", f"{V1}/sets/{set_id}")

    def show_trend(
        self,
        patient_id: UUID,
        *,
        exercise: str | None = None,
        side: Literal["left", "right"] | None = None,
        phase: RepPhase | None = None,
    ) -> TrendDocument:
        """Shaking over weeks, of whole sets or of one phase of the repetitions."""
        query = _query(exercise=exercise, side=side, phase=phase)
        return self._ask(TrendDocument, "GET", f"{V1}/patients/{patient_id}/trend", query=query)

    def keep_good_set(self, set_id: UUID) -> GoodSetView:
        """Keep a set as the good one of its exercise, side and placement."""
        return self._ask(GoodSetView, "PUT", f"{V1}/sets/{set_id}/good")

    def drop_good_set(self, set_id: UUID) -> None:
        """Keep a set as the good one no more."""
        self._send("DELETE", f"{V1}/sets/{set_id}/good")

    def resolve_alert(self, alert_id: UUID) -> ResolvedAlert:
        """Say that an alert was dealt with."""
        return self._ask(ResolvedAlert, "POST", f"{V1}/alerts/{alert_id}/resolve")

    # Exercises and programs

    def list_exercises(self) -> ExerciseList:
        """A therapist's own exercises."""
        return self._ask(ExerciseList, "GET", f"{V1}/exercises")

    def describe_exercise(self, new: NewExercise) -> ExerciseDocument:
        """Describe an exercise of one's own."""
        return self._ask(ExerciseDocument, "POST", f"{V1}/exercises", new)

    def change_exercise(self, name: str, new: NewExercise) -> ExerciseDocument:
        """Make its next version, under a name of its own."""
        return self._ask(ExerciseDocument, "PUT", f"{V1}/exercises/{quote(name, safe='')}", new)

    def put_away(self, name: str) -> None:
        """Offer an exercise of one's own no more."""
        self._send("DELETE", f"{V1}/exercises/{quote(name, safe='')}")

    def list_prescribed(self, patient_id: UUID) -> ExerciseList:
        """The own exercises that a patient's program names or named."""
        return self._ask(ExerciseList, "GET", f"{V1}/patients/{patient_id}/exercises")

    def show_program(self, patient_id: UUID) -> ProgramDocument:
        """The newest version of a program, and what the rule proposes."""
        return self._ask(ProgramDocument, "GET", f"{V1}/patients/{patient_id}/program")

    def change_program(
        self, patient_id: UUID, new: NewProgram, *, if_match: str | None = None
    ) -> ProgramDocument:
        """Make a new version of the one whose number is `if_match`, in quotes: '"4"'."""
        path = f"{V1}/patients/{patient_id}/program"
        return self._ask(ProgramDocument, "PUT", path, new, headers=_headers(if_match=if_match))

    def decide_proposal(
        self, patient_id: UUID, new: Decision, *, if_match: str | None = None
    ) -> ProgramDocument:
        """Accept or decline what is proposed for a prescription of the version `if_match`."""
        path = f"{V1}/patients/{patient_id}/program/decision"
        return self._ask(ProgramDocument, "POST", path, new, headers=_headers(if_match=if_match))

    def show_plan(self, patient_id: UUID) -> PlanDocument:
        """What is prescribed today, and how far it is done."""
        return self._ask(PlanDocument, "GET", f"{V1}/patients/{patient_id}/plan")

    # What a patient does

    def live_now(self, patient_id: UUID) -> LiveState:
        """The live state at this moment."""
        return self._ask(LiveState, "GET", f"{V1}/patients/{patient_id}/live")

    def command_set(
        self, patient_id: UUID, new: SetCommand, *, idempotency_key: UUID | None = None
    ) -> LiveState:
        """Start a set, stop it or correct its count; the same key again changes nothing."""
        path, headers = f"{V1}/patients/{patient_id}/set", _headers(idempotency_key=idempotency_key)
        return self._ask(LiveState, "POST", path, new, headers=headers)

    def report_pain(self, patient_id: UUID, new: NewReport) -> KeptReport:
        """Say that it hurts: stops the set and raises an alert."""
        return self._ask(KeptReport, "POST", f"{V1}/patients/{patient_id}/reports", new)

    def begin_workout(self, patient_id: UUID, new: NewWorkout) -> KeptWorkout:
        """Note what was prepared."""
        return self._ask(KeptWorkout, "POST", f"{V1}/patients/{patient_id}/workouts", new)

    def check_in(self, patient_id: UUID, new: NewCheckIn) -> KeptCheckIn:
        """Say how it feels, afterwards or the day after."""
        return self._ask(KeptCheckIn, "POST", f"{V1}/patients/{patient_id}/check-ins", new)

    # A patient's sensors, and who sees the records

    def list_devices(self, patient_id: UUID) -> DeviceList:
        """What may send in the patient's name."""
        return self._ask(DeviceList, "GET", f"{V1}/patients/{patient_id}/devices")

    def begin_pairing(self, patient_id: UUID, new: NewDevice) -> PairingDocument:
        """Make a code for which a collector is given its token."""
        return self._ask(
            PairingDocument, "POST", f"{V1}/patients/{patient_id}/devices/pairing", new
        )

    def use_code(self, token: str) -> TokenDocument:
        """Be given a collector's token for such a code, once."""
        return self._ask(TokenDocument, "POST", f"{V1}/pairings/{quote(token, safe='')}")

    def revoke_device(self, patient_id: UUID, device_id: UUID) -> None:
        """Let a sensor send no more."""
        self._send("DELETE", f"{V1}/patients/{patient_id}/devices/{device_id}")

    def list_sharing(self, patient_id: UUID) -> SharingList:
        """Who sees the records, and who did."""
        return self._ask(SharingList, "GET", f"{V1}/patients/{patient_id}/sharing")

    def invite(self, patient_id: UUID) -> InvitationDocument:
        """Make an invitation for one therapist."""
        return self._ask(
            InvitationDocument, "POST", f"{V1}/patients/{patient_id}/sharing/invitation"
        )

    def withdraw(self, patient_id: UUID, link_id: UUID) -> None:
        """Let a therapist in no more."""
        self._send("DELETE", f"{V1}/patients/{patient_id}/sharing/{link_id}")

    def _ask(
        self,
        answer: type[Answer],
        method: str,
        path: str,
        body: BaseModel | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        said = self._send(method, path, body, query, headers)
        try:
            return answer.model_validate_json(said.content)
        except ValidationError as problem:
            raise NotUnderstood(said.status_code, str(said.url)) from problem

    def _send(
        self,
        method: str,
        path: str,
        body: BaseModel | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        content = body.model_dump_json() if body else None
        kind = {"Content-Type": "application/json"} if body else {}
        said = self._http.request(
            method, path, params=query, content=content, headers=kind | (headers or {})
        )
        if said.is_error:
            raise _refused(said)
        return said


def _refused(said: httpx.Response) -> Refused | NotUnderstood:
    try:
        problem = PROBLEM.validate_json(said.content)
    except ValidationError:
        return NotUnderstood(said.status_code, str(said.url))
    seconds = said.headers.get("Retry-After", "")
    return Refused(problem, int(seconds) if seconds.isdecimal() else None)


def _query(**asked: str | int | None) -> dict[str, str]:
    """What was said of a query; what was not is left to the server."""
    return {name: str(value) for name, value in asked.items() if value is not None}


def _headers(**said: str | UUID | None) -> dict[str, str]:
    """The same for headers, whose names have hyphens."""
    return {name.replace("_", "-"): str(v) for name, v in said.items() if v is not None}
