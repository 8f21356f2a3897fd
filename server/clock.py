"""The server's time: moments for records, and seconds that never jump for waiting."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def utc_offset_min(moment: datetime, timezone: str | None = None) -> int:
    """Minutes east of UTC at a moment: in an IANA time zone, or as the moment itself says."""
    local = moment if timezone is None else moment.astimezone(ZoneInfo(timezone))
    offset = local.utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` for what is stored, `monotonic_s` for how long something took."""

    now: Callable[[], datetime] = utc_now
    monotonic_s: Callable[[], float] = time.monotonic
