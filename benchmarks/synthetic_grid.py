"""Part `grid`: counting where the truth is exact, and everyday life in which nothing counts."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.options import Options
from benchmarks.progress import steps
from benchmarks.synthetic_cells import GridCell, cells
from benchmarks.tables import (
    AIM_COLUMNS,
    Cell,
    Table,
    aim_row,
    at_least,
    at_most,
    percent,
)
from benchmarks.workers import each_done, workers
from detection.events import Event, SetEnded
from detection.pipeline import Tracker, one_set_tracker
from sensors.recording import Recording
from sensors.synthetic import Activity, SensorParams, everyday, random_rotation_deg

REPLAY_BLOCK_S = 60.0
TOO_FEW = (1, 2)
TOO_FEW_SHARE = 0.1
"""Sets of one and two, as a share of the other cells."""
STRETCH_S = 300.0
"""Everyday life comes in stretches of this length, each with its own mounting and person."""
PLACEMENTS = ("thigh", "shank", "waist", "wrist")
EVERYDAY_RATE_HZ = 50.0


@dataclass(frozen=True, slots=True)
class Counted:
    """A cell and the repetitions of each set found, nothing given, and of the whole as one set."""

    cell: GridCell
    found: tuple[int, ...]
    given: int | None

    @property
    def is_exact(self) -> bool:
        """One set with the true count."""
        return self.found == (self.cell.reps,)

    @property
    def is_within_one(self) -> bool:
        """All that was found together is at most one off."""
        return bool(self.found) and abs(sum(self.found) - self.cell.reps) <= 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of everyday life."""

    activity: Activity
    placement: str
    seed: int

    @property
    def name(self) -> str:
        """What is done, and where the sensor sits if that makes a difference."""
        where = f", {self.placement}" if self.activity is Activity.WALKING_ABOUT else ""
        return f"{self.activity}{where}"


@dataclass(frozen=True, slots=True)
class Idle:
    """What was found in a stretch of everyday life."""

    stretch: Stretch
    sets: int
    reps: int


def measure(options: Options) -> list[Table]:
    """Count over the grid and over everyday life."""
    ordinary = cells(options.grid_cells)
    few = cells(max(1, round(TOO_FEW_SHARE * options.grid_cells)), TOO_FEW)
    stretches = _stretches(options.everyday_hours)
    total = len(ordinary) + len(few) + len(stretches)
    with workers() as pool, steps("grid", total) as step:
        counted = each_done(pool, count, ordinary, step)
        counted_few = each_done(pool, count_both_ways, few, step)
        idle = each_done(pool, live_through, stretches, step)
    return [
        _aims_table(counted, counted_few, idle),
        _grid_table(counted),
        _few_table(counted_few),
        _everyday_table(idle),
    ]


def count(cell: GridCell) -> Counted:
    """Count a cell with nothing given."""
    return Counted(cell, _counts(cell.made().recording, Tracker()), None)


def count_both_ways(cell: GridCell) -> Counted:
    """Count a cell with nothing given, and as one set."""
    recording = cell.made().recording
    given = sum(_counts(recording, one_set_tracker()))
    return Counted(cell, _counts(recording, Tracker()), given)


def live_through(stretch: Stretch) -> Idle:
    """Look for sets in a stretch of everyday life."""
    rotation_deg = random_rotation_deg(stretch.seed)
    sensor = SensorParams(EVERYDAY_RATE_HZ, rotation_deg, placement=stretch.placement)
    made = everyday(stretch.activity, STRETCH_S, sensor, stretch.seed)
    found = _counts(made.recording, Tracker())
    return Idle(stretch, len(found), sum(found))


def _counts(recording: Recording, tracker: Tracker) -> tuple[int, ...]:
    events: list[Event] = []
    for block in recording.blocks(REPLAY_BLOCK_S):
        events += tracker.push(block)
    events += tracker.flush()
    return tuple(len(event.reps) for event in events if isinstance(event, SetEnded))


def _stretches(hours: float) -> list[Stretch]:
    """Every kind of everyday life in turn, until the hours are full."""
    kinds = [(activity, "thigh") for activity in Activity if activity is not Activity.WALKING_ABOUT]
    kinds += [(Activity.WALKING_ABOUT, placement) for placement in PLACEMENTS]
    number = round(hours * 3600 / STRETCH_S)
    return [Stretch(*kinds[n % len(kinds)], seed=n // len(kinds)) for n in range(number)]


AXES: tuple[tuple[str, Callable[[GridCell], Cell]], ...] = (
    ("pace, s", lambda cell: cell.pace_s),
    ("hold", lambda cell: str(cell.hold)),
    ("tilt, degrees", lambda cell: cell.tilt_deg),
    ("sensor", lambda cell: str(cell.grade)),
    ("rate, Hz", lambda cell: cell.rate_hz),
    ("repetitions", lambda cell: cell.reps),
)


def _grid_table(counted: Sequence[Counted]) -> Table:
    rows = [("all", "", *_shares(counted))]
    for axis, value_of in AXES:
        by_value: dict[Cell, list[Counted]] = defaultdict(list)
        for each in counted:
            by_value[value_of(each.cell)].append(each)
        values = list(by_value)
        if all(isinstance(value, int | float) for value in values):
            values.sort(key=lambda value: float(value or 0))
        rows += [(axis, value, *_shares(by_value[value])) for value in values]
    return Table(
        "Synthetic grid: counting with nothing given",
        """Sets drawn from the grid of all that the axes allow together, the sensor turned anyhow,
the limb lying, standing or bent, durations and ranges of single repetitions off by 8 %. Exact: one
set with the true count. Within 1: what was found, at most one off. Pace: from one repetition to the
next, holds included.""",
        ("axis", "value", "sets", "exact, %", "within 1, %", "nothing found, %"),
        tuple(rows),
    )


def _shares(counted: Sequence[Counted]) -> tuple[Cell, ...]:
    return (
        len(counted),
        percent(_share([each.is_exact for each in counted])),
        percent(_share([each.is_within_one for each in counted])),
        percent(_share([not each.found for each in counted])),
    )


def _few_table(counted: Sequence[Counted]) -> Table:
    rows = []
    for reps in TOO_FEW:
        each = [one for one in counted if one.cell.reps == reps]
        rows.append((reps, len(each), percent(_none_found(each)), percent(_given_exact(each))))
    return Table(
        "Synthetic grid: one and two repetitions",
        "Too few to be a set where nothing is given; with edges given they are to be counted.",
        ("repetitions", "sets", "none found with nothing given, %", "exact with edges given, %"),
        tuple(rows),
    )


def _everyday_table(idle: Sequence[Idle]) -> Table:
    by_name: dict[str, list[Idle]] = defaultdict(list)
    for each in idle:
        by_name[each.stretch.name].append(each)
    rows = [("all", *_found(idle)), *((name, *_found(each)) for name, each in by_name.items())]
    return Table(
        "Synthetic everyday life: nothing to count",
        f"In stretches of {STRETCH_S / 60:g} minutes, the sensor turned anyhow.",
        ("activity", "hours", "sets found", "their repetitions"),
        tuple(rows),
    )


def _found(idle: Sequence[Idle]) -> tuple[Cell, ...]:
    hours = round(len(idle) * STRETCH_S / 3600, 2)
    return hours, sum(each.sets for each in idle), sum(each.reps for each in idle)


def _aims_table(counted: Sequence[Counted], few: Sequence[Counted], idle: Sequence[Idle]) -> Table:
    exact = percent(_share([each.is_exact for each in counted]))
    rows = (
        aim_row("grid, nothing given: exact", exact, at_least(99, " %")),
        aim_row(
            "grid, nothing given: within 1",
            percent(_share([each.is_within_one for each in counted])),
            at_least(100, " %"),
        ),
        aim_row(
            "one and two, nothing given: none found", percent(_none_found(few)), at_least(100, " %")
        ),
        aim_row("one and two, edges given: exact", percent(_given_exact(few)), at_least(99, " %")),
        aim_row("everyday life: sets found", _found(idle)[1] if idle else None, at_most(0)),
    )
    return Table(
        "Synthetic: figures beside their aims",
        "Clean movement by the script; what people do is harder, so these are a floor.",
        AIM_COLUMNS,
        rows,
    )


def _none_found(counted: Sequence[Counted]) -> float | None:
    return _share([not each.found for each in counted])


def _given_exact(counted: Sequence[Counted]) -> float | None:
    return _share([each.given == each.cell.reps for each in counted])


def _share(facts: Sequence[bool]) -> float | None:
    return sum(facts) / len(facts) if facts else None
