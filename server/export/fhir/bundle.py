"""A patient's records as one FHIR R4B Bundle: what is observed of each set, and what was said.

A set gives the exercise (LOINC 73985-4), its duration (55411-3), the program's count and, beside
it, a person's, and the shaking, where one was looked for; a report gives pain (72514-3) and the
other answers. Raw signal stays out: FHIR's SampledData is no archive. Ids are made from the
records' own, so that the same records give the same ids again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from detection.events import TremorStatus
from server.catalogue import Catalogue
from server.export.fhir import codes
from server.export.fhir.bindings import (
    AdministrativeGender,
    BundleType,
    DeviceNameType,
    DeviceStatus,
    ObservationStatus,
)
from server.export.fhir.resources import (
    Annotation,
    Bundle,
    CodeableConcept,
    Component,
    Device,
    DeviceName,
    Entry,
    HumanName,
    Observation,
    Patient,
    Period,
    Quantity,
    Range,
    Reference,
    Resource,
    urn,
    words,
)
from server.export.records import Records
from server.export.tables import local
from server.store.people import Person
from server.store.recordings import Recording
from server.store.reports import Report
from server.store.sets import StoredSet
from server.store.shaking import SetTremor

SECONDS_A_MINUTE = 60.0


def bundle_of(records: Records, now: datetime) -> Bundle:
    """All that FHIR has a place for. now: written as the Bundle's time."""
    sensors = {one.id: _device_id(one) for one in records.recordings}
    resources: list[Resource] = [*codes.code_systems(), _patient(records.person)]
    resources += {_device_id(one): _device(one) for one in records.recordings}.values()
    for one in records.sets:
        sensor = sensors.get(one.recording_id) if one.recording_id else None
        resources += _of_set(one, sensor, records.catalogue)
    for said in records.reports:
        resources += _of_report(said)
    entries = tuple(Entry(urn(each.id), each) for each in resources)
    return Bundle(uuid5(records.person.id, now.isoformat()), BundleType.COLLECTION, now, entries)


def _patient(person: Person) -> Patient:
    """Gender is not asked for, which FHIR says with `unknown`."""
    name = words(person.display_name)
    return Patient(person.id, (HumanName(name),) if name else (), AdministrativeGender.UNKNOWN)


def _device_id(one: Recording) -> UUID:
    """The same sensor has one id, however often it was paired."""
    return uuid5(one.patient_id, f"{one.sensor_kind}/{one.sensor_name}/{one.sensor_serial}")


def _device(one: Recording) -> Device:
    """Whether it is still in use is not known."""
    name = words(one.sensor_name)
    return Device(
        id=_device_id(one),
        status=DeviceStatus.UNKNOWN,
        device_name=(DeviceName(name, DeviceNameType.USER_FRIENDLY_NAME),) if name else (),
        type=CodeableConcept(text=words(one.sensor_kind) or "accelerometer"),
        patient=Reference(urn(one.patient_id)),
        serial_number=words(one.sensor_serial),
    )


def _of_set(one: StoredSet, sensor: UUID | None, catalogue: Catalogue) -> Iterator[Observation]:
    yield _seen(
        one,
        "exercise",
        codes.ACTIVITY,
        None if one.exercise is None else codes.exercise(one.exercise, catalogue),
    )
    version = _counted_by(one)
    if one.start_s is not None and one.end_s is not None:
        lasted = Quantity((one.end_s - one.start_s) / SECONDS_A_MINUTE, "min", "min")
        yield _seen(one, "duration", codes.DURATION, lasted, sensor=sensor, version=version)
    if one.auto_reps is not None:
        counted = codes.ours("repetitions-counted")
        count = _repetitions(one.auto_reps)
        yield _seen(one, "counted", counted, count, sensor=sensor, version=version)
    if one.recounted_reps is not None:
        again = codes.ours("repetitions-recounted")
        count = _repetitions(one.recounted_reps)
        shown = one.algorithm_version
        yield _seen(one, "recounted", again, count, sensor=sensor, version=shown)
    if one.confirmed_reps is not None:
        confirmed = codes.ours("repetitions-confirmed")
        yield _seen(one, "confirmed", confirmed, _repetitions(one.confirmed_reps))
    if one.tremor is not None:
        yield _shaking(one, one.tremor, sensor)


def _counted_by(one: StoredSet) -> str | None:
    """The version that counted at the time; not kept in the set once a later one is shown."""
    return one.algorithm_version if one.recounted_reps is None else None


def _repetitions(count: int) -> Quantity:
    return Quantity(count, "repetitions", "{repetitions}")


def _seen(
    one: StoredSet,
    what: str,
    code: CodeableConcept,
    value: Quantity | CodeableConcept | None,
    *,
    absent: CodeableConcept | None = None,
    component: tuple[Component, ...] = (),
    note: tuple[Annotation, ...] = (),
    sensor: UUID | None = None,
    version: str | None = None,
) -> Observation:
    """An observation of a set. absent: why there is no value; unknown unless said.

    sensor: what saw it; None for what a person said. version: of the algorithm, where it is known.
    """
    period = _period(one)
    return Observation(
        id=uuid5(one.id, what),
        status=ObservationStatus.FINAL,
        category=codes.OF_ACTIVITY,
        code=code,
        subject=Reference(urn(one.patient_id)),
        effective_date_time=one.local_start if period is None else None,
        effective_period=period,
        value_quantity=value if isinstance(value, Quantity) else None,
        value_codeable_concept=value if isinstance(value, CodeableConcept) else None,
        data_absent_reason=(absent or codes.absent("unknown")) if value is None else None,
        note=note,
        body_site=_worn(one) if sensor else None,
        method=CodeableConcept(text=f"Steadyrep algorithm {version}") if version else None,
        device=Reference(urn(sensor)) if sensor else None,
        component=component,
    )


def _period(one: StoredSet) -> Period | None:
    if one.start_s is None or one.end_s is None:
        return None
    lasted = timedelta(seconds=one.end_s - one.start_s)
    return Period(one.local_start, one.local_start + lasted)


def _worn(one: StoredSet) -> CodeableConcept | None:
    """Where the sensor was, in words: `left thigh`."""
    text = words(" ".join(each for each in (one.side, one.placement) if each))
    return CodeableConcept(text=text) if text else None


def _shaking(one: StoredSet, tremor: SetTremor, sensor: UUID | None) -> Observation:
    """The amplitude where the set as a whole shakes; else only what can be said instead."""
    is_told = tremor.status is TremorStatus.TREMOR
    amp_ms2 = tremor.amp_rms_ms2 if is_told else None
    return _seen(
        one,
        "shaking",
        codes.ours("shaking-amplitude"),
        None if amp_ms2 is None else _ms2(amp_ms2),
        absent=codes.no_amplitude(tremor.status, words(tremor.reason)),
        component=tuple(_shaking_parts(tremor)),
        note=(Annotation(codes.SHAKING_CAVEAT),),
        sensor=sensor,
        version=one.algorithm_version,
    )


def _shaking_parts(tremor: SetTremor) -> Iterator[Component]:
    yield Component(codes.ours("shaking-status"), value_codeable_concept=codes.ours(tremor.status))
    if tremor.status is not TremorStatus.TREMOR:
        return
    if tremor.amp_low_ms2 is not None and tremor.amp_high_ms2 is not None:
        interval = Range(_ms2(tremor.amp_low_ms2), _ms2(tremor.amp_high_ms2))
        yield Component(codes.ours("shaking-interval"), value_range=interval)
    if tremor.freq_hz is not None:
        frequency = Quantity(tremor.freq_hz, "Hz", "Hz")
        yield Component(codes.ours("shaking-frequency"), value_quantity=frequency)


def _ms2(value: float) -> Quantity:
    return Quantity(value, "m/s²", "m/s2")


def _of_report(said: Report) -> Iterator[Observation]:
    """Pain always, as a report is about it; other answers where they were given."""
    note = words(said.note)
    yield _answer(said, "pain", codes.PAIN, said.pain_nrs, (Annotation(note),) if note else ())
    answers = (
        ("soreness", said.soreness_nrs),
        ("fatigue", said.fatigue_nrs),
        ("effort", said.effort_rpe),
    )
    for what, score in answers:
        if score is not None:
            yield _answer(said, what, codes.ours(what), score)


def _answer(
    said: Report,
    what: str,
    code: CodeableConcept,
    score: int | None,
    note: tuple[Annotation, ...] = (),
) -> Observation:
    return Observation(
        id=uuid5(said.id, what),
        status=ObservationStatus.FINAL,
        category=codes.OF_SURVEY,
        code=code,
        subject=Reference(urn(said.patient_id)),
        effective_date_time=local(said.reported_at, said.utc_offset_min),
        value_quantity=None if score is None else Quantity(score, "score", "{score}"),
        data_absent_reason=codes.absent("asked-declined") if score is None else None,
        note=note,
    )
