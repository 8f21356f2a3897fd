"""The pictures of docs/counting.md: `python -m benchmarks.counting_pictures`.

Drawn from the synthetic body, whose truth is exact; the same code draws the same files.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from benchmarks.options import PICTURES
from benchmarks.stream_picture import DOTS_AN_INCH, EDGE, INK, PAPER
from detection.counting.following import BANDS
from detection.counting.resampling import Grid, GridParams, delay_s
from detection.events import Event, RepEvent, SetCandidate, SetDiscarded, SetEnded, SetStarted
from detection.exercises import exercise_named
from detection.pipeline import Tracker, params_for
from sensors.recording import Recording
from sensors.samples import FloatArray, SampleBlock
from sensors.synthetic import (
    ORDINARY,
    Activity,
    LimbParams,
    SensorParams,
    SetScript,
    TremorScript,
    everyday,
    random_rotation_deg,
    synthesize,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACCENT, WATCH, FAINT = "#0b5f70", "#7a4f00", "#b9b4aa"
AXES = ((ACCENT, "-"), (INK, "--"), (WATCH, "-."))
BLOCK_S = 0.1
RATE_HZ = 50.0
LIMB = LimbParams(rest_up=(0.7, 0.7, 0.1))
BRIDGES = SetScript(
    reps=6, concentric_s=1.5, hold_s=3.0, eccentric_s=2.0, rest_s=1.5, range_deg=30.0, jitter=0.1
)
LIFE = (
    ("a set of squats", None),
    ("walking", Activity.WALKING),
    ("breathing", Activity.BREATHING),
    ("eating", Activity.EATING),
)
SHOWN_S = 40.0


def main() -> None:
    """Draw all of them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, draw in DRAWN.items():
        figure = draw()
        # Without the software's name the same signal gives the same file.
        figure.savefig(PICTURES / name, dpi=DOTS_AN_INCH, metadata={"Software": None})
        print(Path("docs") / "pictures" / name)


def what_is_seen() -> Figure:
    """The signal as it comes, what the counting looks at, and the repetitions found in it."""
    recording = _bridges()
    figure, (raw, low) = _panels(2, 4.6)
    _lines(raw, recording.t_s, recording.acc_ms2)
    raw.set_title("as it comes: six bridges with a shaking leg, m/s²", loc="left", color=INK)
    grid_s, grid_ms2 = _grid(recording)
    _lines(low, grid_s, grid_ms2)
    low.set_title("what the counting sees: below 3 Hz, gravity kept", loc="left", color=INK)
    for event in _events(recording, Tracker()):
        if isinstance(event, SetEnded):
            _shade(low, event)
    low.set_xlabel("seconds", color=INK)
    return figure


def when_it_is_told() -> Figure:
    """The distance from rest, and when each repetition is told."""
    recording = _bridges()
    figure, panels = _panels(2, 5.0)
    choices = (
        ("nothing given: three together, then each as it ends", Tracker()),
        ("the bridge chosen: from the first", Tracker(params_for(exercise_named("bridge")))),
    )
    grid_s, grid_ms2 = _grid(recording)
    away = np.linalg.norm(grid_ms2 - grid_ms2[: (3 * 25)].mean(axis=0), axis=1)
    for axes, (words, tracker) in zip(panels, choices, strict=True):
        axes.plot(grid_s, away / away.max(), color=ACCENT)
        axes.set_title(words, loc="left", color=INK)
        for share in BANDS[0]:
            axes.axhline(share, color=EDGE, lw=0.8, ls=":")
        _mark_counts(axes, _events(recording, tracker))
        axes.set_ylabel("way from rest", color=INK)
        axes.set_ylim(-0.05, 1.35)
    panels[-1].set_xlabel("seconds", color=INK)
    return figure


def what_is_no_set() -> Figure:
    """A set and what else repeats, each with what is said of it."""
    figure, panels = _panels(len(LIFE), 6.6)
    for axes, (words, activity) in zip(panels, LIFE, strict=True):
        recording = _squats() if activity is None else _life(activity)
        grid_s, grid_ms2 = _grid(recording)
        shown = grid_s <= SHOWN_S
        _lines(axes, grid_s[shown], grid_ms2[shown])
        said = _verdict(_events(recording, Tracker()))
        axes.set_title(f"{words}: {said}", loc="left", color=INK)
        axes.margins(y=0.2)
    panels[-1].set_xlabel("seconds", color=INK)
    return figure


DRAWN: dict[str, Callable[[], Figure]] = {
    "counting-seen.png": what_is_seen,
    "counting-told.png": when_it_is_told,
    "counting-no-set.png": what_is_no_set,
}


def _bridges() -> Recording:
    sensor = SensorParams(rate_hz=RATE_HZ, rotation_deg=random_rotation_deg(5))
    tremor = TremorScript(freq_hz=8.0, amp_rms_ms2=0.4)
    return synthesize(BRIDGES, LIMB, sensor, tremor, 5, ORDINARY).recording


def _squats() -> Recording:
    script = SetScript(reps=10, concentric_s=1.2, hold_s=0.3, eccentric_s=1.4, range_deg=60.0)
    return synthesize(
        script, LimbParams(), SensorParams(rate_hz=RATE_HZ), None, 3, ORDINARY
    ).recording


def _life(activity: Activity) -> Recording:
    return everyday(activity, 120.0, SensorParams(rate_hz=RATE_HZ), 3).recording


def _grid(recording: Recording) -> tuple[FloatArray, FloatArray]:
    params = GridParams()
    grid = Grid(recording.rate_hz, params)
    block = SampleBlock(recording.t_s, recording.acc_ms2, recording.rate_hz)
    grid_ms2 = grid.push(block)
    return np.array([grid.time_s(n) for n in range(len(grid_ms2))]) - delay_s(params), grid_ms2


def _events(recording: Recording, tracker: Tracker) -> list[Event]:
    events = [event for block in recording.blocks(BLOCK_S) for event in tracker.push(block)]
    return events + tracker.flush()


def _verdict(events: Sequence[Event]) -> str:
    counts = [len(event.reps) for event in events if isinstance(event, SetEnded)]
    if counts:
        return f"a set of {counts[0]}"
    begun = any(isinstance(event, SetStarted | SetCandidate | SetDiscarded) for event in events)
    return "looked at, no set" if begun else "no set"


def _panels(rows: int, height_inches: float) -> tuple[Figure, "list[Axes]"]:
    figure = Figure(figsize=(9.0, height_inches), facecolor=PAPER, layout="constrained")
    panels = list(np.atleast_1d(figure.subplots(rows, 1, sharex=True)))
    for axes in panels:
        axes.set_facecolor("white")
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(EDGE)
        axes.tick_params(colors=INK)
    return figure, panels


def _lines(axes: "Axes", t_s: FloatArray, acc_ms2: FloatArray) -> None:
    for column, (colour, style) in enumerate(AXES):
        axes.plot(t_s, acc_ms2[:, column], style, color=colour, lw=1.1)


def _shade(axes: "Axes", ended: SetEnded) -> None:
    for number, rep in enumerate(ended.reps, start=1):
        axes.axvspan(rep.start_s, rep.end_s, color=ACCENT, alpha=0.12, lw=0)
        axes.axvline(rep.start_s, color=ACCENT, lw=0.8)
        axes.text(rep.turn_s, 0.96, str(number), color=ACCENT, weight="bold", ha="center",
                  va="top", transform=axes.get_xaxis_transform())  # fmt: skip


def _mark_counts(axes: "Axes", events: Sequence[Event]) -> None:
    """A mark where a count is told; counts told together share one."""
    told: dict[float, list[int]] = {}
    for event in events:
        if isinstance(event, RepEvent):
            told.setdefault(round(event.at_s, 1), []).append(event.count)
    for at_s, counts in told.items():
        axes.plot([at_s], [1.08], "v", color=WATCH, markersize=7)
        words = ", ".join(str(count) for count in counts)
        axes.text(at_s, 1.15, words, color=WATCH, weight="bold", ha="center", va="bottom")
        axes.axvline(at_s, color=FAINT, lw=0.8, zorder=0)


if __name__ == "__main__":
    main()
