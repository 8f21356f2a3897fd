"""A patient's sensors: what may send in their name, a new one by a code, and an end to each."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, RedirectResponse

from server.access import Action
from server.guards.gate import Entry, Gate
from server.guards.problems import Problem
from server.live.ingest_messages import Placement, Side
from server.rendering import WordsHere, render
from server.routes.pages import desk
from server.served_at import known_origin
from server.services import Services, ServicesHere
from server.store import devices, pairings
from server.store.devices import Device
from server.tokens import digest, new_token
from server.views.sensors_view import sensors_view

CODE_LASTS = timedelta(minutes=15)
"""To walk to the other computer, or to point its camera."""
USED_UP = "This code was used already or has run out. Make a new one on the page “Your sensors”."

router = APIRouter()
DoesSets = Annotated[Entry, Depends(Gate(Action.DO_SETS))]
API = "/api/v1/patients/{patient_id}/devices"


class DeviceDocument(BaseModel):
    """A device that may send signal for this patient."""

    id: UUID
    name: str
    placement: str | None
    side: str | None


class DeviceList(BaseModel):
    """The devices whose tokens are good."""

    devices: list[DeviceDocument]


class NewDevice(BaseModel):
    """A device that is to be connected: what it is called, and where it is worn."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={"examples": [{"name": "H10", "placement": "thigh", "side": "left"}]},
    )

    name: str = Field(min_length=1, max_length=200)
    placement: Placement | None = None
    side: Side | None = None


class PairingDocument(BaseModel):
    """Where a collector gets its token, once: `steadyrep connect ADDRESS`."""

    address: str
    expires_at: AwareDatetime


class TokenDocument(BaseModel):
    """A device's token; it is not told again."""

    server: str
    token: str
    device: str


@router.get(API, tags=["account"])
async def list_devices(entry: DoesSets, services: ServicesHere) -> DeviceList:
    """What may send signal for this patient."""
    async with services.database.reading() as database:
        found = await devices.of_patient(database, entry.whose.id)
    return DeviceList(
        devices=[
            DeviceDocument(id=one.id, name=one.name, placement=one.placement, side=one.side)
            for one in found
        ]
    )


@router.post(API + "/pairing", tags=["account"])
async def begin_pairing(new: NewDevice, entry: DoesSets, services: ServicesHere) -> PairingDocument:
    """Make a code for a new device; it takes the place of any before it."""
    return await _code(entry, services, new)


@router.delete(API + "/{device_id}", status_code=204, tags=["account"])
async def revoke_device(device_id: UUID, entry: DoesSets, services: ServicesHere) -> Response:
    """Take a device's token back, from now on; again, it changes nothing."""
    await _revoke(device_id, entry, services)
    return Response(status_code=204)


@router.post(
    "/api/v1/pairings/{token}",
    tags=["account"],
    dependencies=[Depends(Gate(Action.PROBE))],  # a collector has neither session nor Origin
    responses={410: {}},
)
async def use_code(token: str, services: ServicesHere) -> TokenDocument:
    """Give a collector its token for a code, once; it may send signal and do nothing else."""
    made = new_token()
    async with services.database.writing() as database:
        device = await pairings.use(database, digest(token), digest(made), services.now())
    if device is None:
        raise Problem(HTTPStatus.GONE, USED_UP)
    return TokenDocument(server=known_origin(services.settings), token=made, device=device.name)


@router.get("/patients/{patient_id}/sensors", include_in_schema=False)
async def show_sensors(entry: DoesSets, services: ServicesHere, words: WordsHere) -> HTMLResponse:
    """The patient's page of what may send."""
    return await _page(entry, services, words, None)


@router.post("/patients/{patient_id}/sensors/pairing", include_in_schema=False)
async def show_code(entry: DoesSets, services: ServicesHere, words: WordsHere) -> HTMLResponse:
    """The same page with a code, which is shown once; the collector says where it is worn."""
    made = await _code(entry, services, NewDevice(name=words("sensors.new_name")))
    return await _page(entry, services, words, made)


@router.post("/patients/{patient_id}/sensors/{device_id}/revoke", include_in_schema=False)
async def revoke_there(
    device_id: UUID, entry: DoesSets, services: ServicesHere
) -> RedirectResponse:
    """The button beside a device."""
    await _revoke(device_id, entry, services)
    return RedirectResponse(f"/patients/{entry.whose.id}/sensors", 303)


async def _code(entry: Entry, services: Services, new: NewDevice) -> PairingDocument:
    token = new_token()
    meant = Device(uuid4(), entry.whose.id, new.name, new.placement, new.side)
    async with services.database.writing() as database:
        expires_at = await pairings.keep(database, meant, digest(token), services.now(), CODE_LASTS)
    address = f"{known_origin(services.settings)}/api/v1/pairings/{token}"
    return PairingDocument(address=address, expires_at=expires_at)


async def _revoke(device_id: UUID, entry: Entry, services: Services) -> None:
    async with services.database.writing() as database:
        for one in await devices.of_patient(database, entry.whose.id):
            if one.id == device_id:
                await devices.revoke(database, device_id, services.now())


async def _page(
    entry: Entry, services: Services, words: WordsHere, made: PairingDocument | None
) -> HTMLResponse:
    async with services.database.reading() as database:
        found = await devices.of_patient(database, entry.whose.id)
    view = sensors_view(entry.whose, found, made.address if made else None, words)
    return render("sensors.html", words, {"view": view, **desk(entry, "sensors")})
