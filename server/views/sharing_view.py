"""The patient's page of who sees the records, in words and with the picture of an invitation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.charts.qr_code import qr_svg
from server.store.people import Person
from server.store.sharing import Sharing
from server.words import Words


@dataclass(frozen=True, slots=True)
class SharingRow:
    """One therapist; withdraw: where the button leads, None where it has ended."""

    name: str
    since: str
    withdraw: str | None


@dataclass(frozen=True, slots=True)
class SharingView:
    """Everything on the page. address, qr_svg: of an invitation that was just made."""

    rows: tuple[SharingRow, ...]
    ended: tuple[SharingRow, ...]
    invite: str
    address: str | None
    qr_svg: str | None


def sharing_view(
    patient: Person, found: Sequence[Sharing], address: str | None, now: datetime, words: Words
) -> SharingView:
    """The page of a patient."""
    rows = [(one.revoked_at is None, _row(patient, one, now, words)) for one in found]
    return SharingView(
        rows=tuple(row for stands, row in rows if stands),
        ended=tuple(row for stands, row in rows if not stands),
        invite=f"/patients/{patient.id}/sharing/invitation",
        address=address,
        qr_svg=None if address is None else qr_svg(address),
    )


def _row(patient: Person, one: Sharing, now: datetime, words: Words) -> SharingRow:
    zone = ZoneInfo(patient.timezone)
    since = words.moment(one.granted_at.astimezone(zone), now)
    if one.revoked_at is not None:
        until = words.moment(one.revoked_at.astimezone(zone), now)
        return SharingRow(
            one.therapist_name, words("sharing.ended", since=since, until=until), None
        )
    return SharingRow(
        one.therapist_name,
        words(f"sharing.by_{one.granted_by}", since=since),
        f"/patients/{patient.id}/sharing/{one.id}/withdraw",
    )
