"""Who may do what with whose records: the one authorization function.

A person who may not even know that a patient exists is told that nothing is there (404); one who
may see the records but not do this is told so (403). Routes ask through `server.guards.gate`.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from server.store.devices import Device
from server.store.people import Person, Role

Actor = Person | Device | None
"""Who asks: a person with a session, a sensor's token, or nobody known."""


class Action(StrEnum):
    """What can be asked of the server; every route names one."""

    PROBE = "probe"
    ENTER = "enter"
    USE_ACCOUNT = "use_account"
    SEE_CASELOAD = "see_caseload"
    SEE_RECORDS = "see_records"
    DO_SETS = "do_sets"
    SEND_SIGNAL = "send_signal"
    RESOLVE_ALERT = "resolve_alert"
    PRESCRIBE = "prescribe"
    SHARE = "share"
    DESCRIBE_EXERCISES = "describe_exercises"


@dataclass(frozen=True, slots=True)
class Care:
    """A patient, and the therapists whom the patient's standing care links name."""

    patient_id: UUID
    therapist_ids: frozenset[UUID] = frozenset()


def allowed(actor: Actor, action: Action, patient: Care | None) -> bool:
    """Whether the actor may do this; `patient` is whose records it touches, None for nobody's."""
    match action:
        case Action.PROBE | Action.ENTER:
            return True
        case Action.USE_ACCOUNT:
            return isinstance(actor, Person)
        case Action.SEE_CASELOAD | Action.DESCRIBE_EXERCISES:
            return isinstance(actor, Person) and actor.role is Role.THERAPIST
        case Action.SEE_RECORDS:
            return _is_self(actor, patient) or _is_therapist_of(actor, patient)
        case Action.DO_SETS | Action.SHARE:
            return _is_self(actor, patient)
        case Action.SEND_SIGNAL:
            return _is_device_of(actor, patient)
        case Action.RESOLVE_ALERT | Action.PRESCRIBE:
            return _is_therapist_of(actor, patient)


def _is_self(actor: Actor, patient: Care | None) -> bool:
    return (
        isinstance(actor, Person)
        and actor.role is Role.PATIENT
        and patient is not None
        and actor.id == patient.patient_id
    )


def _is_therapist_of(actor: Actor, patient: Care | None) -> bool:
    return (
        isinstance(actor, Person)
        and actor.role is Role.THERAPIST
        and patient is not None
        and actor.id in patient.therapist_ids
    )


def _is_device_of(actor: Actor, patient: Care | None) -> bool:
    return (
        isinstance(actor, Device) and patient is not None and actor.patient_id == patient.patient_id
    )
