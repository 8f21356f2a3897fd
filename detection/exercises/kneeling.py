"""Exercises on hands and knees, or on forearms and toes."""

from detection.events import Tempo
from detection.exercises import sources
from detection.exercises.exercise import Exercise, FirstPhase, Kind, Placement, Sides

KNEELING = (
    Exercise(
        name="cat-cow",
        title="Cat-cow",
        kind=Kind.REPETITIONS,
        sides=Sides.BOTH_AT_ONCE,
        first_phase=FirstPhase.CONCENTRIC,
        repetition="The back is rounded upwards, held, and let sink until it is hollow.",
        placement=Placement.WAIST,
        fastest_s=2.0,
        slowest_s=24.0,
        tempo=Tempo(2.0, 3.0, 2.0),
        equipment=("mat", "knee pads"),
        cautions=("Move slowly and only as far as it is comfortable.",),
        sources=(sources.BOURNEMOUTH, sources.MAYO_BACK),
    ),
    Exercise(
        name="bird-dog",
        title="Bird-dog",
        kind=Kind.REPETITIONS,
        sides=Sides.ALTERNATING_EACH,
        first_phase=FirstPhase.CONCENTRIC,
        repetition="One leg and the opposite arm are stretched out and come back; the others are "
        "next.",
        placement=Placement.THIGH,
        fastest_s=1.5,
        slowest_s=24.0,
        tempo=Tempo(2.0, 6.0, 2.0),
        equipment=("mat", "knee pads"),
        cautions=(
            "Keep the back level; do not let the hip drop or the low back sag.",
            "Begin with the leg alone where both together are too hard.",
        ),
        sources=(
            sources.HEALTHWISE_BIRD_DOG,
            sources.MAYO_BIRD_DOG,
            sources.BOURNEMOUTH,
            sources.CALLAGHAN,
        ),
        expected_tilt_deg=(40.0, 120.0),
    ),
    Exercise(
        name="plank",
        title="Plank",
        kind=Kind.HOLD,
        sides=Sides.BOTH_AT_ONCE,
        first_phase=FirstPhase.CONCENTRIC,
        repetition="The body is lifted onto forearms and toes and stays straight for the hold.",
        placement=Placement.WAIST,
        fastest_s=5.0,
        slowest_s=120.0,
        tempo=Tempo(2.0, 20.0, 2.0),
        equipment=("mat",),
        cautions=(
            "Put the knees down when the hips begin to sag.",
            "Keep breathing; with high blood pressure ask first whether long holds suit you.",
        ),
        sources=(sources.BOURNEMOUTH, sources.AAOS_SPINE, sources.KLIKA),
        expected_tilt_deg=(5.0, 45.0),
    ),
)
