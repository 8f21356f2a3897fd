"""The shaking against recordings: labelled ones, and a known tremor added to real exercise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.findings import Findings, findings
from benchmarks.given_sets import as_written
from benchmarks.recordings import Entry
from benchmarks.tables import (
    AIM_COLUMNS,
    AIMS_MEANING,
    Cell,
    Table,
    aim_row,
    at_least,
    at_most,
    percent,
    rounded,
)
from detection.pipeline import Tracker
from detection.scoring.tremor import (
    Measured,
    WindowTally,
    centred_in,
    inside,
    measured,
    measured_figures,
    tally,
)
from sensors.recording import Recording, read_recording
from sensors.samples import FloatArray

AMPLITUDES_MS2 = (0.0, 0.1, 0.3, 0.6)
FREQ_HZ = (4.5, 11.0)
DRIFT_HZ = 0.15
"""How far the added tremor's pitch wanders over a recording, standard deviation at its end."""
SPAN = (0.3, 0.7)
"""Share of the recording in which it is added."""
SLOW_EXERCISES = ("bridging", "knee-rolling", "pelvic-tilt")
LEAST_RATE_HZ = 90.0
MOST_RECORDINGS = 12
SEED = 7


@dataclass(frozen=True, slots=True)
class Injection:
    """A recording with a tremor of known size and pitch in `[begin_s, end_s)`."""

    recording: Recording
    amp_rms_ms2: float
    freq_hz: float
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Shaken:
    """What was said of the windows that lie in an injection."""

    amp_rms_ms2: float
    windows: WindowTally = field(default_factory=WindowTally)
    errors: Measured = field(default_factory=Measured)


def injections(entries: Sequence[Entry]) -> list[Injection]:
    """Return slow exercise on the thigh, each with every amplitude added; always the same."""
    fitting = [
        entry
        for entry in entries
        if entry.dataset == "mex"
        and entry.rate_hz > LEAST_RATE_HZ
        and entry.exercise in SLOW_EXERCISES
    ]
    rng = np.random.default_rng(SEED)
    return [each for entry in fitting[:MOST_RECORDINGS] for each in _injections(entry, rng)]


def shaken(injection: Injection) -> Shaken:
    """Measure an injection."""
    windows = inside(
        findings(injection.recording, Tracker()).windows, injection.begin_s, injection.end_s
    )
    amp_rms_ms2 = injection.amp_rms_ms2
    errors = measured(windows, amp_rms_ms2, injection.freq_hz) if amp_rms_ms2 else Measured()
    return Shaken(amp_rms_ms2, tally(windows), errors)


def tables(found: Sequence[tuple[Entry, Findings]], injected: Sequence[Shaken]) -> list[Table]:
    """Return figures and aims of labelled recordings and of injections."""
    by_label = _by_label(found)
    by_size = {
        size: [each for each in injected if each.amp_rms_ms2 == size] for size in AMPLITUDES_MS2
    }
    return [
        _aims_table(by_label, by_size),
        _labelled_table(by_label),
        _injected_table(by_size),
    ]


def _injections(entry: Entry, rng: np.random.Generator) -> Iterator[Injection]:
    recording = read_recording(entry.path)
    t_s = recording.t_s
    begin_s, end_s = SPAN[0] * float(t_s[-1]), SPAN[1] * float(t_s[-1])
    is_on = (t_s >= begin_s) & (t_s < end_s)
    for amp_rms_ms2 in AMPLITUDES_MS2:
        freq_hz = float(rng.uniform(*FREQ_HZ))
        direction = rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        wave = np.sqrt(2) * amp_rms_ms2 * np.sin(_phase(freq_hz, len(t_s), entry.rate_hz, rng))
        acc_ms2 = recording.acc_ms2 + np.outer(wave * is_on, direction)
        yield Injection(as_written(t_s, acc_ms2), amp_rms_ms2, freq_hz, begin_s, end_s)


def _phase(freq_hz: float, count: int, rate_hz: float, rng: np.random.Generator) -> FloatArray:
    """(count,) radians of an oscillation whose pitch does a random walk."""
    wandering = DRIFT_HZ * np.cumsum(rng.normal(size=count)) / np.sqrt(count)
    return np.asarray(2 * np.pi * np.cumsum(freq_hz + wandering) / rate_hz)


Label = tuple[str, str, str]
"""Data set, placement, label."""


def _by_label(found: Sequence[tuple[Entry, Findings]]) -> dict[Label, WindowTally]:
    summed: dict[Label, WindowTally] = {}
    for entry, each in found:
        for span in entry.spans:
            key = (entry.dataset, entry.placement, span.label)
            said = tally(centred_in(each.windows, span.begin_s, span.end_s))
            summed[key] = summed.get(key, WindowTally()) + said
    return summed


def _labelled_table(by_label: dict[Label, WindowTally]) -> Table:
    return Table(
        "Shaking: labelled recordings",
        """Windows whose middle lies in a stretch with the label. Decided: windows that say tremor,
none or below the floor. phonetremor: a phone in the hand, acted tremor or ordinary movement;
daphnet: walking, with freezing of gait in Parkinson's disease, whose trembling is not weakness.""",
        (
            "data set", "placement", "label", "windows", "decided, %", "tremor, % of decided",
            "tremor, % of all",
        ),
        tuple(
            (
                *label,
                said.windows,
                percent(said.decided_share),
                percent(said.flagged),
                percent(said.flagged_of_all),
            )
            for label, said in by_label.items()
        ),
    )  # fmt: skip


def _injected_table(by_size: dict[float, list[Shaken]]) -> Table:
    return Table(
        "Shaking: a known tremor added to real exercise",
        """Slow exercise on a thigh at about 103 Hz (mex), with a tremor of 4.5 to 11 Hz added to
the middle 40 %. At 0 m/s² nothing was added: what is said there is the person's own, or wrong.
Errors are those of windows that say tremor; quartiles in brackets.""",
        (
            "added, m/s² RMS", "recordings", "windows", "decided, %", "tremor, % of decided",
            "frequency error, Hz", "amplitude error, %", "quartiles, %", "interval holds it, %",
        ),
        tuple(_injected_row(size, each) for size, each in by_size.items() if each),
    )  # fmt: skip


def _injected_row(size_ms2: float, shakings: Sequence[Shaken]) -> tuple[Cell, ...]:
    said = _said(shakings)
    errors = measured_figures(sum((each.errors for each in shakings), Measured()))
    recordings = len(shakings)
    flagged = (size_ms2, recordings, said.windows, percent(said.decided_share))
    if errors is None:
        return (*flagged, percent(said.flagged), None, None, None, None)
    quartiles = f"{percent(errors.amp_error_low)} … {percent(errors.amp_error_high)}"
    return (
        *flagged,
        percent(said.flagged),
        rounded(errors.freq_error_hz, 2),
        percent(errors.amp_error),
        quartiles,
        percent(errors.held),
    )


def _said(shakings: Sequence[Shaken]) -> WindowTally:
    return sum((each.windows for each in shakings), WindowTally())


def _aims_table(by_label: dict[Label, WindowTally], by_size: dict[float, list[Shaken]]) -> Table:
    return Table(
        "Shaking: figures beside their aims",
        AIMS_MEANING,
        AIM_COLUMNS,
        (*_labelled_aims(by_label), *_injected_aims(by_size)),
    )


def _labelled_aims(by_label: dict[Label, WindowTally]) -> Iterator[tuple[Cell, ...]]:
    def of(dataset: str, label: str) -> WindowTally:
        fitting = (said for key, said in by_label.items() if (key[0], key[2]) == (dataset, label))
        return sum(fitting, WindowTally())

    acted, moved = of("phonetremor", "tremor"), of("phonetremor", "movement")
    walked = of("daphnet", "no-freeze")
    yield aim_row("acted tremor flagged", percent(acted.flagged), at_least(97, " %"))
    yield aim_row("acted tremor decided", percent(acted.decided_share), at_least(95, " %"))
    yield aim_row("ordinary movement flagged", percent(moved.flagged), at_most(2, " %"))
    yield aim_row("ordinary movement decided", percent(moved.decided_share), at_least(95, " %"))
    yield aim_row(
        "walking legs flagged, of all", percent(walked.flagged_of_all), at_most(0.5, " %")
    )


def _injected_aims(by_size: dict[float, list[Shaken]]) -> Iterator[tuple[Cell, ...]]:
    untouched = percent(_said(by_size[0.0]).flagged)
    yield aim_row(
        "nothing added: flagged (aim: without people who have a 7-11 Hz peak of their own)",
        untouched,
        at_most(1, " %"),
    )
    for size_ms2, least_percent in ((0.1, 60), (0.3, 99), (0.6, 100)):
        said = _said(by_size[size_ms2])
        errors = measured_figures(sum((each.errors for each in by_size[size_ms2]), Measured()))
        amp_error = abs(100 * errors.amp_error) if errors else None
        name = f"{size_ms2:g} m/s² added:"
        yield aim_row(f"{name} flagged", percent(said.flagged), at_least(least_percent, " %"))
        yield aim_row(f"{name} decided", percent(said.decided_share), at_least(90, " %"))
        yield aim_row(f"{name} median amplitude error", rounded(amp_error, 1), at_most(3, " %"))
        yield aim_row(
            f"{name} median frequency error",
            rounded(errors.freq_error_hz, 2) if errors else None,
            at_most(0.1, " Hz"),
        )
