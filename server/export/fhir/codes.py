"""The codes of an export: LOINC's where there is an agreed one, our own where there is none.

Repetitions of a set and the shaking of a leg have no agreed code. Our CodeSystem travels inside the
Bundle; its address is a name, not a place.
"""

from uuid import UUID

from detection.events import TremorStatus
from detection.exercises import EXERCISES
from detection.tremor.params import TremorParams
from server.catalogue import Catalogue
from server.export.fhir.bindings import CodeSystemContent, PublicationStatus
from server.export.fhir.resources import CodeableConcept, CodeSystem, Coding, Concept, urn

OURS_ID = UUID("6f0c1f0a-7d0e-5c55-9a35-0f1f5f6f2b7d")
OURS = urn(OURS_ID)
EXERCISES_ID = UUID("b3f0de6c-1c54-5b0e-8a0e-3d7c6f0a9e21")
EXERCISE = urn(EXERCISES_ID)
VERSION = "1"
BAND = TremorParams()
LOINC = "http://loinc.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

SHAKING_CAVEAT = (
    "Shaking was measured during this exercise. It can come with effort, tiredness, a new "
    "movement, cold, or other causes; it does not diagnose weakness or any condition."
)
CONCEPTS = (
    Concept(
        "repetitions-counted",
        "Repetitions of a set, counted by the program",
        "The count of the program at the time of the set; a person's correction never changes it.",
    ),
    Concept(
        "repetitions-confirmed",
        "Repetitions of a set, as a person said",
        "What a person said that the count was, beside the program's own.",
    ),
    Concept(
        "repetitions-recounted",
        "Repetitions of a set, counted again by a later algorithm",
        "What a later version finds in the kept signal; the count at the time stays.",
    ),
    Concept(
        "shaking-amplitude",
        "Shaking during a set, band amplitude",
        f"Median over the windows of a set that shake rhythmically, {BAND.low_hz:g} to "
        f"{BAND.high_hz:g} Hz, m/s² RMS over all axes. {SHAKING_CAVEAT}",
    ),
    Concept(
        "shaking-interval",
        "Band amplitude, 95 % interval",
        "Lower and upper end of the interval of the band amplitude.",
    ),
    Concept(
        "shaking-frequency",
        "Shaking during a set, frequency",
        "Median peak frequency of the windows that shake.",
    ),
    Concept("shaking-status", "Shaking, status", "What can be said of the shaking of a set."),
    Concept("soreness", "Soreness of muscles, 0 to 10", "As the patient said; kept from pain."),
    Concept("fatigue", "Tiredness, 0 to 10", "As the patient said."),
    Concept("effort", "Effort, 0 to 10 (Borg CR10)", "As the patient said how hard it was."),
    Concept(TremorStatus.TREMOR, "Shaking", "Rhythmic shaking was measured."),
    Concept(TremorStatus.NONE, "No shaking", "No rhythmic shaking was found."),
    Concept(
        TremorStatus.BELOW_FLOOR,
        "Below the floor",
        "What moves is too small for this sensor to be told from its noise; that is not none.",
    ),
    Concept(TremorStatus.UNKNOWN, "Can't tell", "The signal does not say."),
    Concept(TremorStatus.REFUSED, "Not measured", "The signal is not fit for measuring it."),
)
DISPLAYS = {concept.code: concept.display for concept in CONCEPTS}
ABSENT_CODES = {
    TremorStatus.TREMOR: "unknown",
    TremorStatus.NONE: "not-applicable",
    TremorStatus.BELOW_FLOOR: "unknown",
    TremorStatus.UNKNOWN: "unknown",
    TremorStatus.REFUSED: "not-performed",
}
"""Why there is no amplitude, in the words that HL7 has: none is for what is too small to measure,
which therefore is `unknown`, and our own code beside it says more."""

PAIN = CodeableConcept(
    (Coding(LOINC, "72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported"),)
)
ACTIVITY = CodeableConcept((Coding(LOINC, "73985-4", "Exercise activity"),))
DURATION = CodeableConcept((Coding(LOINC, "55411-3", "Exercise duration"),))
OF_ACTIVITY = (CodeableConcept((Coding(CATEGORY, "activity", "Activity"),)),)
OF_SURVEY = (CodeableConcept((Coding(CATEGORY, "survey", "Survey"),)),)


def ours(code: str) -> CodeableConcept:
    """A concept of our own. Raises KeyError for one that our CodeSystem has not."""
    return CodeableConcept((Coding(OURS, str(code), DISPLAYS[code]),))


def exercise(name: str, catalogue: Catalogue) -> CodeableConcept:
    """An exercise; a therapist's own, or one that nobody described, has words and no code."""
    title = catalogue.title_of(name)
    known = (Coding(EXERCISE, name, title),) if name in EXERCISES else ()
    return CodeableConcept(known, title)


def absent(code: str, *, text: str | None = None) -> CodeableConcept:
    """Why there is no value, as HL7 codes it."""
    return CodeableConcept((Coding(ABSENT, code),), text)


def no_amplitude(status: TremorStatus, reason: str | None) -> CodeableConcept:
    """Why there is no amplitude of shaking: HL7's code, ours, and the reason in words."""
    own = Coding(OURS, str(status), DISPLAYS[status])
    return CodeableConcept((Coding(ABSENT, ABSENT_CODES[status]), own), reason)


def code_systems() -> tuple[CodeSystem, ...]:
    """Both of ours: what is observed, and the exercises."""
    exercises = tuple(Concept(one.name, one.title, one.repetition) for one in EXERCISES.values())
    return (
        _system(OURS_ID, "SteadyrepObservations", "Steadyrep: what is observed", CONCEPTS),
        _system(EXERCISES_ID, "SteadyrepExercises", "Steadyrep: exercises", exercises),
    )


def _system(of: UUID, name: str, title: str, concepts: tuple[Concept, ...]) -> CodeSystem:
    return CodeSystem(
        id=of,
        url=urn(of),
        version=VERSION,
        name=name,
        title=title,
        status=PublicationStatus.ACTIVE,
        content=CodeSystemContent.COMPLETE,
        case_sensitive=True,
        concept=concepts,
    )
