"""Taking out all that is kept of one patient, in one transaction, and what was taken out.

The order is that of the references, children first. What stays: in the audit that somebody looked
at the records of an id, which after this names nobody; and backups, which are elsewhere.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.people_tables import (
    care_link,
    device,
    login_link,
    pairing_code,
    session,
    share_invitation,
    user,
)
from server.store.program_tables import (
    calendar_feed,
    decline,
    good_set,
    prescription,
    program_version,
    workout,
)
from server.store.tables import (
    alert,
    chunk,
    command,
    exset,
    live_memory,
    phase_tremor,
    recording,
    recount,
    rep,
    report,
    set_tremor,
    tremor_window,
)


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each table are no longer there."""

    rows: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(count for _, count in self.rows)


async def erase(connection: AsyncConnection, patient_id: UUID) -> Erased:
    """Take a patient out; in a writing transaction."""
    rows = []
    for table, is_theirs in _of(patient_id):
        done = await connection.execute(delete(table).where(is_theirs))
        rows.append((table.name, done.rowcount))
    return Erased(tuple(rows))


def _of(patient_id: UUID) -> list[tuple[Table, ColumnElement[bool]]]:
    their_sets = select(exset.c.id).where(exset.c.patient_id == patient_id)
    their_programs = select(program_version.c.id).where(program_version.c.patient_id == patient_id)
    their_recordings = select(recording.c.id).where(recording.c.patient_id == patient_id)
    return [
        (alert, alert.c.patient_id == patient_id),
        (report, report.c.patient_id == patient_id),
        (calendar_feed, calendar_feed.c.patient_id == patient_id),
        (good_set, good_set.c.patient_id == patient_id),
        (workout, workout.c.patient_id == patient_id),
        (decline, decline.c.version_id.in_(their_programs)),
        (prescription, prescription.c.version_id.in_(their_programs)),
        (program_version, program_version.c.patient_id == patient_id),
        (live_memory, live_memory.c.patient_id == patient_id),
        (command, command.c.patient_id == patient_id),
        (recount, recount.c.set_id.in_(their_sets)),
        (phase_tremor, phase_tremor.c.set_id.in_(their_sets)),
        (set_tremor, set_tremor.c.set_id.in_(their_sets)),
        (tremor_window, tremor_window.c.set_id.in_(their_sets)),
        (rep, rep.c.set_id.in_(their_sets)),
        (exset, exset.c.patient_id == patient_id),
        (chunk, chunk.c.recording_id.in_(their_recordings)),
        (recording, recording.c.patient_id == patient_id),
        (pairing_code, pairing_code.c.patient_id == patient_id),
        (device, device.c.patient_id == patient_id),
        (care_link, care_link.c.patient_id == patient_id),
        (share_invitation, share_invitation.c.patient_id == patient_id),
        (session, session.c.user_id == patient_id),
        (login_link, login_link.c.user_id == patient_id),
        (user, user.c.id == patient_id),
    ]
