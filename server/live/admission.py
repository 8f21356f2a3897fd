"""Which signal is taken, and whether a recording is of now or of another time."""

from datetime import datetime, timedelta

import numpy as np

from detection.counting.resampling import GapRule
from sensors.chunks import Chunk
from sensors.samples import SampleBlock
from server.live.following import Following
from server.store.recordings import Recording

MAX_STREAM_S = 7 * 86_400.0
"""A recording is a session, not a week; a larger stream time is a clock gone wrong."""
MAX_GAPS = 100
"""In one chunk: each costs 1 to 4 ms, and no sensor that works has as many."""
FRESH_S = 30.0
"""Samples this recent: longer than a radio link drops out, shorter than anybody waits."""
LATE = timedelta(minutes=10)
"""Signal older than this was left over from an earlier session; no clock is so far off."""
CAUGHT_UP = timedelta(minutes=1)
"""Signal this recent is of now: less than LATE, so that a recording does not go to and fro."""
OLDEST = timedelta(days=3653)
"""Ten years: before that, it is a clock that was never set."""
NEWEST = timedelta(days=1)
"""A clock set to the wrong time zone is off by less."""


class Refused(Exception):
    """Something that cannot be taken; the message says why."""


def check_started_at(started_at: datetime, now: datetime) -> None:
    """Raises Refused for a beginning that no recording can have."""
    if not now - OLDEST <= started_at <= now + NEWEST:
        raise Refused("started_at: not in the last ten years; is the collector's clock set?")


def check_fits(followed: Following, chunk: Chunk) -> None:
    """Raises Refused for a chunk that cannot be the next of a recording."""
    recording = followed.recording
    if recording is None or recording.sealed_at is not None:
        raise Refused("the recording was ended")
    if chunk.sequence > followed.next_sequence:
        raise Refused(f"out of order: {followed.next_sequence} is next")
    if chunk.block.rate_hz != recording.rate_hz:
        raise Refused(f"the recording's rate is {recording.rate_hz:g} Hz")
    _check_times(followed.end_s, chunk.block)


def _check_times(end_s: float | None, block: SampleBlock) -> None:
    if not (block.t_s[0] >= 0 and block.t_s[-1] <= MAX_STREAM_S):
        raise Refused(f"stream time must be between 0 and {MAX_STREAM_S:g} s")
    if end_s is not None and block.t_s[0] <= end_s:
        raise Refused(f"time goes back to before {end_s:.6f} s")
    gaps = np.count_nonzero(np.diff(block.t_s) > GapRule().limit_s(block.rate_hz))
    if gaps > MAX_GAPS:
        raise Refused(f"{gaps} gaps in one chunk: these are not {block.rate_hz:g} Hz")


def is_fresh(followed: Following, now_s: float) -> bool:
    """Whether a recording is coming in at this moment."""
    return followed.connection is not None and now_s - followed.heard_at_s <= FRESH_S


def is_late(recording: Recording, end_s: float | None, now: datetime) -> bool:
    """Whether what comes next of a recording is of another time; `end_s`: what there is of it."""
    return recording.instant(end_s or 0.0) < now - LATE


def is_caught_up(followed: Following, now: datetime) -> bool:
    """Whether a late recording has come to the present."""
    if followed.recording is None or followed.end_s is None:
        return False
    return followed.recording.instant(followed.end_s) >= now - CAUGHT_UP
