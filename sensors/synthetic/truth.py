"""What really happened in a synthetic recording, on the timeline of its samples."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from sensors.recording import Recording


class Phase(StrEnum):
    """The part of a repetition that a moment belongs to."""

    CONCENTRIC = "concentric"
    HOLD = "hold"
    ECCENTRIC = "eccentric"


@dataclass(frozen=True, slots=True)
class RepTruth:
    """One repetition: leaves rest at `start_s`, holds the end position, is back at `end_s`.

    tilt_deg: change of the direction of gravity in the limb between rest and end position.
    is_partial: turned back early, and is not to be counted.
    is_other_side: done by the other limb, and felt here only in part.
    """

    start_s: float
    hold_start_s: float
    hold_end_s: float
    end_s: float
    tilt_deg: float
    is_partial: bool = False
    is_other_side: bool = False

    @property
    def turn_s(self) -> float:
        """The middle of the end position."""
        return (self.hold_start_s + self.hold_end_s) / 2

    def phase_s(self, phase: Phase) -> tuple[float, float]:
        """When a phase begins and ends."""
        return {
            Phase.CONCENTRIC: (self.start_s, self.hold_start_s),
            Phase.HOLD: (self.hold_start_s, self.hold_end_s),
            Phase.ECCENTRIC: (self.hold_end_s, self.end_s),
        }[phase]

    def shifted(self, by_s: float) -> "RepTruth":
        """The same repetition, later."""
        return replace(
            self,
            start_s=self.start_s + by_s,
            hold_start_s=self.hold_start_s + by_s,
            hold_end_s=self.hold_end_s + by_s,
            end_s=self.end_s + by_s,
        )


@dataclass(frozen=True, slots=True)
class TremorSpan:
    """Shaking of `amp_rms_ms2` (m/s² RMS over all axes) in `[start_s, end_s)`."""

    start_s: float
    end_s: float
    amp_rms_ms2: float
    freq_hz: float

    def shifted(self, by_s: float) -> "TremorSpan":
        """The same shaking, later."""
        return replace(self, start_s=self.start_s + by_s, end_s=self.end_s + by_s)


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that a detector should find: sets of repetitions, and shaking."""

    sets: tuple[tuple[RepTruth, ...], ...] = ()
    tremor: tuple[TremorSpan, ...] = ()

    @property
    def counts(self) -> tuple[int, ...]:
        """For each set, the repetitions to be counted."""
        return tuple(sum(not rep.is_partial for rep in reps) for reps in self.sets)

    def shifted(self, by_s: float) -> "Truth":
        """The same, later."""
        return Truth(
            tuple(tuple(rep.shifted(by_s) for rep in reps) for reps in self.sets),
            tuple(span.shifted(by_s) for span in self.tremor),
        )


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Samples and the truth beside them."""

    recording: Recording
    truth: Truth


def join(*pieces: Synthetic, blend_s: float = 0.6) -> Synthetic:
    """Pieces one after the other as one recording, such as a walk, a set, a rest and a set.

    The acceleration glides from each piece into the next for `blend_s`, as when posture changes.
    All pieces must have the same rate; what is known of the sensor is taken from the first.
    """
    if len({piece.recording.rate_hz for piece in pieces}) != 1:
        raise ValueError("pieces must be at least one, and share one rate")
    first = pieces[0].recording
    t_s, acc_ms2 = [first.t_s], [first.acc_ms2]
    truth = pieces[0].truth
    for piece in pieces[1:]:
        later = piece.recording
        by_s = float(t_s[-1][-1] + 1 / first.rate_hz - later.t_s[0])
        share = np.clip((later.t_s - later.t_s[0]) / blend_s, 0, 1)[:, np.newaxis]
        t_s.append(later.t_s + by_s)
        acc_ms2.append(share * later.acc_ms2 + (1 - share) * acc_ms2[-1][-1])
        moved = piece.truth.shifted(by_s)
        truth = Truth(truth.sets + moved.sets, truth.tremor + moved.tremor)
    whole = Recording(np.concatenate(t_s), np.concatenate(acc_ms2), first.rate_hz, first.info)
    return Synthetic(whole, truth)
