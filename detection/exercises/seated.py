"""Exercises that begin on a chair."""

from detection.events import Tempo
from detection.exercises import sources
from detection.exercises.exercise import Exercise, FirstPhase, Kind, Placement, Sides

SEATED = (
    Exercise(
        name="knee-extension",
        title="Seated knee extension",
        kind=Kind.REPETITIONS,
        sides=Sides.ONE_SIDE,
        first_phase=FirstPhase.CONCENTRIC,
        repetition="One lower leg is lifted until the knee is straight, and lowered.",
        placement=Placement.ANKLE,
        fastest_s=1.2,
        slowest_s=24.0,
        tempo=Tempo(2.0, 1.0, 4.0),
        equipment=("chair", "band"),
        cautions=("Do not swing the leg up.", "Keep the thigh on the chair."),
        sources=(sources.GROWING_STRONGER, sources.AAOS_KNEE, sources.BENNELL),
        expected_tilt_deg=(30.0, 110.0),
    ),
    Exercise(
        name="sit-to-stand",
        title="Sit to stand",
        kind=Kind.REPETITIONS,
        sides=Sides.BOTH_AT_ONCE,
        first_phase=FirstPhase.CONCENTRIC,
        repetition="One stands up from the chair and sits down again.",
        placement=Placement.THIGH,
        fastest_s=1.5,
        slowest_s=15.0,
        tempo=Tempo(2.0, 1.0, 3.0),
        equipment=("chair",),
        cautions=(
            "Use a solid chair without wheels, its back against a wall.",
            "Sit down slowly; do not drop. Use the hands where you need them.",
        ),
        sources=(sources.CDC_CHAIR_RISE, sources.NHS_STRENGTH, sources.NHS_TAYSIDE),
        expected_tilt_deg=(45.0, 120.0),
    ),
)
