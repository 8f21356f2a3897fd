"""The plan's days in the patient's calendar: the feed as RFC 5545 has it, at a secret address."""

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from server.programs.adherence import InForce
from server.programs.calendar_feed import feed
from server.programs.prescription import Dose, Prescription
from tests.server.house import House
from tests.server.test_programs import BRIDGE, put

ANNA = UUID(int=7)
NOW = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 3)


def bridge(*weekdays: int) -> Prescription:
    return Prescription("bridge", None, Dose(2, 8), 8, weekdays=frozenset(weekdays))


def told(*versions: InForce, title: str = "Exercises") -> list[str]:
    text = feed(ANNA, versions, title, NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def test_a_program_is_a_weekly_event_from_its_first_own_day() -> None:
    lines = told(InForce(TUESDAY, (bridge(0, 4), bridge(2, 4))))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261104" in lines
    assert "RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR" in lines
    assert "DTSTAMP:20261103T080000Z" in lines


def test_a_version_ends_on_the_day_before_the_next() -> None:
    lines = told(InForce(TUESDAY, (bridge(1),)), InForce(date(2026, 11, 24), (bridge(0),)))
    assert [line for line in lines if line.startswith("RRULE")] == [
        "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20261123",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
    ]
    assert len({line for line in lines if line.startswith("UID:")}) == 2


@pytest.mark.parametrize(
    "versions",
    [(), (InForce(TUESDAY, ()),), (InForce(TUESDAY, (bridge(0),)), InForce(TUESDAY, ()))],
    ids=["none", "empty", "replaced before its first day"],
)
def test_where_nothing_is_due_there_is_no_event(versions: tuple[InForce, ...]) -> None:
    assert "BEGIN:VEVENT" not in told(*versions)


def test_marks_are_escaped_and_long_lines_folded() -> None:
    lines = told(InForce(TUESDAY, (bridge(1),)), title="Übungen, still; \\ " + "é" * 60)
    (summary,) = [line for line in lines if line.startswith("SUMMARY")]
    assert summary == "SUMMARY:Übungen\\, still\\; \\\\ " + "é" * 60


async def test_the_address_is_secret_told_once_and_replaced(house: House) -> None:
    await put(house, 0, {**BRIDGE, "weekdays": [0, 2, 4]})
    browser = await house.client(house.anna)
    addresses = []
    for _ in range(2):
        page = await browser.post(f"/patients/{house.anna.id}/calendar")
        addresses.append(re.search(r"/calendar/([\w-]{20,})", page.text))
    paths = [found[0] for found in addresses if found]
    assert len(set(paths)) == 2
    stranger = await house.client(None)
    assert (await stranger.get(paths[0])).status_code == 404
    got = await stranger.get(paths[1])
    assert got.headers["content-type"].startswith("text/calendar")
    assert "BYDAY=MO,WE,FR" in got.text
    assert "ridge" not in got.text
    assert house.anna.display_name not in got.text


async def test_a_therapist_cannot_open_a_patients_feed(house: House) -> None:
    browser = await house.client(house.eva)
    answer = await browser.post(f"/patients/{house.anna.id}/calendar")
    assert answer.status_code == 403
