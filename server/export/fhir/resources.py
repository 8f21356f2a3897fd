"""The parts of FHIR R4B that an export needs, as values that cannot be written wrongly.

A field has the name of FHIR's element in this language's spelling (`value_quantity` is written
valueQuantity). What FHIR binds to a value set is checked when a resource is made, and so are the
invariants that these resources can break. Source: FHIR 4.3.0, the page of each resource.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.export.fhir.bindings import (
    AdministrativeGender,
    BundleType,
    CodeSystemContent,
    DeviceNameType,
    DeviceStatus,
    ObservationStatus,
    PublicationStatus,
)

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What FHIR's type string may not hold."""


class NotAllowed(ValueError):
    """A value that FHIR does not allow at this element."""

    def __init__(self, element: str, said: object, wanted: str) -> None:
        super().__init__(f"{element} must be {wanted}, got {said!r}")
        self.element = element
        self.said = said


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a system."""

    system: str
    code: str
    display: str | None = None


@dataclass(frozen=True, slots=True)
class CodeableConcept:
    """What is meant, in codes of several systems and in words."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit in words and in UCUM."""

    value: float | int
    unit: str
    code: str
    system: str = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high."""

    low: Quantity
    high: Quantity


@dataclass(frozen=True, slots=True)
class Period:
    """From start to end."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Reference:
    """Another resource of the same Bundle."""

    reference: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """Words of a person, or of the program."""

    text: str


@dataclass(frozen=True, slots=True)
class HumanName:
    """A name as it was given."""

    text: str


@dataclass(frozen=True, slots=True)
class Patient:
    """Whose records these are."""

    id: UUID
    name: tuple[HumanName, ...]
    gender: AdministrativeGender
    resource_type: str = field(default="Patient", init=False)

    def __post_init__(self) -> None:
        _require("Patient.gender", self.gender, AdministrativeGender)


@dataclass(frozen=True, slots=True)
class DeviceName:
    """What a device is called, and by whom."""

    name: str
    type: DeviceNameType

    def __post_init__(self) -> None:
        _require("Device.deviceName.type", self.type, DeviceNameType)


@dataclass(frozen=True, slots=True)
class Device:
    """A sensor."""

    id: UUID
    status: DeviceStatus
    device_name: tuple[DeviceName, ...]
    type: CodeableConcept
    patient: Reference
    serial_number: str | None = None
    resource_type: str = field(default="Device", init=False)

    def __post_init__(self) -> None:
        _require("Device.status", self.status, DeviceStatus)


@dataclass(frozen=True, slots=True)
class Component:
    """A further figure of an observation."""

    code: CodeableConcept
    value_quantity: Quantity | None = None
    value_range: Range | None = None
    value_codeable_concept: CodeableConcept | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that was counted, measured or said; a value, or why there is none."""

    id: UUID
    status: ObservationStatus
    category: tuple[CodeableConcept, ...]
    code: CodeableConcept
    subject: Reference
    effective_date_time: datetime | None = None
    effective_period: Period | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    data_absent_reason: CodeableConcept | None = None
    note: tuple[Annotation, ...] = ()
    body_site: CodeableConcept | None = None
    method: CodeableConcept | None = None
    device: Reference | None = None
    component: tuple[Component, ...] = ()
    resource_type: str = field(default="Observation", init=False)

    def __post_init__(self) -> None:
        _require("Observation.status", self.status, ObservationStatus)
        values = (self.value_quantity, self.value_codeable_concept, self.data_absent_reason)
        if sum(each is not None for each in values) != 1:
            raise NotAllowed("Observation.value", values, "one value or the reason for none")
        if (self.effective_date_time is None) is (self.effective_period is None):
            raise NotAllowed("Observation.effective", None, "a moment or a period")


@dataclass(frozen=True, slots=True)
class Concept:
    """A code of a system and what it means."""

    code: str
    display: str
    definition: str


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """Our own codes, sent along so that they need not be asked for."""

    id: UUID
    url: str
    version: str
    name: str
    title: str
    status: PublicationStatus
    content: CodeSystemContent
    case_sensitive: bool
    concept: tuple[Concept, ...]
    resource_type: str = field(default="CodeSystem", init=False)

    def __post_init__(self) -> None:
        _require("CodeSystem.status", self.status, PublicationStatus)
        _require("CodeSystem.content", self.content, CodeSystemContent)


Resource = Patient | Device | Observation | CodeSystem


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource and the name by which the others of its Bundle mean it."""

    full_url: str
    resource: Resource


@dataclass(frozen=True, slots=True)
class Bundle:
    """Resources together."""

    id: UUID
    type: BundleType
    timestamp: datetime
    entry: tuple[Entry, ...]
    resource_type: str = field(default="Bundle", init=False)

    def __post_init__(self) -> None:
        _require("Bundle.type", self.type, BundleType)
        urls = [each.full_url for each in self.entry]
        if len(set(urls)) != len(urls):
            raise NotAllowed("Bundle.entry.fullUrl", urls, "another for every entry")


def urn(of: UUID) -> str:
    """The name of a resource inside its Bundle."""
    return f"urn:uuid:{of}"


def words(text: str | None) -> str | None:
    """Text as FHIR allows it; None where nothing is left of it."""
    return CONTROL.sub("", text or "").strip() or None


def _require(element: str, said: object, allowed: type[StrEnum]) -> None:
    """Raise NotAllowed unless this is a member of the value set; an equal string is not enough."""
    if not isinstance(said, allowed):
        raise NotAllowed(element, said, f"one of {', '.join(allowed)}")
