"""A program's days as a calendar feed (iCalendar, RFC 5545), for the calendar a patient has anyway.

It says that there are exercises, not which: calendars are shown on locked screens and shared.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from server.programs.adherence import InForce

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LINE_BYTES = 75
"""The longest line there may be, in UTF-8 bytes; longer ones are folded."""


def feed(patient_id: UUID, versions: Sequence[InForce], title: str, now: datetime) -> str:
    """The calendar: for each version one weekly event, from its first day until the next one's.

    now: in UTC, when the feed is made.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Steadyrep//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    for number, version in enumerate(versions, start=1):
        until = versions[number].since if number < len(versions) else None
        lines += _event(patient_id, number, version, until, title, now)
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) for line in lines)


def _event(
    patient_id: UUID, number: int, version: InForce, until: date | None, title: str, now: datetime
) -> list[str]:
    weekdays = sorted({day for each in version.prescriptions for day in each.weekdays})
    first = _first_day(version.since, weekdays, until)
    if first is None:
        return []
    rule = f"RRULE:FREQ=WEEKLY;BYDAY={','.join(DAYS[day] for day in weekdays)}"
    if until is not None:
        rule += f";UNTIL={until - timedelta(days=1):%Y%m%d}"
    return [
        "BEGIN:VEVENT",
        f"UID:{patient_id}-{number}@steadyrep",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{first + timedelta(days=1):%Y%m%d}",
        rule,
        f"SUMMARY:{_text(title)}",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def _first_day(since: date, weekdays: Sequence[int], until: date | None) -> date | None:
    """The first day of the rule, which the event itself has to be; None where there is none."""
    days = (since + timedelta(days=n) for n in range(7))
    first = next((day for day in days if day.weekday() in weekdays), None)
    return None if first is None or (until is not None and first >= until) else first


def _text(value: str) -> str:
    for mark in ("\\", ";", ","):
        value = value.replace(mark, f"\\{mark}")
    return value.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line as it is sent; one that is too long goes on after a line break and a space."""
    parts, room, part = [], LINE_BYTES, ""
    for letter in line:
        size = len(letter.encode())
        if size > room:
            parts.append(part)
            part, room = "", LINE_BYTES - 1
        part += letter
        room -= size
    return "\r\n ".join([*parts, part]) + "\r\n"
