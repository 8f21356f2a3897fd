"""The codes that FHIR R4B allows where its binding is *required*; no other can be written.

Each is the value set of the element it is named after (FHIR 4.3.0). They are checked here because
a validator of structure alone, fhir.resources among them, takes any word for a status.
"""

from enum import StrEnum


class BundleType(StrEnum):
    """Bundle.type."""

    DOCUMENT = "document"
    MESSAGE = "message"
    TRANSACTION = "transaction"
    TRANSACTION_RESPONSE = "transaction-response"
    BATCH = "batch"
    BATCH_RESPONSE = "batch-response"
    HISTORY = "history"
    SEARCHSET = "searchset"
    COLLECTION = "collection"


class ObservationStatus(StrEnum):
    """Observation.status."""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class DeviceStatus(StrEnum):
    """Device.status."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class DeviceNameType(StrEnum):
    """Device.deviceName.type."""

    UDI_LABEL_NAME = "udi-label-name"
    USER_FRIENDLY_NAME = "user-friendly-name"
    PATIENT_REPORTED_NAME = "patient-reported-name"
    MANUFACTURER_NAME = "manufacturer-name"
    MODEL_NAME = "model-name"
    OTHER = "other"


class AdministrativeGender(StrEnum):
    """Patient.gender."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class PublicationStatus(StrEnum):
    """CodeSystem.status."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"
    UNKNOWN = "unknown"


class CodeSystemContent(StrEnum):
    """CodeSystem.content."""

    NOT_PRESENT = "not-present"
    EXAMPLE = "example"
    FRAGMENT = "fragment"
    COMPLETE = "complete"
    SUPPLEMENT = "supplement"
