"""Part `stream`: a long live stream costs the same at its end as at its beginning."""

import time

import numpy as np

from benchmarks.options import Options
from benchmarks.progress import steps
from benchmarks.session import endless, session
from benchmarks.tables import Cell, Table
from detection.pipeline import Tracker
from sensors.playback import LIVE_BLOCK_S
from sensors.samples import FloatArray

RATE_HZ = 100.0
PARTS = 8


def measure(options: Options) -> list[Table]:
    """Follow a stream of hours block by block and time each block."""
    spent_ms, duration_s = _spent_ms(options.stream_hours * 3600)
    parts = np.array_split(spent_ms, PARTS)
    hours = np.linspace(0, duration_s / 3600, PARTS + 1)
    rows = [
        _row(begin, end, part) for begin, end, part in zip(hours, hours[1:], parts, strict=False)
    ]
    return [
        Table(
            f"A stream of {options.stream_hours:g} h: work for each block of {LIVE_BLOCK_S:g} s",
            f"""Processor time of one block at {RATE_HZ:g} Hz, counting and shaking together, in
eighths of the stream: the synthetic session again and again. Most blocks cost next to nothing,
those that complete a second measure its shaking, and those that end a set look at all of it.""",
            ("from, h", "to, h", "median, ms", "mean, ms", "99 %, ms", "longest, ms"),
            tuple(rows),
        )
    ]


def _spent_ms(duration_s: float) -> tuple[FloatArray, float]:
    """(blocks,) milliseconds of each, and the seconds streamed."""
    tracker, spent_ns, last_s, told_s = Tracker(), [], 0.0, 0.0
    with steps("stream, minutes", int(duration_s / 60)) as step:
        for block in endless(session(RATE_HZ), LIVE_BLOCK_S, duration_s):
            begin_ns = time.process_time_ns()
            tracker.push(block)
            spent_ns.append(time.process_time_ns() - begin_ns)
            last_s = float(block.t_s[-1])
            if last_s >= told_s + 60:
                told_s += 60
                step()
    return np.array(spent_ns) / 1e6, last_s


def _row(begin_h: float, end_h: float, spent_ms: FloatArray) -> tuple[Cell, ...]:
    median, most, longest = np.percentile(spent_ms, (50, 99, 100))
    figures = (median, spent_ms.mean(), most, longest)
    return round(float(begin_h), 2), round(float(end_h), 2), *(round(float(x), 2) for x in figures)
