"""Shaking by phase on recorded exercise: nothing added, and a tremor added in one phase.

Recordings of one set that are fast enough; the repetitions are those that the counting finds. The
people are told apart as in docs/tremor.md: whoever shakes by themselves is among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import signal

from benchmarks.recordings import Entry
from benchmarks.tables import Cell, Table, percent, rounded
from detection.events import Rep, SetEnded, TremorStatus
from detection.pipeline import Tracker
from detection.tremor.params import TremorParams
from detection.tremor.phases import FEWEST_REPS, PhaseShaking, RepPhase, edges_s, shaking_by_phase
from sensors.recording import Recording, read_recording
from sensors.samples import FloatArray, SampleBlock

AMPS_MS2 = (0.1, 0.2, 0.3)
PITCHES_HZ = (4.5, 11.0)
HALF_WIDTH_HZ = 0.6
REPLAY_BLOCK_S = 60.0


@dataclass(frozen=True, slots=True)
class Added:
    """What was found where a tremor was added, and in the phase opposite."""

    amp_ms2: float
    freq_hz: float
    right: PhaseShaking
    opposite: PhaseShaking


@dataclass(frozen=True, slots=True)
class ByPhase:
    """Of one recording: the phases with nothing added, and with something."""

    plain: tuple[PhaseShaking, ...]
    added: tuple[Added, ...]


def can_be_scored(entry: Entry) -> bool:
    """Tell whether a recording is one set of exercise, fast enough for shaking."""
    return len(entry.sets) == 1 and entry.rate_hz >= TremorParams().min_rate_hz


def by_phase(entry: Entry) -> ByPhase:
    """Measure a recording as it is, and with a tremor in each of its phases in turn."""
    recording = read_recording(entry.path)
    reps = _longest_set(recording)
    plain = _measured(recording, recording.acc_ms2, reps)
    rng = np.random.default_rng(len(recording))
    told = [n for n, each in enumerate(plain) if each.score is not None]
    added = [_added(recording, reps, n, amp, rng) for n in told for amp in AMPS_MS2]
    return ByPhase(plain, tuple(added))


def phase_table(found: Sequence[ByPhase]) -> Table:
    """Return how often the right phase and how often the opposite one was called."""
    plain = [each for one in found for each in one.plain if each.score is not None]
    rows: list[tuple[Cell, ...]] = [
        ("nothing", len(plain), None, percent(_shaking(plain)), None, None)
    ]
    for amp in AMPS_MS2:
        of_amp = [each for one in found for each in one.added if each.amp_ms2 == amp]
        called = [each for each in of_amp if each.right.status is TremorStatus.TREMOR]
        errors = [(each.right.amp_rms_ms2 or 0.0) / amp - 1 for each in called]
        off_hz = [abs((each.right.freq_hz or 0.0) - each.freq_hz) for each in called]
        rows.append(
            (
                f"{amp:g} m/s²",
                len(of_amp),
                percent(_shaking([each.right for each in of_amp])),
                percent(_shaking([each.opposite for each in of_amp])),
                percent(float(np.median(errors)) if errors else None),
                rounded(float(np.median(off_hz)) if off_hz else None, 2),
            )
        )
    return Table(
        "Shaking by phase: recorded exercise",
        """Low-back exercise on the thigh, all ten people, repetitions as the counting finds them.
Added: narrow noise of 4.5 to 11 Hz in one phase of every repetition, in a direction by chance.
Called: the phase is said to shake; with nothing added, of all phases.""",
        (
            "added", "phases", "right phase called, %", "opposite phase called, %",
            "amplitude error, median, %", "pitch error, median, Hz",
        ),
        tuple(rows),
    )  # fmt: skip


def _shaking(phases: Sequence[PhaseShaking]) -> float | None:
    told = [each for each in phases if each.score is not None]
    if not told:
        return None
    return float(np.mean([each.status is TremorStatus.TREMOR for each in told]))


def _longest_set(recording: Recording) -> tuple[Rep, ...]:
    tracker = Tracker()
    events = [e for block in recording.blocks(REPLAY_BLOCK_S) for e in tracker.push(block)]
    sets = [e.reps for e in events + tracker.flush() if isinstance(e, SetEnded)]
    return max(sets, key=len, default=())


def _measured(
    recording: Recording, acc_ms2: FloatArray, reps: Sequence[Rep]
) -> tuple[PhaseShaking, ...]:
    if len(reps) < FEWEST_REPS:
        return ()
    found = shaking_by_phase(SampleBlock(recording.t_s, acc_ms2, recording.rate_hz), reps)
    return () if found is None else found.phases


def _added(
    recording: Recording, reps: Sequence[Rep], phase: int, amp_ms2: float, rng: np.random.Generator
) -> Added:
    freq_hz = float(rng.uniform(*PITCHES_HZ))
    rate_hz = (len(recording) - 1) / recording.duration_s
    band = (freq_hz - HALF_WIDTH_HZ, freq_hz + HALF_WIDTH_HZ)
    sections = signal.butter(2, band, "bandpass", fs=rate_hz, output="sos")
    tremor = signal.sosfilt(sections, rng.normal(size=len(recording)))
    tremor *= amp_ms2 / tremor.std()
    direction = rng.normal(size=3)
    direction /= np.linalg.norm(direction)
    tremor[~_inside(recording.t_s, reps, phase)] = 0.0
    shaken = recording.acc_ms2 + tremor[:, None] * direction
    found = _measured(recording, shaken, reps)
    opposite = (phase + len(RepPhase) // 2) % len(RepPhase)
    return Added(amp_ms2, freq_hz, found[phase], found[opposite])


def _inside(t_s: FloatArray, reps: Sequence[Rep], phase: int) -> np.ndarray:
    """(n,) whether a sample lies in that phase of a repetition."""
    edges = [edge for rep in reps for edge in edges_s(rep)] + [reps[-1].end_s]
    place = np.searchsorted(np.array(edges), t_s, side="right") - 1
    inside = (place >= 0) & (place < len(edges) - 1)
    return np.asarray(inside & (place % len(RepPhase) == phase))
