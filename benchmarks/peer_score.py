"""Part `peers`: counted by Steadyrep and by others, the same signals in the same run."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np

from benchmarks.corpus import (
    CorpusSet,
    combinations,
    idle_pieces,
    make_idle,
    make_set,
    make_standing_sets,
)
from benchmarks.findings import findings
from benchmarks.given_sets import cut_out
from benchmarks.options import Options
from benchmarks.peer_tables import Given, Unaided, given_table, idle_table, unaided_table
from benchmarks.peers import autocorrelation, crossing, foreign, naive_gate, peaks, recofit
from benchmarks.progress import Step, steps
from benchmarks.recordings import Entry, entries, is_there
from benchmarks.tables import Table
from benchmarks.workers import each_done, workers
from detection.pipeline import Tracker, one_set_tracker
from detection.scoring.sets import AnnotatedSet, Counted, Evidence, FoundSet, score_recording
from sensors.recording import Recording, read_recording
from sensors.samples import FloatArray

SYNTHETIC, STANDING = "synthetic", "synthetic, sit-to-stand at the waist"
SQUATS_ALONE = ", squats alone"
SQUATS = frozenset({"squat", "sit-to-stand"})
PEERS: dict[str, Callable[[FloatArray, float], int]] = {
    "vector autocorrelation": autocorrelation.count,
    "RecoFit, made afresh": recofit.count,
    "mean crossing, low-pass 1 Hz": crossing.count,
    "find_peaks on PC1": peaks.count,
}
STUMPY_WAYS = {"motif": "stumpy, motif", "first-repetition": "stumpy, first repetition"}
ONE_SET, UNAIDED, NAIVE = "Steadyrep, one set", "Steadyrep, nothing given", "naive gate of 10 s"


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """A recording and where its sets are. is_standing_up: a set of its own for that package."""

    dataset: str
    recording: Recording
    sets: tuple[AnnotatedSet, ...]
    standing_up: tuple[bool, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One set, cut out."""

    dataset: str
    recording: Recording
    annotated: AnnotatedSet
    is_standing_up: bool

    def counted(self, count: int | None) -> Counted:
        """Return a count beside its truth; where there is none, nothing was counted."""
        return Counted(count or 0, self.annotated.least, self.annotated.most)


def measure(options: Options) -> list[Table]:
    """Count sets whose edges are given, then everything where nothing is given."""
    sessions = _synthetic() + _recorded(options)
    pieces = [piece for session in sessions for piece in _pieces(session)]
    pieces += [
        replace(piece, dataset=f"{piece.dataset}{SQUATS_ALONE}")
        for piece in pieces
        if piece.is_standing_up and piece.dataset != STANDING
    ]  # Once more, beside the package that is made for nothing else.
    idle = [Session(f"synthetic, {a}", make_idle(a, n), (), ()) for a, n in idle_pieces()]
    idle += _recorded_idle(options)
    whole = [each for each in sessions if each.sets]
    total = len(pieces) + len(STUMPY_WAYS) + 1 + len(whole) + len(idle)
    with workers() as pool, steps("peers", total) as step:
        given = _given(pool, pieces, step)
        found = each_done(pool, _unaided, whole, step)
        nothing = each_done(pool, _unaided, idle, step)
    return [
        given_table(given),
        unaided_table(list(chain.from_iterable(found))),
        idle_table(list(chain.from_iterable(nothing))),
    ]


def _synthetic() -> list[Session]:
    made = [(SYNTHETIC, make_set(each)) for each in combinations()]
    made += [(STANDING, each) for each in make_standing_sets()]
    return [_session(dataset, each) for dataset, each in made]


def _session(dataset: str, each: CorpusSet) -> Session:
    return Session(dataset, each.recording, (each.annotated,), (each.is_standing_up,))


def _recorded(options: Options) -> list[Session]:
    listed = entries(options.recordings) if is_there(options.recordings) else []
    return [_read(entry) for entry in listed if entry.sets]


def _recorded_idle(options: Options) -> list[Session]:
    listed = entries(options.recordings) if is_there(options.recordings) else []
    return [_read(entry) for entry in listed if entry.spans and not entry.sets]


def _read(entry: Entry) -> Session:
    is_squat = tuple(exercise in SQUATS for exercise in entry.set_exercises)
    return Session(entry.dataset, read_recording(entry.path), entry.sets, is_squat)


def _pieces(session: Session) -> list[Piece]:
    pieces = []
    for annotated, is_standing_up in zip(session.sets, session.standing_up, strict=True):
        recording = cut_out(session.recording, annotated) if annotated.is_scored else None
        if recording is not None:
            about = "" if annotated.has_edges else ", a window with rest around the set"
            dataset = f"{session.dataset}{about}"
            pieces.append(Piece(dataset, recording, annotated, is_standing_up))
    return pieces


def _given(pool: ProcessPoolExecutor, pieces: Sequence[Piece], step: Step) -> list[Given]:
    rows = list(chain.from_iterable(each_done(pool, _count_all, pieces, step)))
    for way, method in STUMPY_WAYS.items():
        rows += _foreign(foreign.STUMPY, way, method, foreign.component, pieces)
        step()
    standing = [piece for piece in pieces if piece.dataset.endswith((STANDING, SQUATS_ALONE))]
    method = "scikit-digital-health, sit-to-stand"
    rows += _foreign(foreign.SKDH, "standing-up", method, foreign.acceleration, standing)
    step()
    return rows


def _count_all(piece: Piece) -> list[Given]:
    """Count one piece in every way that is the project's own code."""
    acc_ms2 = even(piece.recording)
    ways: dict[str, Callable[[], int]] = {
        ONE_SET: partial(_steadyrep, piece.recording, one_set_tracker),
        UNAIDED: partial(_steadyrep, piece.recording, Tracker),
        **{name: partial(count, acc_ms2, piece.recording.rate_hz) for name, count in PEERS.items()},
    }
    return [_timed(piece, method, count) for method, count in ways.items()]


def even(recording: Recording) -> FloatArray:
    """(n, 3) at even intervals, as peers take it for granted; Steadyrep gets what was recorded."""
    t_s = recording.t_s[0] + np.arange(len(recording)) / recording.rate_hz
    axes = [np.interp(t_s, recording.t_s, axis) for axis in recording.acc_ms2.T]
    return np.column_stack(axes)


def _steadyrep(recording: Recording, make_tracker: Callable[[], Tracker]) -> int:
    return sum(len(each.reps) for each in findings(recording, make_tracker()).sets)


def _timed(piece: Piece, method: str, count: Callable[[], int]) -> Given:
    begin_s = time.process_time()
    counted = piece.counted(count())
    spent_s = time.process_time() - begin_s
    return Given(piece.dataset, method, (counted,), spent_s, piece.recording.duration_s)


def _foreign(
    package: foreign.Package,
    way: str,
    method: str,
    prepare: Callable[[FloatArray, float], foreign.Signal],
    pieces: Sequence[Piece],
) -> list[Given]:
    """Count all pieces by a package; one row says why where it cannot."""
    signals = [prepare(even(each.recording), each.recording.rate_hz) for each in pieces]
    answer = foreign.counts(package, way, signals)
    if answer.refused:
        return [Given("–", method, (), refused=answer.refused)]
    name = f"{method} ({answer.version})"
    return [
        Given(each.dataset, name, (each.counted(count),), spent_s, each.recording.duration_s)
        for each, count, spent_s in zip(pieces, answer.counts, answer.processor_s, strict=True)
    ]


def _unaided(session: Session) -> list[Unaided]:
    """Find everything in a recording, the program's way and the naive way."""
    recording = session.recording
    return [
        _looked(session, UNAIDED, lambda: findings(recording, Tracker()).sets),
        _looked(session, NAIVE, lambda: naive_gate.find(even(recording), recording.rate_hz)),
    ]


def _looked(session: Session, method: str, look: Callable[[], Sequence[FoundSet]]) -> Unaided:
    begin_s = time.process_time()
    found = look()
    spent_s = time.process_time() - begin_s
    duration_s = session.recording.duration_s
    evidence = score_recording(session.sets, found, duration_s) if session.sets else Evidence()
    return Unaided(session.dataset, method, evidence, len(found), spent_s, duration_s)
