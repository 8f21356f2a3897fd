"""Who is asking, from where, and whether they may: every route passes through a Gate.

`entry: Annotated[Entry, Depends(Gate(Action.SEE_RECORDS))]` on a route is its rule; the patient is
found from the path (`patient_id`, or whom `set_id` or `alert_id` is about). Tests read the rules
off the routes.
"""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import HTTPConnection

from server.access import Action, Actor, Care, allowed
from server.guards.origin import is_foreign
from server.guards.problems import Problem, not_found
from server.guards.rates import ENTERING, KNOWN, STRANGERS
from server.services import Services, services_of
from server.settings import Settings
from server.store import audit, devices, logins, people, reports, sets
from server.store.audit import Deed
from server.store.devices import Device
from server.store.logins import Visit
from server.store.people import Person
from server.tokens import digest

PATIENT_PARAMETERS = frozenset({"patient_id", "set_id", "alert_id"})


@dataclass(frozen=True, slots=True)
class Entry:
    """Who came in, and to whose records."""

    actor: Actor
    patient: Person | None

    @property
    def person(self) -> Person:
        """The signed-in person; only for routes whose rule admits nobody else."""
        if not isinstance(self.actor, Person):
            raise TypeError("this route's rule lets in more than people")
        return self.actor

    @property
    def device(self) -> Device:
        """The sensor; only for routes whose rule admits nobody else."""
        if not isinstance(self.actor, Device):
            raise TypeError("this route's rule lets in more than devices")
        return self.actor

    @property
    def whose(self) -> Person:
        """The patient; only for routes about one."""
        if self.patient is None:
            raise TypeError("this route is about nobody's records")
        return self.patient


@dataclass(frozen=True, slots=True)
class Gate:
    """A route's rule: a FastAPI dependency that lets in who may and raises a Problem for others."""

    action: Action

    async def __call__(self, connection: HTTPConnection) -> Entry:
        """Find out who asks for whose records, and let them in or not."""
        services = services_of(connection)
        if self._may_be_misled(connection, services.settings):
            raise Problem(HTTPStatus.FORBIDDEN, _foreign_detail(connection, services.settings))
        async with services.database.reading() as database:
            visit, actor = await _actor(database, connection, services)
            self._check_rate(connection, services, actor)
            patient, care = await _whose(database, connection, actor)
        is_about_patient = not PATIENT_PARAMETERS.isdisjoint(connection.path_params)
        # nobody asking for nobody is no deed: else whoever guesses ids could fill the disk
        if patient is not None or (is_about_patient and actor is not None):
            await self._write_down(connection, services, actor, care)
        self._check(actor, care, is_about_patient=is_about_patient)
        if visit is not None:
            await _note_use(services, connection, visit)
        return Entry(actor, patient)

    async def still_admits(self, connection: HTTPConnection) -> bool:
        """Whether who came in would be let in again: for sockets, which stay open for long."""
        services = services_of(connection)
        async with services.database.reading() as database:
            _, actor = await _actor(database, connection, services)
            _, care = await _whose(database, connection, actor)
        return allowed(actor, self.action, care)

    def _check_rate(self, connection: HTTPConnection, services: Services, actor: Actor) -> None:
        """Raise a Problem where somebody asks too often."""
        host = connection.client.host if connection.client else "nowhere"
        if self.action is Action.ENTER:
            key, rate = ("enter", host), ENTERING
        elif actor is None:
            key, rate = ("stranger", host), STRANGERS
        else:
            key, rate = ("known", str(actor.id)), KNOWN
        wait_s = services.rates.wait_s(key, rate, services.clock.monotonic_s())
        if wait_s:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"That was often. Ask again in {wait_s:.0f} s.",
                {"Retry-After": f"{wait_s:.0f}"},
            )

    async def _write_down(
        self, connection: HTTPConnection, services: Services, actor: Actor, care: Care | None
    ) -> None:
        """Keep who asked for whose records, before anything is shown, whether or not it will be."""
        deed = Deed(
            at=services.now(),
            actor_kind="nobody" if actor is None else type(actor).__name__.lower(),
            actor_id=None if actor is None else actor.id,
            action=self.action,
            patient_id=None if care is None else care.patient_id,
            route=connection.scope["route"].path,
            is_allowed=allowed(actor, self.action, care),
        )
        async with services.database.writing() as database:
            await audit.append(database, deed)

    def _may_be_misled(self, connection: HTTPConnection, settings: Settings) -> bool:
        """Whether another site makes this browser act for its person, or sign in as another."""
        acts = session_token(connection, settings) or self.action is Action.ENTER
        return bool(acts) and not _bearer(connection) and is_foreign(connection, settings)

    def _check(self, actor: Actor, care: Care | None, *, is_about_patient: bool) -> None:
        if allowed(actor, self.action, care):
            return
        if actor is None:
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "Sign in first: open the one-time link that you were given, or ask for a new one.",
            )
        if is_about_patient and not allowed(actor, Action.SEE_RECORDS, care):
            raise not_found()
        raise Problem(HTTPStatus.FORBIDDEN, "This is for somebody in another role.")


def cookie_name(settings: Settings) -> str:
    """The session cookie; over HTTPS its prefix makes browsers refuse it from anywhere else."""
    return "__Host-steadyrep" if settings.is_secure else "steadyrep"


def session_token(connection: HTTPConnection, settings: Settings) -> str | None:
    """The session token that the browser sent."""
    return connection.cookies.get(cookie_name(settings))


async def _actor(
    database: AsyncConnection, connection: HTTPConnection, services: Services
) -> tuple[Visit | None, Actor]:
    visit = await _visit(database, connection, services)
    return visit, visit.person if visit else await _device(database, connection)


async def _whose(
    database: AsyncConnection, connection: HTTPConnection, actor: Actor
) -> tuple[Person | None, Care | None]:
    patient_id = await _patient_id(database, connection, actor)
    patient = await people.find(database, patient_id) if patient_id else None
    return patient, await _care(database, patient)


async def _visit(
    database: AsyncConnection, connection: HTTPConnection, services: Services
) -> Visit | None:
    token = session_token(connection, services.settings)
    if not token or _bearer(connection):
        return None
    return await logins.visit(database, digest(token), services.now(), services.session_limits)


async def _device(database: AsyncConnection, connection: HTTPConnection) -> Device | None:
    bearer = _bearer(connection)
    return await devices.with_token(database, digest(bearer)) if bearer else None


def _bearer(connection: HTTPConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def _patient_id(
    database: AsyncConnection, connection: HTTPConnection, actor: Actor
) -> UUID | None:
    """Whose records the request is about; a malformed id is somebody who does not exist."""
    path = connection.path_params
    if "set_id" in path:
        set_id = _uuid(path["set_id"])
        owner = await sets.owner(database, set_id) if set_id else None
        return owner or UUID(int=0)
    if "alert_id" in path:
        alert_id = _uuid(path["alert_id"])
        alert = await reports.find_alert(database, alert_id) if alert_id else None
        return alert.patient_id if alert else UUID(int=0)
    if "patient_id" in path:
        return _uuid(path["patient_id"]) or UUID(int=0)
    return actor.patient_id if isinstance(actor, Device) else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _care(database: AsyncConnection, patient: Person | None) -> Care | None:
    if patient is None:
        return None
    return Care(patient.id, await people.therapists_of(database, patient.id))


async def _note_use(services: Services, connection: HTTPConnection, visit: Visit) -> None:
    token = session_token(connection, services.settings)
    if token and services.now() - visit.last_seen_at > logins.SEEN_EVERY:
        async with services.database.writing() as database:
            await logins.touch(database, digest(token), services.now())


def _foreign_detail(connection: HTTPConnection, settings: Settings) -> str:
    origin = connection.headers.get("origin", "no Origin")
    return (
        f"This came from {origin}, not from this server's own pages. If that is the server's real "
        "address (behind a proxy, say), set STEADYREP_PUBLIC_ORIGIN to it."
        if settings.public_origin is None
        else f"This came from {origin}, but STEADYREP_PUBLIC_ORIGIN is {settings.public_origin}."
    )
