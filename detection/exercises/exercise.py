"""What is known of one exercise."""

from dataclasses import dataclass
from enum import StrEnum

from detection.events import Tempo


class Kind(StrEnum):
    """What is counted: repetitions, or the seconds of one held position."""

    REPETITIONS = "repetitions"
    HOLD = "hold"


class Sides(StrEnum):
    """How the two sides of the body share a set, and so what counts one.

    ONE_SIDE: a set is of one side, the other side is another set.
    ALTERNATING_EACH: the sides take turns and each turn counts one.
    ALTERNATING_PAIR: the sides take turns; left and right together count one.
    """

    BOTH_AT_ONCE = "both_at_once"
    ONE_SIDE = "one_side"
    ALTERNATING_EACH = "alternating_each"
    ALTERNATING_PAIR = "alternating_pair"


class FirstPhase(StrEnum):
    """What comes first when rest is left: lifting (a bridge) or lowering (a squat)."""

    CONCENTRIC = "concentric"
    ECCENTRIC = "eccentric"


class Placement(StrEnum):
    """Where a sensor is worn."""

    THIGH = "thigh"
    SHANK = "shank"
    WAIST = "waist"
    WRIST = "wrist"
    ANKLE = "ankle"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise.

    name: as stored with a set; it never changes. title: in English; pages take it from the
        catalogue of their language.
    repetition: in one sentence, what one repetition (or one hold) is.
    placement: where the sensor usually sits, a part of the body that tilts or works in it.
    fastest_s, slowest_s: seconds of one repetition (or hold) that are considered when counting,
        from hurried without a hold to slow with a long one. Wide on purpose: it shuts out the
        wobble inside a repetition and the rhythm across several, it judges nobody's pace.
    tempo: usual seconds of the phases, as the sources say or midway between them; where they say
        only "slowly", 2 s. Where the sides alternate, of one side.
    equipment: what to have at hand. cautions: what to take care of, in plain words.
    sources: who describes it so (detection.exercises.sources).
    expected_tilt_deg: from the least to the most by which a sensor at `placement` tilts between
        rest and end position, where the movement itself says so (a thigh that goes from standing
        to a seat tilts by a right angle); None where it does not.
    """

    name: str
    title: str
    kind: Kind
    sides: Sides
    first_phase: FirstPhase
    repetition: str
    placement: Placement
    fastest_s: float
    slowest_s: float
    tempo: Tempo
    equipment: tuple[str, ...]
    cautions: tuple[str, ...]
    sources: tuple[str, ...]
    expected_tilt_deg: tuple[float, float] | None = None

    @property
    def hold_s(self) -> float | None:
        """Usual seconds in the end position; None where it is not held."""
        return self.tempo.hold_s or None

    @property
    def usual_s(self) -> float:
        """Seconds of one usual repetition, both sides where both together count one."""
        one_way = self.tempo.concentric_s + self.tempo.hold_s + self.tempo.eccentric_s
        return 2 * one_way if self.sides is Sides.ALTERNATING_PAIR else one_way
