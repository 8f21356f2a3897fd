"""What `steadyrep collect` says: a line for each sensor while it runs, a few when it is over."""

from collections.abc import Iterator

from server.collect.collecting import Collected, Snapshot
from server.collect.together import Seen

BARS = "▁▂▃▄▅▆▇█"
STILL_MS2 = 0.5
"""A block in which acceleration moves less is drawn as still: sensor noise and breathing do."""
LIVELY_MS2 = 4.0
"""A block in which it moves so much fills the picture: a tilt of 25 degrees within 0.2 s does."""


def line_of(seen: Seen) -> str:
    """Return the state of one of the sessions in one line, named where there are several."""
    if seen.label is None:
        return line(seen.snapshot)
    if seen.done is None:
        return f"{seen.label}  {line(seen.snapshot)}"
    return f"{seen.label}  ended" + (f": {seen.done.problem}" if seen.done.problem else "")


def last_lines(seen: Seen) -> Iterator[str]:
    """Say what one of the sessions brought, named where there are several."""
    if seen.done is not None:
        named = "" if seen.label is None else f"{seen.label}: "
        yield from (f"{named}{text}" for text in closing_lines(seen.done))


def line(seen: Snapshot) -> str:
    """Return the state of a session in one line."""
    return "  ".join(_parts(seen))


def _parts(seen: Snapshot) -> Iterator[str]:
    link = seen.link
    if seen.sensor is None:
        yield "looking for a sensor"
        yield from _troubles(seen)
        return
    yield f"{seen.sensor}: {link.state}"
    minutes, seconds = divmod(int(seen.stream_s), 60)
    yield f"{minutes}:{seconds:02d}"
    if seen.rate_hz is not None:
        yield f"{seen.rate_hz:.0f} Hz"
    if link.battery_pct is not None:
        yield f"battery {link.battery_pct} %"
    if link.rssi_dbm is not None:
        yield f"{link.rssi_dbm} dBm"
    yield f"set {seen.set_number}: {seen.count}" if seen.count is not None else "no set yet"
    yield trace(seen.trace_ms2)
    yield from _troubles(seen)


def _troubles(seen: Snapshot) -> Iterator[str]:
    link = seen.link
    counted = {"gaps": link.gaps, "dropped": link.dropped, "unreadable": link.refused}
    yield from (f"{name} {n}" for name, n in counted.items() if n)
    if seen.server_problem is not None and seen.waiting:
        yield f"server: {seen.waiting} waiting ({seen.server_problem})"


def trace(spread_ms2: tuple[float, ...]) -> str:
    """Return a little picture of the movement, one character a block."""
    share = ((v - STILL_MS2) / (LIVELY_MS2 - STILL_MS2) for v in spread_ms2)
    return "".join(BARS[round(min(max(s, 0.0), 1.0) * (len(BARS) - 1))] for s in share)


def closing_lines(done: Collected) -> Iterator[str]:
    """Say what a session brought."""
    if done.samples:
        yield f"{done.sensor}: {done.samples} samples in {done.stream_s:.1f} s"
    for number, count in enumerate(done.counts, start=1):
        yield f"set {number}: {count} repetitions"
    if done.written is not None:
        yield f"written: {done.written}"
    if done.waiting:
        why = f" ({done.server_problem})" if done.server_problem is not None else ""
        yield f"{done.waiting} chunks wait on this disk and are sent with the next session{why}"
