"""The table of exercises for people at a terminal, and as JSON."""

from collections.abc import Iterable
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from detection.events import Tempo
from detection.exercises import Exercise, FirstPhase, Kind, Sides

KIND_WORDS = {Kind.REPETITIONS: "reps", Kind.HOLD: "hold"}
SIDES_IN_SHORT = {
    Sides.BOTH_AT_ONCE: "both",
    Sides.ONE_SIDE: "one",
    Sides.ALTERNATING_EACH: "each",
    Sides.ALTERNATING_PAIR: "pair",
}
"""Short, so that a row of the list fits on a line of 80 letters."""
SIDES_WORDS = {
    Sides.BOTH_AT_ONCE: "both at once",
    Sides.ONE_SIDE: "a set is of one side, the other side is another set",
    Sides.ALTERNATING_EACH: "they take turns, each turn counts one",
    Sides.ALTERNATING_PAIR: "they take turns, left and right together count one",
}
FIRST_WORDS = {FirstPhase.CONCENTRIC: "lifts first", FirstPhase.ECCENTRIC: "lowers first"}


def list_of(exercises: Iterable[Exercise]) -> Table:
    """One row an exercise: what it is called, what counts, where the sensor sits, how slowly."""
    table = Table("Exercise", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("Name", "Counts", "Sides", "Sensor", "Tempo"):
        table.add_column(heading, no_wrap=True)
    for each in exercises:
        table.add_row(
            each.title,
            each.name,
            KIND_WORDS[each.kind],
            SIDES_IN_SHORT[each.sides],
            each.placement.value,
            tempo_words(each.tempo),
        )
    return table


def sheet_of(exercise: Exercise) -> Table:
    """All that is known of one exercise, a row for each thing."""
    table = Table(exercise.title, exercise.name, box=SIMPLE_HEAD, pad_edge=False)
    table.add_row("One is", Text(exercise.repetition))
    table.add_row("Counts", KIND_WORDS[exercise.kind])
    table.add_row("Sides", SIDES_WORDS[exercise.sides])
    table.add_row("Sensor", exercise.placement.value)
    first = FIRST_WORDS[exercise.first_phase]
    table.add_row("Tempo", f"{tempo_words(exercise.tempo)}, {first}")
    table.add_row("Looked for", f"{exercise.fastest_s:g} to {exercise.slowest_s:g} s each")
    if exercise.expected_tilt_deg is not None:
        least_deg, most_deg = exercise.expected_tilt_deg
        table.add_row("Tilts by", f"{least_deg:g} to {most_deg:g}° where the sensor sits")
    table.add_row("Equipment", ", ".join(exercise.equipment))
    table.add_row("Take care", Text("\n".join(exercise.cautions)))
    table.add_row("Sources", Text("\n".join(exercise.sources)))
    return table


def tempo_words(tempo: Tempo) -> str:
    """Seconds to lift, hold and lower, as a therapist writes them: 2-5-2 s."""
    return f"{tempo.concentric_s:g}-{tempo.hold_s:g}-{tempo.eccentric_s:g} s"


def exercise_payload(exercise: Exercise) -> dict[str, object]:
    """One exercise as docs/exercises.md describes it."""
    return {**asdict(exercise), "hold_s": exercise.hold_s}
