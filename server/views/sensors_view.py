"""The patient's page of what may send in their name."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.charts.qr_code import qr_svg
from server.store.devices import Device
from server.store.people import Person
from server.views import phrases
from server.words import Words


@dataclass(frozen=True, slots=True)
class SensorRow:
    """One device: its name, where it is worn, and where the button to end it leads."""

    name: str
    placed: str | None
    revoke: str


@dataclass(frozen=True, slots=True)
class SensorsView:
    """Everything on the page. command, qr_svg: of a code that was just made."""

    rows: tuple[SensorRow, ...]
    pair: str
    command: str | None
    qr_svg: str | None


def sensors_view(
    patient: Person, found: Sequence[Device], address: str | None, words: Words
) -> SensorsView:
    """The page of a patient."""
    here = f"/patients/{patient.id}/sensors"
    return SensorsView(
        rows=tuple(
            SensorRow(
                one.name,
                phrases.placed(one.placement, one.side, words),
                f"{here}/{one.id}/revoke",
            )
            for one in found
        ),
        pair=f"{here}/pairing",
        command=None if address is None else f"steadyrep connect {address}",
        qr_svg=None if address is None else qr_svg(address),
    )
