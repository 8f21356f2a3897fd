"""Part `headline`: the figures that must not fall, measured in minutes and without recordings."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain

from benchmarks.calibration import calibration_s
from benchmarks.corpus import (
    IDLE_PIECE_S,
    Combination,
    combinations,
    idle_hours,
    idle_pieces,
    make_idle,
    make_set,
)
from benchmarks.findings import Findings, findings
from benchmarks.given_sets import cut_out
from benchmarks.guard import Figure, Guard
from benchmarks.memory import held_bytes
from benchmarks.options import Options
from benchmarks.progress import Step, steps
from benchmarks.session import session
from benchmarks.tables import Table, percent, rounded
from benchmarks.workers import each_done, workers
from detection.pipeline import Tracker, one_set_tracker
from detection.scoring.live import Shown, delay_figures, live_delays
from detection.scoring.sets import Counted, count_figures, score_recording
from sensors.samples import SampleBlock
from sensors.synthetic import Activity
from server.analyze.analysis import REPLAY_BLOCK_S

TITLE = "Headline figures"
ROUNDS = 5
"""Of speed and calibration in turn, of which the fastest counts: what disturbs only slows."""
SPEED_RATE_HZ = 100.0
MEMORY_RATE_HZ = 100.0
MEMORY_MIN = 15
"""Twice the synthetic session and more; `memory` shows that two hours hold no more."""

CPU = "seeds are fixed: only sums that end in another last digit on another processor"
MACHINES = "machines differ, even beside the calibration loop"
VERSIONS = "what Python and numpy need for themselves differs by version"


GIVEN_EXACT, GIVEN_NEAR = "edges given: exact", "edges given: within 1"
FREE_EXACT, FREE_NEAR = "nothing given: exact", "nothing given: within 1"
FALSE_SETS = "false sets an hour of everyday life, stairs apart"
ON_STAIRS = "false sets an hour on stairs"
EARLY, DELAY, TAKEN_BACK = "live: told early", "live: p95 delay", "live: taken back"
MEMORY = "memory of a stream"
BLOCKS_S = {"speed, blocks of 1 s": 1.0, "speed, replay": REPLAY_BLOCK_S}

TWO_SETS = Guard(is_more_better=True, because=CPU, slack=1.1)
"""Two sets of the corpus, 0.52 % each, may tip over."""
ONE_MORE = Guard(is_more_better=False, because=CPU, slack=0.7)
"""One more in the hour and a half of everyday life."""
ONE_FLIGHT = Guard(is_more_better=False, because=CPU, slack=4.0)
"""One in a quarter of an hour: flights of six strides are the known limit."""
FEW_REPS = Guard(is_more_better=False, because=CPU, slack=0.6)
"""Twelve repetitions of two thousand: one set that is followed otherwise."""
ONE_LATE_SET = Guard(is_more_better=False, because=CPU, slack=0.5)
"""Ten late repetitions more or fewer of two thousand move the 95th percentile by so much."""
BIGGER = Guard(is_more_better=False, because=VERSIONS, factor=1.1)
SLOWER = Guard(is_more_better=True, because=MACHINES, factor=2.0)
FIGURES = (
    Figure(GIVEN_EXACT, "%", TWO_SETS),
    Figure(GIVEN_NEAR, "%", TWO_SETS),
    Figure(FREE_EXACT, "%", TWO_SETS),
    Figure(FREE_NEAR, "%", TWO_SETS),
    Figure(FALSE_SETS, "", ONE_MORE),
    Figure(ON_STAIRS, "", ONE_FLIGHT),
    Figure(EARLY, "%", FEW_REPS),
    Figure(DELAY, "s", ONE_LATE_SET),
    Figure(TAKEN_BACK, "%", FEW_REPS),
    Figure(MEMORY, "kB", BIGGER),
    *(Figure(name, "s a calibration loop", SLOWER) for name in BLOCKS_S),
)


@dataclass(frozen=True, slots=True)
class Followed:
    """One set of the corpus: counted with its edges given, and with nothing given."""

    given: Counted
    free: Counted
    found: Findings


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds of signal in a second of one core, and in the time of one calibration loop."""

    times_real_time: float
    signal_s_a_loop: float


def measure(options: Options) -> list[Table]:
    """Measure every figure; the recordings play no part."""
    del options
    with workers() as pool, steps("headline", _steps()) as step:
        figures = _counting(pool, step) | {MEMORY: _memory_kb()}
        step()
        speeds = _speeds(step)
    figures |= {name: round(each.signal_s_a_loop, 1) for name, each in speeds.items()}
    return [_table(figures), _speed_table(speeds)]


def figures_of(tables: Sequence[Table]) -> dict[str, float | None]:
    """Return the figures of the part by name, from its tables; none where they are missing."""
    rows = [row for table in tables if table.title == TITLE for row in table.rows]
    return {str(row[0]): row[1] if isinstance(row[1], int | float) else None for row in rows}


def _steps() -> int:
    return len(combinations()) + len(idle_pieces()) + 1 + ROUNDS


def _counting(pool: ProcessPoolExecutor, step: Step) -> dict[str, float | None]:
    followed = each_done(pool, _follow, combinations(), step)
    idle = idle_pieces()
    false_sets = list(zip(idle, each_done(pool, _sets_in, idle, step), strict=True))
    elsewhere = [many for (activity, _), many in false_sets if activity != Activity.STAIRS]
    on_stairs = [many for (activity, _), many in false_sets if activity == Activity.STAIRS]
    given = count_figures([each.given for each in followed])
    free = count_figures([each.free for each in followed])
    sets = chain.from_iterable(each.found.sets for each in followed)
    delays = delay_figures(delay for each in sets for delay in live_delays(each))
    shown = sum((each.found.shown for each in followed), Shown())
    return {
        GIVEN_EXACT: percent(given.exact),
        GIVEN_NEAR: percent(given.within_one),
        FREE_EXACT: percent(free.exact),
        FREE_NEAR: percent(free.within_one),
        FALSE_SETS: _an_hour(elsewhere),
        ON_STAIRS: _an_hour(on_stairs),
        EARLY: percent(delays.early),
        DELAY: rounded(delays.p95_s, 2),
        TAKEN_BACK: percent(shown.taken_back_share),
    }


def _follow(made_of: Combination) -> Followed:
    made = make_set(made_of)
    least, most = made.annotated.least, made.annotated.most
    piece = cut_out(made.recording, made.annotated)
    if piece is None:
        raise ValueError(f"no set between its edges: {made.name}")
    alone = findings(piece, one_set_tracker()).sets
    found = findings(made.recording, Tracker())
    evidence = score_recording([made.annotated], found.sets, made.recording.duration_s)
    given = Counted(sum(len(each.reps) for each in alone), least, most)
    return Followed(given, evidence.counted[0], found)


def _sets_in(piece: tuple[Activity, int]) -> int:
    return len(findings(make_idle(*piece), Tracker()).sets)


def _an_hour(in_pieces: Sequence[int]) -> float:
    return round(sum(in_pieces) * 3600 / (len(in_pieces) * IDLE_PIECE_S), 2)


def _memory_kb() -> int:
    return round(max(held_bytes(MEMORY_RATE_HZ, MEMORY_MIN)) / 1e3)


def _speeds(step: Step) -> dict[str, Speed]:
    """Time each length of blocks and the calibration loop in turn."""
    recording = session(SPEED_RATE_HZ)
    blocks = {name: list(recording.blocks(block_s)) for name, block_s in BLOCKS_S.items()}
    spent_s: dict[str, list[float]] = {name: [] for name in blocks}
    loops_s = []
    for _ in range(ROUNDS):
        loops_s.append(calibration_s())
        for name, each in blocks.items():
            spent_s[name].append(_follow_s(each))
        step()
    return {
        name: Speed(
            recording.duration_s / min(each), recording.duration_s * min(loops_s) / min(each)
        )
        for name, each in spent_s.items()
    }


def _follow_s(blocks: Sequence[SampleBlock]) -> float:
    tracker = Tracker()
    begin_s = time.process_time()
    for block in blocks:
        tracker.push(block)
    tracker.flush()
    return time.process_time() - begin_s


def _table(figures: dict[str, float | None]) -> Table:
    rows = [
        (each.name, figures[each.name], each.unit, str(each.guard), each.guard.because)
        for each in FIGURES
    ]
    return Table(
        TITLE,
        f"""`make bench-check` fails when one is worse by more than it may differ. Of
{len(combinations())} synthetic sets and {idle_hours():g} hours of everyday life from fixed seeds,
easier than people are. Live: as in part `score`. Memory: most within {MEMORY_MIN} minutes. Speed:
seconds of signal that one core follows in the time of one calibration loop of the same run.""",
        ("figure", "measured", "unit", "may differ by", "because"),
        tuple(rows),
    )


def _speed_table(speeds: dict[str, Speed]) -> Table:
    return Table(
        "Headline figures: speed on this machine",
        """Seconds of signal a second of one core, all work together; not guarded, as it is the
machine's as much as the program's.""",
        ("figure", "times real time"),
        tuple((name, round(each.times_real_time)) for name, each in speeds.items()),
    )
