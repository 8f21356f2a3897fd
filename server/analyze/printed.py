"""An analysis as tables for people at a terminal."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from detection.events import Rep, Tempo, TremorStatus
from detection.reference import Comparison, RepComparison
from detection.summary import SetSummary, TremorSummary
from detection.tremor.phases import RepPhase, SetShaking, ShakingCourse
from server.analyze.analysis import Analysis

TEMPO = "Lift-hold-lower"
PHASE_WORDS = {
    RepPhase.CONCENTRIC: "lifting",
    RepPhase.HOLD: "holding",
    RepPhase.ECCENTRIC: "lowering",
    RepPhase.REST: "resting",
}
ABOUT_SHAKING = (
    "Shaking can come with effort, tiredness, a new movement, cold, or other causes; "
    "it does not diagnose weakness or any condition."
)


def tables(file: str, analysis: Analysis) -> Iterator[RenderableType]:
    """A line about the recording, a table of its sets, and one of each set's repetitions."""
    recording = analysis.recording
    flags = ", ".join(analysis.flags) or "none"
    yield Text.assemble(
        (file, "bold"),
        f"  {clock(recording.duration_s)} at {recording.rate_hz:g} Hz, flags: {flags}",
    )
    if not analysis.sets and not analysis.holds:
        yield Text("No set found.")
        return
    if analysis.holds:
        yield _holds_table(analysis)
    if analysis.sets:
        yield _sets_table(analysis)
    comparisons = analysis.comparisons or (None,) * len(analysis.sets)
    for number, (each, compared) in enumerate(zip(analysis.sets, comparisons, strict=True), 1):
        if each.reps:
            yield _reps_table(number, each, compared)
        shaking = analysis.by_phase[number - 1] if analysis.by_phase else None
        if shaking is not None and shaking.course is not None:
            yield Text(_by_phase_words(number, shaking, shaking.course))
    tremor = [*(each.tremor for each in analysis.sets), *(each.tremor for each in analysis.holds)]
    if any(each.tremor_fraction for each in tremor):
        yield Text(ABOUT_SHAKING, style="dim")


def clock(seconds: float) -> str:
    """Minutes and seconds, as on a watch: 75.0 is 1:15.0."""
    tenths = round(abs(seconds) * 10)
    sign = "-" if seconds < 0 and tenths else ""
    return f"{sign}{tenths // 600}:{tenths % 600 / 10:04.1f}"


def shaking_words(tremor: TremorSummary) -> str:
    """What may be said of the shaking in a set."""
    if tremor.tremor_fraction is None or tremor.unknown_fraction == 1:
        return "can't tell"
    if tremor.amp_rms_ms2 is None or tremor.freq_hz is None:
        return "none measured"
    share = f"{tremor.tremor_fraction:.0%}"
    return f"{share}: {_amplitude(tremor)} m/s² {tremor.freq_hz:.1f} Hz"


def _amplitude(tremor: TremorSummary) -> str:
    """With its 95 % interval, where there is one."""
    if tremor.amp_low_ms2 is None or tremor.amp_high_ms2 is None:
        return f"{tremor.amp_rms_ms2:.2f}"
    return f"{tremor.amp_rms_ms2:.2f} ({tremor.amp_low_ms2:.2f}-{tremor.amp_high_ms2:.2f})"


def _by_phase_words(number: int, shaking: SetShaking, course: ShakingCourse) -> str:
    """Where in the repetition a set shakes, and how that changes over it."""
    phases = ", ".join(
        f"{PHASE_WORDS[each.phase]} {each.amp_rms_ms2:.2f} m/s² {each.freq_hz:.1f} Hz"
        for each in shaking.phases
        if each.status is TremorStatus.TREMOR
    )
    change, low, high = (
        100 * (10**each - 1) for each in (course.slope_log10, course.low_log10, course.high_log10)
    )
    return (
        f"Set {number} shakes while {phases}; from one repetition to the next {change:+.0f} % "
        f"(between {low:+.0f} and {high:+.0f} %)"
    )


def _sets_table(analysis: Analysis) -> Table:
    table = _table("Set", "From", "To", "Reps", "Alike", TEMPO, "Tilt", "Shaking")
    for number, each in enumerate(analysis.sets, start=1):
        table.add_row(
            str(number),
            clock(each.start_s),
            clock(each.end_s),
            _counted(each),
            f"{each.confidence:.0%}",
            _seconds(each.tempo),
            "" if each.tilt_deg is None else f"{each.tilt_deg:.0f}°",
            shaking_words(each.tremor),
        )
    return table


def _counted(each: SetSummary) -> str:
    partial = f", {len(each.partial_reps)} part" if each.partial_reps else ""
    return f"{len(each.reps)}{partial}"


def _holds_table(analysis: Analysis) -> Table:
    table = _table("Hold", "From", "To", "Held", "Sure", "Tilt", "Drift", "Sway", "Shaking")
    for number, each in enumerate(analysis.holds, start=1):
        hold = each.hold
        table.add_row(
            str(number),
            clock(hold.start_s),
            clock(hold.end_s),
            f"{hold.held_s:.1f} s",
            f"{hold.confidence:.0%}",
            "" if hold.tilt_deg is None else f"{hold.tilt_deg:.0f}°",
            "" if hold.drift_deg is None else f"{hold.drift_deg:+.0f}°",
            f"{hold.sway_deg:.1f}°",
            shaking_words(each.tremor),
        )
    return table


def _table(*headings: str) -> Table:
    return Table(*headings, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))


def _seconds(tempo: Tempo | None) -> str:
    if tempo is None:
        return ""
    return f"{tempo.concentric_s:.1f}-{tempo.hold_s:.1f}-{tempo.eccentric_s:.1f} s"


def _reps_table(number: int, each: SetSummary, compared: Comparison | None) -> Table:
    table = _table(f"Set {number}, rep", "From", "Turn", "To", "Alike", TEMPO, "Tilt")
    beside = [()] * len(each.reps) if compared is None else [_beside(r) for r in compared.reps]
    if compared is not None:
        for heading in ("Like good", "Time", "Hold", "Range"):
            table.add_column(heading)
    numbered = enumerate(zip(each.reps, beside, strict=True), start=1)
    rows = [(str(number), rep, cells) for number, (rep, cells) in numbered]
    rows += [("part", rep, ()) for rep in each.partial_reps]
    for name, rep, cells in sorted(rows, key=lambda row: row[1].start_s):
        table.add_row(name, *_rep_cells(rep), *cells)
    return table


def _beside(one: RepComparison) -> tuple[str, ...]:
    """A repetition beside the reference: likeness, then by how much it differs."""
    return (
        f"{max(one.likeness, 0.0):.0%}",
        f"{one.duration_ratio - 1:+.0%}",
        f"{one.hold_s:+.1f} s",
        "" if one.range_ratio is None else f"{one.range_ratio - 1:+.0%}",
    )


def _rep_cells(rep: Rep) -> tuple[str, ...]:
    return (
        clock(rep.start_s),
        clock(rep.turn_s),
        clock(rep.end_s),
        f"{rep.confidence:.0%}",
        _seconds(rep.tempo),
        f"{rep.tilt_deg:.0f}°",
    )
