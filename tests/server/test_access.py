"""Who may do what: every route times everybody, read off the routes themselves."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute, Mount
from websockets.exceptions import InvalidStatus

from detection.pipeline import TrackerParams
from server.access import Action, Actor, Care, allowed
from server.algorithm import algorithm_of
from server.app import ROUTERS, create_app
from server.guards.gate import Gate
from server.settings import Settings
from server.store import algorithms, devices, people, reports
from server.store.devices import Device
from server.store.people import Person, Role
from server.store.reports import Report
from server.store.sets import NewSet, add
from server.tokens import digest
from tests.server.house import House, a_house, in_the_shared_house, still

ADMITTED = {
    Action.PROBE: {"nobody", "anna", "ben", "eva", "omar", "mara", "ada", "sensor", "bens sensor"},
    Action.ENTER: {"nobody", "anna", "ben", "eva", "omar", "mara", "ada", "sensor", "bens sensor"},
    Action.USE_ACCOUNT: {"anna", "ben", "eva", "omar", "mara", "ada"},
    Action.SEE_CASELOAD: {"eva", "omar", "mara"},
    Action.SEE_RECORDS: {"anna", "eva"},
    Action.DO_SETS: {"anna"},
    Action.SEND_SIGNAL: {"sensor", "bens sensor"},
    Action.RESOLVE_ALERT: {"eva"},
    Action.PRESCRIBE: {"eva"},
    Action.SHARE: {"anna"},
    Action.DESCRIBE_EXERCISES: {"eva", "omar", "mara"},
}
"""Who gets in where the records are Anna's; a sensor names its patient by its token."""
EVERYBODY = sorted(ADMITTED[Action.ENTER])
SHUT_OUT = {401, 403, 404}


def routes() -> Iterator[APIRoute | APIWebSocketRoute]:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute | APIWebSocketRoute), route
            yield route


def gates(route: APIRoute | APIWebSocketRoute) -> list[Gate]:
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Gate)]


def name_of(route: APIRoute | APIWebSocketRoute) -> str:
    methods = "+".join(sorted(route.methods)) if isinstance(route, APIRoute) else "WS"
    return f"{methods} {route.path}"


HTTP_ROUTES = [one for one in routes() if isinstance(one, APIRoute)]
SOCKET_ROUTES = [one for one in routes() if isinstance(one, APIWebSocketRoute)]


@pytest.mark.parametrize("route", list(routes()), ids=name_of)
def test_every_route_has_exactly_one_rule(route: APIRoute | APIWebSocketRoute) -> None:
    assert len(gates(route)) == 1


def beside_the_routers(app: FastAPI) -> list[BaseRoute]:
    """What an app answers that is in none of ROUTERS, and so has no Gate that a test has seen."""
    return [one for one in app.routes if getattr(one, "original_router", None) not in ROUTERS]


def test_nothing_is_reached_around_the_routers(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    (files,) = beside_the_routers(app)
    assert isinstance(files, Mount)
    assert files.path == "/static"

    @app.get("/back-door")
    async def back_door() -> None: ...

    assert len(beside_the_routers(app)) == 2


@pytest.mark.parametrize("route", HTTP_ROUTES, ids=name_of)
@in_the_shared_house
async def test_a_route_lets_in_whom_its_rule_names_and_nobody_else(
    shared_house: House, route: APIRoute
) -> None:
    action = gates(route)[0].action
    path = route.path.format(
        patient_id=shared_house.anna.id,
        set_id=await annas_set(shared_house),
        alert_id=await annas_alert(shared_house),
        token="no-such-link",
        link_id=uuid4(),
        device_id=uuid4(),
        name="own-0-1",
    )
    for who in EVERYBODY:
        browser, headers = await way_in(shared_house, who)
        for method in route.methods:
            answer = await browser.request(method, path, headers=headers)
            is_in = answer.status_code not in SHUT_OUT or action is Action.ENTER
            assert is_in == (who in ADMITTED[action]), (who, method, answer.status_code)
            if action is Action.ENTER:
                assert answer.status_code not in {401, 403}, (who, method)
            elif not is_in:
                assert answer.status_code == status_for(who, action), (who, method)
    if route.path == "/leave":
        shared_house.forget_sessions()


@pytest.mark.parametrize("route", SOCKET_ROUTES, ids=name_of)
@in_the_shared_house
async def test_a_socket_lets_in_whom_its_rule_names_and_nobody_else(
    shared_house: House, route: APIWebSocketRoute
) -> None:
    action = gates(route)[0].action
    for who in EVERYBODY:
        browser, headers = await way_in(shared_house, who)
        token = browser.cookies.get("steadyrep")
        cookie = {"Cookie": f"steadyrep={token}"} if token else {}
        path = route.path.format(patient_id=shared_house.anna.id)
        status = 101
        try:
            async with shared_house.socket(path, Origin=shared_house.address, **headers, **cookie):
                pass
        except InvalidStatus as denied:
            status = denied.response.status_code
        expected = 101 if who in ADMITTED[action] else status_for(who, action)
        assert status == expected, who


def status_for(who: str, action: Action) -> int:
    """401 for nobody; 404 where even the patient's existence is not to be known; else 403."""
    if who == "nobody":
        return 401
    is_about_anna = action in {
        Action.SEE_RECORDS,
        Action.DO_SETS,
        Action.RESOLVE_ALERT,
        Action.PRESCRIBE,
        Action.SHARE,
    }
    if is_about_anna and who not in ADMITTED[Action.SEE_RECORDS]:
        return 404
    return 403


async def way_in(house: House, who: str) -> tuple[httpx.AsyncClient, dict[str, str]]:
    house.pass_by(10)  # nobody asks so often as this does
    if who == "nobody":
        return await house.client(None), {}
    if who.endswith("sensor"):
        token = house.sensor_token if who == "sensor" else house.bens_token
        return await house.client(None), {"Authorization": f"Bearer {token}"}
    return await house.client(getattr(house, who)), {}


async def annas_set(house: House) -> UUID:
    async with house.services.database.writing() as database:
        made_by = await algorithms.ensure(database, algorithm_of(TrackerParams()))
        new = a_new_set(house.anna.id, house)
        await add(database, new, made_by)
    return new.id


async def annas_alert(house: House) -> UUID:
    said = Report(uuid4(), house.anna.id, None, 6, "", house.time.moment, 60)
    async with house.services.database.writing() as database:
        await reports.add(database, said)
        return (await reports.open_alerts(database, house.anna.id))[0].id


def a_new_set(patient_id: UUID, house: House) -> NewSet:
    return NewSet(
        id=uuid4(),
        patient_id=patient_id,
        recording_id=None,
        started_at=house.time.moment,
        utc_offset_min=60,
        start_s=None,
        end_s=None,
        exercise=None,
        placement=None,
        side=None,
        target_reps=None,
        auto_reps=None,
        confirmed_reps=3,
        confirmed_by=patient_id,
        end_reason="done",
        confidence=None,
        flags=(),
        reps=(),
    )


@pytest.mark.parametrize("path", ["not-a-uuid", str(UUID(int=1)), "%2e%2e"])
@in_the_shared_house
async def test_records_of_nobody_are_not_found(shared_house: House, path: str) -> None:
    eva = await shared_house.client(shared_house.eva)
    for address in (f"/api/v1/patients/{path}/sets", f"/api/v1/sets/{path}"):
        assert (await eva.get(address)).status_code == 404
    assert (await eva.post(f"/api/v1/alerts/{path}/resolve")).status_code == 404


async def test_a_link_revoked_shuts_the_door_at_once(house: House) -> None:
    eva = await house.client(house.eva)
    address = f"/api/v1/patients/{house.anna.id}/sets"
    assert (await eva.get(address)).status_code == 200
    async with house.services.database.writing() as database:
        await people.revoke(database, house.anna.id, house.eva.id, house.time.moment)
    assert (await eva.get(address)).status_code == 404


async def test_an_open_view_ends_when_its_link_is_revoked(tmp_path: Path) -> None:
    async with a_house(tmp_path, recheck_every_s=0.01) as house:
        async with await house.look_on(house.eva, house.anna) as eva, asyncio.timeout(10):
            await eva.recv()
            async with house.services.database.writing() as database:
                await people.revoke(database, house.anna.id, house.eva.id, house.time.moment)
            await eva.wait_closed()
            assert (eva.close_code, eva.close_reason) == (1008, "you may not look on any more")
        async with await house.look_on(house.anna, house.anna) as anna:
            await anna.recv()


async def test_an_open_view_ends_when_its_session_does(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path, recheck_every_s=0.01) as house,
        await house.look_on(house.anna, house.anna) as anna,
        asyncio.timeout(10),
    ):
        await anna.recv()
        await (await house.client(house.anna)).post("/leave")
        await anna.wait_closed()
        assert anna.close_code == 1008


async def test_an_alert_keeps_who_saw_it_first_and_when(house: House) -> None:
    alert_id = await annas_alert(house)
    async with house.services.database.writing() as database:
        await people.link(database, house.anna.id, house.omar.id, house.time.moment)
    eva, omar = await house.client(house.eva), await house.client(house.omar)
    seen_at = house.time.moment
    first = (await eva.post(f"/api/v1/alerts/{alert_id}/resolve")).json()
    assert first["resolved_by"] == str(house.eva.id)
    assert datetime.fromisoformat(first["resolved_at"]) == seen_at
    house.time.pass_by(timedelta(hours=1))
    assert (await omar.post(f"/api/v1/alerts/{alert_id}/resolve")).json() == first
    (row,) = (await eva.get("/api/v1/patients")).json()["patients"]
    assert row["open_alerts"] == 0


def test_a_patients_role_alone_opens_nothing() -> None:
    anna = Person(uuid4(), Role.PATIENT, "Anna", "UTC")
    therapist = Person(uuid4(), Role.THERAPIST, "Eva", "UTC")
    admin = Person(anna.id, Role.ADMIN, "Ada", "UTC")
    sensor = Device(uuid4(), anna.id, "H10")
    care = Care(anna.id, frozenset({therapist.id}))
    inside: list[Actor] = [anna, therapist]
    assert all(allowed(one, Action.SEE_RECORDS, care) for one in inside)
    assert not any(allowed(one, Action.SEE_RECORDS, None) for one in inside)
    assert not allowed(admin, Action.SEE_RECORDS, care)
    assert not allowed(sensor, Action.SEE_RECORDS, care)
    assert not allowed(sensor, Action.SEND_SIGNAL, Care(uuid4()))


async def test_a_device_that_is_revoked_while_it_sends_is_cut_off(house: House) -> None:
    async with house.collector() as collector:
        await collector.chunks([still(0)])
        async with house.services.database.writing() as database:
            device = await devices.with_token(database, digest(house.sensor_token))
            assert device is not None
            await devices.revoke(database, device.id, house.time.moment)
        house.pass_by(house.settings.recheck_every_s)
        await collector.chunks([still(1)], first=1)
        await collector.socket.wait_closed()
        assert collector.socket.close_code == 1008


async def test_a_revoked_device_sends_nothing_more(house: House) -> None:
    async with house.collector() as collector:
        await collector.chunks([still(0)])
    async with house.services.database.writing() as database:
        device = await devices.with_token(database, digest(house.sensor_token))
        assert device is not None
        await devices.revoke(database, device.id, house.time.moment)
    with pytest.raises(InvalidStatus):
        async with house.collector():
            pass
