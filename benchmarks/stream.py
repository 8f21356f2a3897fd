"""Part `stream`: a long live stream costs the same at its end as at its beginning."""

import time
from dataclasses import dataclass, field

import numpy as np

from benchmarks.options import Options
from benchmarks.progress import steps
from benchmarks.session import session
from benchmarks.stream_picture import Course, draw
from benchmarks.tables import Cell, Table
from detection.pipeline import Tracker
from sensors.playback import LIVE_BLOCK_S
from sensors.recording import Recording
from sensors.samples import SampleBlock

RATE_HZ = 100.0
LONG_BLOCK_S = 1.0
"""Most of the stream comes in these, to be done sooner; each hour's first session comes live."""
PICTURE = "work-per-block.png"


@dataclass(slots=True)
class Hour:
    """Milliseconds of the processor for each block of one hour, by the length of the blocks."""

    live_ms: list[float] = field(default_factory=list)
    long_ms: list[float] = field(default_factory=list)


def measure(options: Options) -> list[Table]:
    """Follow a stream of hours block by block and time each block."""
    return told(follow(options.stream_hours), options)


def told(hours: list[Hour], options: Options) -> list[Table]:
    """Draw the course of a stream, and return its table."""
    options.pictures.mkdir(parents=True, exist_ok=True)
    draw(options.pictures / PICTURE, [_course(hours, LIVE_BLOCK_S), _course(hours, LONG_BLOCK_S)])
    return [
        Table(
            f"A stream of {len(hours)} h: work for each block, hour by hour",
            f"""Processor time at {RATE_HZ:g} Hz, counting and shaking together: one stream, the
synthetic session again and again. The first session of each hour comes in live blocks of
{LIVE_BLOCK_S:g} s, what is left of the hour in blocks of {LONG_BLOCK_S:g} s. Most live blocks cost
next to nothing, those that complete a second measure its shaking, and those that end a set look at
all of it. Work: for each second of signal, of blocks of {LONG_BLOCK_S:g} s.""",
            (
                "hour",
                *(f"{LIVE_BLOCK_S:g} s: {name}" for name in _NAMES),
                *(f"{LONG_BLOCK_S:g} s: {name}" for name in _NAMES),
                "work, ms a second",
            ),
            tuple(_row(number, hour) for number, hour in enumerate(hours, start=1)),
        )
    ]


_NAMES = ("median, ms", "99 %, ms", "longest, ms")
_PERCENT = (50, 99, 100)


def follow(hours: float) -> list[Hour]:
    """Follow the stream; what does not fill a last lap of the session is left out."""
    recording = session(RATE_HZ)
    lap_s = recording.duration_s + 1 / RATE_HZ
    tracker, spent = Tracker(), [Hour()]
    laps = max(1, int(hours * 3600 / lap_s))
    with steps("stream, laps", laps) as step:
        for lap in range(laps):
            if lap * lap_s >= 3600 * len(spent):
                spent.append(Hour())
            _lap(tracker, recording, lap * lap_s, spent[-1])
            step()
    return spent


def _lap(tracker: Tracker, recording: Recording, by_s: float, hour: Hour) -> None:
    """Follow the session once, `by_s` later: live if it is the hour's first."""
    block_s, spent_ms = (
        (LONG_BLOCK_S, hour.long_ms) if hour.live_ms else (LIVE_BLOCK_S, hour.live_ms)
    )
    for block in recording.blocks(block_s):
        later = SampleBlock(block.t_s + by_s, block.acc_ms2, block.rate_hz)
        begin_ns = time.process_time_ns()
        tracker.push(later)
        spent_ms.append((time.process_time_ns() - begin_ns) / 1e6)


def _row(number: int, hour: Hour) -> tuple[Cell, ...]:
    mean_ms = float(np.mean(hour.long_ms)) if hour.long_ms else None
    return (
        number,
        *_figures(hour.live_ms),
        *_figures(hour.long_ms),
        None if mean_ms is None else round(mean_ms / LONG_BLOCK_S, 2),
    )


def _figures(spent_ms: list[float]) -> list[float | None]:
    """Median, 99th percentile and longest; none where an hour had no such block."""
    if not spent_ms:
        return [None] * len(_PERCENT)
    return [round(float(each), 2) for each in np.percentile(spent_ms, _PERCENT)]


def _course(hours: list[Hour], block_s: float) -> Course:
    spent = [hour.live_ms if block_s == LIVE_BLOCK_S else hour.long_ms for hour in hours]
    known = {number: each for number, each in enumerate(spent, start=1) if each}
    return Course(
        block_s,
        tuple(known),
        tuple(float(np.percentile(each, 50)) for each in known.values()),
        tuple(float(np.percentile(each, 99)) for each in known.values()),
    )
