"""Part `speed`: seconds of signal that one core follows in a second."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.options import Options
from benchmarks.progress import steps
from benchmarks.recordings import entries, is_there
from benchmarks.session import session
from benchmarks.tables import Cell, Table
from detection.counting.resampling import Grid
from detection.counting.sets import SetFinder
from detection.pipeline import Tracker
from detection.tremor.meter import TremorMeter
from sensors.playback import LIVE_BLOCK_S
from sensors.recording import Recording, read_recording
from sensors.samples import SampleBlock
from server.analyze.analysis import REPLAY_BLOCK_S

RATES_HZ = (25.0, 50.0, 100.0, 200.0)
BLOCKS_S = (LIVE_BLOCK_S, 1.0, REPLAY_BLOCK_S)
RECORDED_DATASET = "ulift"
"""Whole gym sessions of a quarter of an hour, rests included."""

Follow = Callable[[list[SampleBlock]], None]


@dataclass(frozen=True, slots=True)
class Signal:
    """What is followed."""

    name: str
    recording: Recording


@dataclass(frozen=True, slots=True)
class Case:
    """What is timed: this work on this signal in blocks of this length."""

    signal: Signal
    work: str
    block_s: float


def measure(options: Options) -> list[Table]:
    """Time every case in every round, so that a slow minute of the machine touches all alike."""
    signals = [Signal("synthetic", session(rate_hz)) for rate_hz in RATES_HZ]
    signals += _recorded(options)
    cases = [Case(s, work, block_s) for s in signals for work in WORK for block_s in BLOCKS_S]
    spent_s: dict[Case, list[float]] = {case: [] for case in cases}
    with steps("speed", len(cases) * (options.rounds + 1)) as step:
        for number in range(options.rounds + 1):
            for case in cases:
                seconds = _time_s(case)
                if number > 0:  # The first round warms caches and is not counted.
                    spent_s[case].append(seconds)
                step()
    return [_table(signals, {case: statistics.median(each) for case, each in spent_s.items()})]


def _recorded(options: Options) -> list[Signal]:
    if not is_there(options.recordings):
        return []
    fitting = [each for each in entries(options.recordings) if each.dataset == RECORDED_DATASET]
    return [Signal(f"recorded ({RECORDED_DATASET})", read_recording(e.path)) for e in fitting[:1]]


def _time_s(case: Case) -> float:
    """Processor seconds for the whole signal; cutting it into blocks is not counted."""
    blocks = list(case.signal.recording.blocks(case.block_s))
    begin_s = time.process_time()
    WORK[case.work](blocks)
    return time.process_time() - begin_s


def _count(blocks: list[SampleBlock]) -> None:
    grid, finder = Grid(blocks[0].rate_hz), SetFinder(float(blocks[0].t_s[0]))
    for block in blocks:
        finder.push(grid.push(block))
    finder.flush()


def _measure_shaking(blocks: list[SampleBlock]) -> None:
    meter = TremorMeter(blocks[0].rate_hz)
    for block in blocks:
        meter.push(block)
    meter.flush()


def _follow(blocks: list[SampleBlock]) -> None:
    tracker = Tracker()
    for block in blocks:
        tracker.push(block)
    tracker.flush()


WORK: dict[str, Follow] = {"counting": _count, "shaking": _measure_shaking, "all": _follow}


def _table(signals: list[Signal], spent_s: dict[Case, float]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for signal in signals:
        recording = signal.recording
        for work in WORK:
            spent = partial(_speed, recording.duration_s, spent_s, signal, work)
            about: tuple[Cell, ...] = (
                signal.name,
                round(recording.rate_hz, 1),
                round(recording.duration_s),
                work,
            )
            rows.append((*about, *(spent(block_s) for block_s in BLOCKS_S)))
    return Table(
        "Speed: seconds of signal a second of one core",
        """Median over the rounds of the processor time of one thread. All: what a live stream or
`steadyrep analyze` does, counting, shaking and quality of the signal together. Shaking is refused
below 50 Hz, hence its speed at 25 Hz. Blocks of 0.1 s are a live sensor's; of 60 s a replay's.""",
        (
            "signal", "rate, Hz", "length, s", "work",
            *(f"blocks of {block_s:g} s" for block_s in BLOCKS_S),
        ),
        tuple(rows),
    )  # fmt: skip


def _speed(
    duration_s: float, spent_s: dict[Case, float], signal: Signal, work: str, block_s: float
) -> int:
    return round(duration_s / spent_s[Case(signal, work, block_s)])
