"""Part `tremor-peers`: shaking measured by Steadyrep and by others, the same signals in one run.

No package there is measures tremor during slow exercise; these come nearest. One that has no
decision of its own is given the best that could be made for it: a limit at the 95th percentile of
what it says of the same movement with nothing added.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.options import Options
from benchmarks.peers.tremor_packages import WAYS, Motion, Said, Way, ask
from benchmarks.progress import steps
from benchmarks.recordings import entries, is_there
from benchmarks.tables import Cell, Table, percent, rounded
from benchmarks.tremor_score import AMPLITUDES_MS2, FREQ_HZ, injections
from detection.events import TremorStatus
from detection.tremor.meter import TremorMeter
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray, SampleBlock

RATE_HZ = 100.0
MINUTE_S = 60.0
LIMBS = 16
LENGTH_M = 0.3
REPS_HZ = (0.15, 0.5)
RANGE_DEG = (30.0, 80.0)
NOISE_MS2, NOISE_DPS = 0.02, 0.1
LIMIT_PERCENTILE = 95
SEED = 11
SYNTHETIC, RECORDED = "synthetic reps", "recorded reps (mex)"
STEADYREP = "Steadyrep"


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A motion with a tremor of known size and pitch; gyro_rms_dps: as a gyroscope sees it."""

    group: str
    motion: Motion
    added_ms2: float
    amp_rms_ms2: float
    gyro_rms_dps: float
    freq_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What one way said of one case: of each window whether it shakes, pitch and size as shares."""

    case: Case
    is_flagged: FloatArray
    freq_hz: FloatArray
    amp_ratio: FloatArray
    processor_s: float


def measure(options: Options) -> list[Table]:
    """Ask everybody about every case."""
    cases = _synthetic() + _recorded(options)
    rows: list[tuple[Cell, ...]] = []
    with steps("tremor-peers", len(WAYS) + 1) as step:
        rows += _rows(STEADYREP, [_steadyrep(case) for case in cases])
        step()
        for way in WAYS:
            rows += _asked(way, [case for case in cases if _can_see(way, case)])
            step()
    return [_table(sorted(rows, key=lambda row: row[0] != SYNTHETIC))]


def _table(rows: Sequence[tuple[Cell, ...]]) -> Table:
    return Table(
        "Shaking: beside peers",
        f"""Slow repetitions with a tremor of 4.5 to 11 Hz all along; flagged windows of four
seconds, in per cent of all. ParaDigMa looks at a gyroscope, which the synthetic limb has and the
recordings have not, for tremor at rest of 3 to 7 Hz. The others have no decision: theirs is a limit
at the {LIMIT_PERCENTILE}th percentile of what they say of the same movement with nothing added, so
that their first figure is made to be 5. Amplitude (ParaDigMa: of the rotation) and pitch at 0.3
m/s², of the windows that are flagged. Time: of one core for each minute of signal; Steadyrep's
holds every second's window, judged twice.""",
        (
            "signal", "way", "nothing added, %", "0.1 m/s², %", "0.3 m/s², %", "0.6 m/s², %",
            "amplitude error, %", "pitch error, Hz", "time, ms a minute",
        ),
        tuple(rows),
    )  # fmt: skip


def _can_see(way: Way, case: Case) -> bool:
    return not way.needs_gyroscope or case.motion.gyro_dps is not None


def _synthetic() -> list[Case]:
    rng = np.random.default_rng(SEED)
    return [
        _limb(rng.uniform(*REPS_HZ), rng.uniform(*RANGE_DEG), rng.uniform(*FREQ_HZ), added, n)
        for n in range(LIMBS)
        for added in AMPLITUDES_MS2
    ]


def _limb(reps_hz: float, range_deg: float, freq_hz: float, added_ms2: float, seed: int) -> Case:
    """A limb that turns about a joint, and shakes about it: what both sensors see follows."""
    t_s = np.arange(round(MINUTE_S * RATE_HZ)) / RATE_HZ
    lifting = np.deg2rad(range_deg) * np.sin(np.pi * reps_hz * t_s) ** 2
    wave = np.sin(2 * np.pi * freq_hz * t_s)
    still_ms2 = _felt(lifting)
    # what a small turn adds is in proportion to it; so a small one tells how large it has to be
    small = 1e-4
    per_rad = float(np.sqrt(np.mean(np.sum((_felt(lifting + small * wave) - still_ms2) ** 2, 1))))
    turned = lifting + added_ms2 / per_rad * small * wave
    rng = np.random.default_rng(seed)
    acc_ms2 = _felt(turned) + rng.normal(0, NOISE_MS2, (len(t_s), 3))
    turning_dps = np.rad2deg(np.gradient(turned, 1 / RATE_HZ))
    gyro_dps = np.outer(turning_dps, [0.0, 1.0, 0.0]) + rng.normal(0, NOISE_DPS, (len(t_s), 3))
    shaking_dps = np.rad2deg(np.gradient(turned - lifting, 1 / RATE_HZ))
    return Case(
        SYNTHETIC,
        Motion(acc_ms2, gyro_dps, RATE_HZ),
        added_ms2,
        added_ms2,
        float(np.sqrt(np.mean(shaking_dps**2))),
        freq_hz,
    )


def _felt(angle: FloatArray) -> FloatArray:
    """Acceleration (n, 3) at the end of a limb that stands at an angle, gravity included."""
    turning = np.gradient(angle, 1 / RATE_HZ)
    along, across = LENGTH_M * turning**2, LENGTH_M * np.gradient(turning, 1 / RATE_HZ)
    gravity = STANDARD_GRAVITY_MS2
    parts = (
        gravity * np.sin(angle) - along,
        np.zeros_like(angle),
        gravity * np.cos(angle) + across,
    )
    return np.stack(parts, axis=1)


def _recorded(options: Options) -> list[Case]:
    listed = entries(options.recordings) if is_there(options.recordings) else []
    return [
        Case(
            RECORDED,
            Motion(
                each.recording.acc_ms2[
                    (each.recording.t_s >= each.begin_s) & (each.recording.t_s < each.end_s)
                ],
                None,
                each.recording.rate_hz,
            ),
            each.amp_rms_ms2,
            each.amp_rms_ms2,
            0.0,
            each.freq_hz,
        )
        for each in injections(listed)
    ]


def _steadyrep(case: Case) -> Shown:
    acc_ms2, rate_hz = case.motion.acc_ms2, case.motion.rate_hz
    block = SampleBlock(np.arange(len(acc_ms2)) / rate_hz, acc_ms2, rate_hz)
    begin_s = time.process_time()
    meter = TremorMeter(rate_hz)
    readings = meter.push(block) + meter.flush()
    spent_s = time.process_time() - begin_s
    windows = [each.window for each in readings if each.is_final]
    size = case.amp_rms_ms2 or np.nan
    return Shown(
        case,
        np.array([each.status is TremorStatus.TREMOR for each in windows], float),
        np.array([each.freq_hz or np.nan for each in windows]),
        np.array([(each.amp_rms_ms2 or np.nan) / size for each in windows]),
        spent_s,
    )


def _asked(way: Way, cases: Sequence[Case]) -> list[tuple[Cell, ...]]:
    answer = ask(way, [case.motion for case in cases])
    if answer.refused:
        return [(cases[0].group, f"{way.title}: {answer.refused}", *[None] * 7)]
    limits = _limits(way, cases, answer.said)
    shown = [
        _shown(way, case, said, limits[case.group])
        for case, said in zip(cases, answer.said, strict=True)
    ]
    return _rows(f"{way.title} {answer.version}", shown)


def _limits(way: Way, cases: Sequence[Case], said: Sequence[Said]) -> dict[str, float]:
    """From which measure on a window is flagged, by group."""
    limits: dict[str, float] = {}
    for group in {case.group for case in cases}:
        untouched = [
            one.measure
            for case, one in zip(cases, said, strict=True)
            if case.group == group and case.added_ms2 == 0
        ]
        percentile = float(np.percentile(np.concatenate(untouched), LIMIT_PERCENTILE))
        limits[group] = 0.5 if way.has_decision else percentile
    return limits


def _shown(way: Way, case: Case, said: Said, limit: float) -> Shown:
    size = (case.gyro_rms_dps if way.needs_gyroscope else case.amp_rms_ms2) or np.nan
    flagged = (said.measure > limit).astype(float)
    return Shown(case, flagged, said.freq_hz, said.amp / size, said.processor_s)


def _rows(name: str, shown: Sequence[Shown]) -> list[tuple[Cell, ...]]:
    groups = list(dict.fromkeys(each.case.group for each in shown))
    return [_row(group, name, [s for s in shown if s.case.group == group]) for group in groups]


def _row(group: str, name: str, shown: Sequence[Shown]) -> tuple[Cell, ...]:
    shares = [
        float(np.mean(np.concatenate([s.is_flagged for s in shown if s.case.added_ms2 == added])))
        for added in AMPLITUDES_MS2
    ]
    at_03 = [s for s in shown if s.case.added_ms2 == 0.3]
    seconds = sum(len(s.case.motion.acc_ms2) / s.case.motion.rate_hz for s in shown)
    spent_s = sum(s.processor_s for s in shown)
    return (
        group,
        name,
        *(percent(share) for share in shares),
        _median([100 * (s.amp_ratio - 1) for s in at_03], at_03, 1),
        _median([np.abs(s.freq_hz - s.case.freq_hz) for s in at_03], at_03, 2),
        round(60_000 * spent_s / seconds, 1),
    )


def _median(values: Sequence[FloatArray], shown: Sequence[Shown], digits: int) -> float | None:
    """Of the flagged windows; None where none is, or nothing is told."""
    flagged = np.concatenate([each.is_flagged for each in shown]) > 0
    told = np.concatenate(values)[flagged]
    told = told[~np.isnan(told)]
    return rounded(float(np.median(told)), digits) if len(told) else None
