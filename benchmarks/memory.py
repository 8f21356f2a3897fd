"""Part `memory`: what one live stream holds in memory."""

import gc
import tracemalloc

import numpy as np

from benchmarks.options import Options
from benchmarks.progress import steps
from benchmarks.session import endless, session
from benchmarks.tables import Cell, Table
from detection.pipeline import Tracker

RATES_HZ = (50.0, 100.0, 200.0)
LOOKED_AT_MIN = (10, 120)
BLOCK_S = 1.0
"""Larger than live to be done sooner; what is held does not depend on it, by the streaming law."""


def measure(options: Options) -> list[Table]:
    """Stream two hours at each rate and look at what is held every minute."""
    del options
    with steps("memory", len(RATES_HZ)) as step:
        rows = []
        for rate_hz in RATES_HZ:
            rows.append(_row(rate_hz))
            step()
    return [
        Table(
            "Memory of one live stream",
            """MB (10⁶ bytes) that a Tracker holds, by tracemalloc, which sees Python's objects and
numpy's arrays: the memory traced less what was traced before the Tracker was made, events thrown
away, garbage collected. Looked at every minute of a stream of two hours.""",
            (
                "rate, Hz",
                *(f"after {minutes} min" for minutes in LOOKED_AT_MIN),
                "most in the first hour",
                "most in the second",
            ),
            tuple(rows),
        )
    ]


def _row(rate_hz: float) -> tuple[Cell, ...]:
    held = held_bytes(rate_hz, LOOKED_AT_MIN[-1]) / 1e6
    at = [held[minutes - 1] for minutes in LOOKED_AT_MIN]
    figures = (*at, held[:60].max(), held[60:].max())
    return rate_hz, *(round(float(each), 2) for each in figures)


def held_bytes(rate_hz: float, minutes: int) -> np.ndarray:
    """Return what a Tracker holds after each minute of a stream, (minutes,) bytes."""
    recording = session(rate_hz)
    _warm_up(rate_hz)
    held: list[int] = []
    tracemalloc.start()
    try:
        before = _traced_bytes()
        tracker = Tracker()
        for block in endless(recording, BLOCK_S, minutes * 60 + 2 * BLOCK_S):
            tracker.push(block)
            if block.t_s[-1] >= 60 * (len(held) + 1) and len(held) < minutes:
                held.append(_traced_bytes() - before)
    finally:
        tracemalloc.stop()
    return np.array(held)


def _warm_up(rate_hz: float) -> None:
    """What libraries keep from their first call on is not the stream's."""
    tracker = Tracker()
    for block in session(rate_hz).blocks(BLOCK_S):
        tracker.push(block)
    tracker.flush()


def _traced_bytes() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
