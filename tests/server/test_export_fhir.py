"""`steadyrep export --fhir`: a Bundle that others can read, and codes that FHIR allows."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fhir.resources.R4B import get_fhir_model_class

from detection.events import TremorStatus
from server.export.fhir import bindings, codes
from server.export.fhir.bundle import bundle_of
from server.export.fhir.json_text import json_text
from server.export.fhir.resources import (
    Bundle,
    CodeSystem,
    Device,
    DeviceName,
    Entry,
    NotAllowed,
    Observation,
    Patient,
    Quantity,
    Reference,
)
from server.export.records import Records
from server.store.people import Person, Role
from server.store.recordings import Recording
from server.store.reports import Report, ReportKind
from server.store.sets import StoredSet
from server.store.shaking import SetTremor
from tests.server.house import REPS as COUNTED
from tests.server.house import House
from tests.server.terminal import run

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
ANNA = Person(uuid4(), Role.PATIENT, "Anna", "Europe/Berlin")
RECORDING = Recording(
    uuid4(), ANNA.id, uuid4(), "Polar H10", "polar-h10", "9A", 100.0, "thigh", "left", None, NOW, 60
)
TREMOR = SetTremor(
    TremorStatus.TREMOR,
    "",
    0.512345678,
    8.1,
    0.9,
    0.1,
    0.0,
    amp_low_ms2=0.4,
    amp_high_ms2=0.6,
)
SET = StoredSet(
    id=uuid4(),
    patient_id=ANNA.id,
    recording_id=RECORDING.id,
    started_at=NOW,
    utc_offset_min=60,
    start_s=2.0,
    end_s=32.0,
    exercise="bridge",
    placement="thigh",
    side="left",
    target_reps=10,
    auto_reps=9,
    confirmed_reps=10,
    end_reason="done",
    confidence=0.9,
    flags=(),
    sensor_name="Polar H10",
    sensor_kind="polar-h10",
    algorithm_id=uuid4(),
    algorithm_version="2026.11.4",
    recounted_reps=None,
    tremor=TREMOR,
)
SAID = Report(uuid4(), ANNA.id, SET.id, 7, "it \x07hurts", NOW, 60)


def records(*sets: StoredSet, reports: tuple[Report, ...] = ()) -> Records:
    return Records(
        person=ANNA,
        sets=sets,
        reps=(),
        windows=(),
        phases=(),
        reports=reports,
        prescribed=(),
        workouts=(),
        good_sets=(),
        sharing=(),
        recordings=(RECORDING,),
    )


def read(text: str) -> dict[str, Any]:
    """The Bundle as JSON; fhir.resources has to take it, and no entry may be lost on the way."""
    bundle = get_fhir_model_class("Bundle").model_validate_json(text)
    told: dict[str, Any] = json.loads(text)
    assert len(bundle.entry) == len(told["entry"])
    return told


def observations(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By code; each code once."""
    found = [
        entry["resource"]
        for entry in told["entry"]
        if entry["resource"]["resourceType"] == "Observation"
    ]
    by_code = {one["code"]["coding"][0]["code"]: one for one in found}
    assert len(by_code) == len(found)
    return by_code


def written(*sets: StoredSet, reports: tuple[Report, ...] = ()) -> dict[str, dict[str, Any]]:
    return observations(read(json_text(bundle_of(records(*sets, reports=reports), NOW))))


def parts(one: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {part["code"]["coding"][0]["code"]: part for part in one["component"]}


def test_a_set_has_exercise_duration_both_counts_and_shaking() -> None:
    seen = written(SET)
    assert seen["73985-4"]["valueCodeableConcept"]["coding"][0]["code"] == "bridge"
    assert seen["55411-3"]["valueQuantity"] == {
        "value": 0.5,
        "unit": "min",
        "code": "min",
        "system": "http://unitsofmeasure.org",
    }
    counted, confirmed = seen["repetitions-counted"], seen["repetitions-confirmed"]
    assert (counted["valueQuantity"]["value"], confirmed["valueQuantity"]["value"]) == (9, 10)
    assert counted["valueQuantity"]["code"] == "{repetitions}"
    assert counted["bodySite"] == {"text": "left thigh"}
    assert counted["method"] == {"text": "Steadyrep algorithm 2026.11.4"}
    assert "device" not in confirmed
    assert counted["effectivePeriod"] == {
        "start": "2026-11-27T09:00:00.000+01:00",
        "end": "2026-11-27T09:00:30.000+01:00",
    }
    shaking = seen["shaking-amplitude"]
    assert shaking["valueQuantity"]["value"] == 0.512346
    assert shaking["valueQuantity"]["code"] == "m/s2"
    interval = parts(shaking)["shaking-interval"]["valueRange"]
    assert (interval["low"]["value"], interval["high"]["value"]) == (0.4, 0.6)


def test_no_interval_is_made_up() -> None:
    without = replace(SET, tremor=replace(TREMOR, amp_high_ms2=None))
    assert set(parts(written(without)["shaking-amplitude"])) == {
        "shaking-status",
        "shaking-frequency",
    }


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (TremorStatus.NONE, "not-applicable"),
        (TremorStatus.BELOW_FLOOR, "unknown"),
        (TremorStatus.UNKNOWN, "unknown"),
        (TremorStatus.REFUSED, "not-performed"),
    ],
)
def test_where_nothing_shakes_or_can_be_told_the_reason_stands(
    status: TremorStatus, why: str
) -> None:
    """Also where a few windows shook, which the amplitude is the median of."""
    shaking = written(replace(SET, tremor=replace(TREMOR, status=status, reason="why")))[
        "shaking-amplitude"
    ]
    assert "valueQuantity" not in shaking
    assert [code["code"] for code in shaking["dataAbsentReason"]["coding"]] == [why, status]
    assert shaking["dataAbsentReason"]["text"] == "why"
    told = parts(shaking)
    assert set(told) == {"shaking-status"}
    assert told["shaking-status"]["valueCodeableConcept"]["coding"][0]["code"] == status


def test_a_set_without_sensor_says_what_a_person_said_and_no_more() -> None:
    tapped = replace(
        SET,
        recording_id=None,
        start_s=None,
        end_s=None,
        auto_reps=None,
        exercise=None,
        tremor=None,
    )
    seen = written(tapped)
    assert set(seen) == {"73985-4", "repetitions-confirmed"}
    assert seen["73985-4"]["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert seen["73985-4"]["effectiveDateTime"] == "2026-11-27T09:00:00.000+01:00"


def test_what_a_later_algorithm_counts_does_not_pass_for_the_first_count() -> None:
    seen = written(replace(SET, recounted_reps=11))
    assert "method" not in seen["repetitions-counted"]
    assert seen["repetitions-recounted"]["valueQuantity"]["value"] == 11
    assert seen["repetitions-recounted"]["method"]["text"].endswith("2026.11.4")


def test_pain_has_its_loinc_code_and_an_unanswered_question_a_reason() -> None:
    pain = written(reports=(SAID,))["72514-3"]
    assert pain["code"]["coding"][0]["system"] == "http://loinc.org"
    assert (pain["valueQuantity"]["value"], pain["valueQuantity"]["code"]) == (7, "{score}")
    assert pain["note"] == [{"text": "it hurts"}]
    skipped = replace(SAID, pain_nrs=None, note=" ", kind=ReportKind.AFTER, soreness_nrs=0)
    seen = written(reports=(skipped,))
    assert seen["72514-3"]["dataAbsentReason"]["coding"][0]["code"] == "asked-declined"
    assert "note" not in seen["72514-3"]
    assert seen["soreness"]["valueQuantity"]["value"] == 0
    assert "effort" not in seen


def test_every_reference_leads_to_an_entry_and_ids_are_the_same_again() -> None:
    first, again = (
        read(json_text(bundle_of(records(SET, reports=(SAID,)), NOW))) for _ in range(2)
    )
    assert first == again
    urls = {entry["fullUrl"] for entry in first["entry"]}
    meant = {url for entry in first["entry"] for url in _references(entry["resource"])}
    assert len(meant) == 2
    assert meant <= urls
    assert {f"urn:uuid:{entry['resource']['id']}" for entry in first["entry"]} == urls


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [url for each in value.values() for url in _references(each)]
    if isinstance(value, list):
        return [url for each in value for url in _references(each)]
    return []


def test_every_own_code_is_in_the_code_system_that_travels_along() -> None:
    told = json_text(bundle_of(records(SET, reports=(SAID,)), NOW))
    for system in codes.code_systems():
        known = {concept.code for concept in system.concept}
        used = set(_codes(json.loads(told), system.url))
        assert used
        assert used <= known


def _codes(value: object, system: str) -> list[str]:
    if isinstance(value, dict):
        own = [value["code"]] if value.get("system") == system else []
        return own + [code for each in value.values() for code in _codes(each, system)]
    if isinstance(value, list):
        return [code for each in value for code in _codes(each, system)]
    return []


CODE = codes.PAIN
WHO = Reference("urn:uuid:x")
SCORE = Quantity(1, "score", "{score}")
FINAL = bindings.ObservationStatus.FINAL


def observed(**changes: Any) -> Observation:
    said: dict[str, Any] = {
        "status": FINAL,
        "effective_date_time": NOW,
        "value_quantity": SCORE,
        **changes,
    }
    return Observation(id=UUID(int=1), category=(), code=CODE, subject=WHO, **said)


@pytest.mark.parametrize(
    ("element", "make"),
    [
        ("Observation.status", lambda: observed(status="done")),
        ("Observation.status", lambda: observed(status="final")),
        ("Observation.value", lambda: observed(value_quantity=None)),
        ("Observation.value", lambda: observed(data_absent_reason=codes.absent("unknown"))),
        ("Observation.effective", lambda: observed(effective_date_time=None)),
        ("Patient.gender", lambda: Patient(UUID(int=1), (), "f")),  # type: ignore[arg-type]
        ("Device.status", lambda: Device(UUID(int=1), "on", (), CODE, WHO)),  # type: ignore[arg-type]
        ("Device.deviceName.type", lambda: DeviceName("H10", "nickname")),  # type: ignore[arg-type]
        ("Bundle.type", lambda: Bundle(UUID(int=1), "heap", NOW, ())),  # type: ignore[arg-type]
        ("CodeSystem.status", lambda: replace(codes.code_systems()[0], status="new")),  # type: ignore[arg-type]
        ("CodeSystem.content", lambda: replace(codes.code_systems()[0], content="all")),  # type: ignore[arg-type]
    ],
)
def test_what_fhir_does_not_allow_cannot_be_made(element: str, make: Any) -> None:
    with pytest.raises(NotAllowed, match=f"^{element} must be"):
        make()


def test_the_same_name_for_two_resources_is_refused() -> None:
    system: CodeSystem = codes.code_systems()[0]
    kind = bindings.BundleType.COLLECTION
    with pytest.raises(NotAllowed, match="fullUrl"):
        Bundle(UUID(int=1), kind, NOW, (Entry("urn:a", system), Entry("urn:a", system)))


async def test_a_patients_bundle_has_her_set_and_nothing_of_another(
    house: House, tmp_path: Path
) -> None:
    for person in (house.anna, house.ben):
        await house.a_set_that_hurts(person, "my knee")
    out, data = tmp_path / "anna", house.settings.data_dir
    ran = await asyncio.to_thread(
        run, "export", house.anna.id, "--out", out, "--fhir", "--data", data
    )
    assert ran.exit_code == 0, ran.output
    assert [path.name for path in out.iterdir()] == ["bundle.fhir.json"]
    text = (out / "bundle.fhir.json").read_text(encoding="utf-8")
    told = read(text)
    assert told["type"] == "collection"
    seen = observations(told)
    assert seen["repetitions-counted"]["valueQuantity"]["value"] == COUNTED
    assert seen["72514-3"]["note"] == [{"text": "my knee"}]
    assert "shaking-amplitude" in seen
    assert str(house.ben.id) not in text
    both = await asyncio.to_thread(
        run, "export", house.anna.id, "--out", tmp_path / "b", "--fhir", "--csv", "--data", data
    )
    assert both.exit_code == 0, both.output
    assert {"bundle.fhir.json", "sets.csv", "signal"} <= {
        path.name for path in (tmp_path / "b").iterdir()
    }
