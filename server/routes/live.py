"""The live state of a patient's set, pushed to whoever may look on, for as long as they may."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from starlette.status import WS_1008_POLICY_VIOLATION

from server.access import Action
from server.guards.gate import Entry, Gate
from server.live.broadcast import Viewer
from server.live.live_state import LiveState
from server.services import ServicesHere

router = APIRouter()
RULE = Gate(Action.SEE_RECORDS)
SeesRecords = Annotated[Entry, Depends(RULE)]


@router.get("/api/v1/patients/{patient_id}/live", tags=["live"])
async def live_now(entry: SeesRecords, services: ServicesHere) -> LiveState:
    """The live state at this moment."""
    stream = services.streams.of(entry.whose.id)
    await stream.recall()
    return stream.state


@router.websocket("/api/v1/live/{patient_id}")
async def live(websocket: WebSocket, entry: SeesRecords, services: ServicesHere) -> None:
    """Push the whole state at once and at every change; a slow viewer misses states in between."""
    await websocket.accept()
    stream = services.streams.of(entry.whose.id)
    await stream.recall()
    counted = services.metrics.viewers.track_inprogress()
    with counted, stream.channel.viewing(stream.state) as viewer:
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(_send_states(websocket, viewer))
            every_s = services.settings.recheck_every_s
            looking = tasks.create_task(_until_shut_out(websocket, sending, every_s))
            await _until_gone(websocket)
            sending.cancel()
            looking.cancel()


async def _send_states(websocket: WebSocket, viewer: Viewer) -> None:
    try:
        while True:
            state = await viewer.next()
            await websocket.send_text(state.model_dump_json())
    except WebSocketDisconnect:
        return


async def _until_shut_out(
    websocket: WebSocket, sending: asyncio.Task[None], every_s: float
) -> None:
    """End the view of somebody who may not look on any more."""
    is_in = True
    while is_in:
        await asyncio.sleep(every_s)
        is_in = await RULE.still_admits(websocket)
    sending.cancel()
    await websocket.close(WS_1008_POLICY_VIOLATION, "you may not look on any more")


async def _until_gone(websocket: WebSocket) -> None:
    """A viewer has nothing to say; whatever comes is ignored until it closes."""
    message = await websocket.receive()
    while message["type"] != "websocket.disconnect":
        message = await websocket.receive()
