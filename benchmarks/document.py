"""Results kept as JSON, and the document rendered from it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import Machine
from benchmarks.options import PROJECT
from benchmarks.tables import Table, markdown

RESULTS = PROJECT / "docs" / "benchmarks.json"
DOCUMENT = PROJECT / "docs" / "BENCHMARKS.md"
TITLES = {
    "headline": "Headline figures",
    "score": "How well it counts and measures",
    "grid": "How well it counts where the truth is exact",
    "peers": "Beside other ways of counting",
    "tremor-peers": "Shaking beside peers",
    "trend": "Change over weeks, simulated",
    "speed": "Speed",
    "stream": "A long stream",
    "memory": "Memory",
    "startup": "Start-up",
    "devices": "Devices, and the way to the page",
    "faults": "Faults at random",
    "load": "The server under load, and killed",
    "power-cut": "The power fails",
    "long": "Half a day in one file",
}
"""Headings by part, in the document's order."""
PICTURES = {"stream": ("The work for each block, hour by hour", "pictures/work-per-block.png")}
"""What a part draws beside its tables: its words, and the file as seen from the document."""
INTRODUCTION = """# Benchmarks

Written by `make bench` (`python -m benchmarks`); results stay in `benchmarks.json`, and
`--only PART…` measures parts anew and keeps the others. Do not edit.

| part | measures |
| --- | --- |
| `headline` | the figures that `make bench-check` guards; needs no recordings |
| `score` | counting and shaking against annotated recordings (`--recordings DIR`) |
| `grid` | counting over synthetic sets and everyday life (`--grid-cells N`, `--everyday-hours H`) |
| `peers` | other ways of counting on the same signals, annotated ones where at hand |
| `trend` | verdicts on simulated patients whose shaking stays or falls (`--patients N`) |
| `speed` | seconds of signal that one core follows in a second |
| `stream` | work for each block over a stream of hours (`--stream-hours H`) |
| `memory` | what one live stream holds |
| `startup` | whole short processes |
| `devices` | decoders, fuzzed (`--fuzz N`); from a sensor's packet to a page; links lost and back |
| `faults` | collector, way and server under random faults (`--schedules N`) |
| `load` | live streams on one server, and a server that is killed (`--kills N`) |
| `power-cut` | what is on the disk when the power fails; needs strace |
| `long` | twelve hours in one file; takes minutes, only with `--long` |

The data sets: *bilkent*, physiotherapy exercises on leg, trunk and arm, 25 Hz (Yurtman & Barshan
2014, Physical Therapy Exercises); *mex*, low-back exercises with a sensor on the thigh (Wijekoon et
al. 2019, MEx); *ulift*, whole gym sessions on the wrist (Lim, Oh & Choi 2024, uLift); *daphnet*,
walking with freezing of gait (Baechlin et al. 2010, Daphnet); *phonetremor*, a phone in the hand.
They are not part of the project.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """One part, as measured: when, how, on what, and the tables."""

    date: str
    command: str
    algorithm: str
    machine: Machine
    tables: tuple[Table, ...]


def read_sections(path: Path = RESULTS) -> dict[str, Section]:
    """Return the parts measured so far; none where the file is missing."""
    if not path.is_file():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {
        part: Section(
            date=known["date"],
            command=known["command"],
            algorithm=known["algorithm"],
            machine=Machine(**known["machine"]),
            tables=tuple(_table(each) for each in known["tables"]),
        )
        for part, known in kept.items()
    }


def write_sections(
    sections: dict[str, Section], results: Path = RESULTS, document: Path = DOCUMENT
) -> None:
    """Keep the parts and render the document from them."""
    kept = {part: asdict(sections[part]) for part in TITLES if part in sections}
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    results.write_text(text + "\n", encoding="utf-8")
    document.write_text(render(sections, document.parent), encoding="utf-8")


def render(sections: dict[str, Section], folder: Path = DOCUMENT.parent) -> str:
    """Return the document as it lies in a folder, with the pictures that are there."""
    parts = [_part(part, sections.get(part), folder) for part in TITLES]
    return "\n".join([INTRODUCTION, *parts])


def _part(part: str, section: Section | None, folder: Path) -> str:
    title = TITLES[part]
    if section is None:
        return f"## {title}\n\nNot measured yet.\n"
    machine = section.machine
    about = (
        f"`{section.command}` on {section.date}, algorithm {section.algorithm}; "
        f"{machine.processor}, {machine.cores} cores, {machine.system}, {machine.python}, "
        f"numpy {machine.numpy}, scipy {machine.scipy}."
    )
    tables = "\n".join(markdown(table) for table in section.tables)
    return f"## {title}\n\n{about}\n\n{_picture(part, folder)}{tables}"


def _picture(part: str, folder: Path) -> str:
    """The part's picture, once it is drawn."""
    words, file = PICTURES.get(part, ("", ""))
    return f"![{words}]({file})\n\n" if file and (folder / file).is_file() else ""


def _table(known: dict[str, Any]) -> Table:
    return Table(
        title=known["title"],
        meaning=known["meaning"],
        columns=tuple(known["columns"]),
        rows=tuple(tuple(row) for row in known["rows"]),
    )
