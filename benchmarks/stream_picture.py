"""The work for each block over a long stream, as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

PAPER, INK, EDGE = "#f5f3ee", "#1b2528", "#7d786f"
STYLES = (("#0b5f70", "o"), ("#7a4f00", "s"))
"""Colours of the program's own charts; shape beside colour."""
SIZE_INCHES = (7.5, 3.6)
DOTS_AN_INCH = 90
HEADROOM = 1.25
"""The scale begins at zero, so that a rise is seen as large as it is, and ends this far above."""


@dataclass(frozen=True, slots=True)
class Course:
    """Milliseconds of blocks of one length: (hours,) median and 99th percentile of each hour."""

    block_s: float
    hours: tuple[int, ...] = ()
    median_ms: tuple[float, ...] = ()
    most_ms: tuple[float, ...] = ()


def draw(picture: Path, courses: Sequence[Course]) -> None:
    """Write a PNG with one line for each course's median and 99th percentile. Raises OSError."""
    figure = Figure(figsize=SIZE_INCHES, facecolor=PAPER, layout="constrained")
    axes = figure.add_subplot(facecolor="white")
    for course, (colour, shape) in zip(courses, STYLES, strict=True):
        name = f"blocks of {course.block_s:g} s"
        axes.plot(course.hours, course.most_ms, shape + "--", color=colour, label=f"{name}, 99 %")
        axes.plot(
            course.hours, course.median_ms, shape + "-", color=colour, label=f"{name}, median"
        )
    highest = max((value for course in courses for value in course.most_ms), default=1.0)
    axes.set_ylim(0, HEADROOM * highest)
    axes.set_xlabel("hour of the stream", color=INK)
    axes.set_ylabel("processor time of a block, ms", color=INK)
    axes.grid(axis="y", color=EDGE, alpha=0.3)
    axes.legend(ncols=len(courses), fontsize="small", frameon=False, loc="upper center")
    # Without the software's name the same figures give the same file.
    figure.savefig(picture, dpi=DOTS_AN_INCH, metadata={"Software": None})
