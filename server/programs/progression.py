"""What comes next for a prescription, by rule: proposed, and waiting for a therapist's approval.

The rule may propose more only after full sessions without trouble. Pain and soreness can only hold
or lower; a lapse proposes a gentle restart. Nothing here changes a dose by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.programs.prescription import Dose, Prescription

CALM_PAIN, CALM_SORENESS, CALM_EFFORT = 1, 3, 7
"""0-10; up to these a session counts as one without trouble. Pain of 0 or 1 is within what repeated
answers of the same person differ by; hard effort (8 and more) is no reason to ask for more."""
HOLDING_PAIN, HOLDING_SORENESS = 3, 5
LOWERING_PAIN, LOWERING_SORENESS = 5, 7
"""From moderate on (most scales put it at 4 or 5) less is proposed; just below, no more."""
LOWERED_SHARE = 0.8
RESTART_AFTER_DAYS = 14
"""Strength is kept for about two weeks without training; after longer a gentle start is safer."""
RESTART_SHARE = 0.6
LOOKED_BACK = 2
"""Sessions whose pain and soreness decide whether to hold or lower."""


class Step(StrEnum):
    """What is proposed."""

    MORE = "more"
    HOLD = "hold"
    LESS = "less"
    RESTART = "restart"


class Reason(StrEnum):
    """Why."""

    FULL_SESSIONS = "full_sessions"
    PAIN = "pain"
    SORENESS = "soreness"
    LAPSE = "lapse"
    AT_CAP = "at_cap"


@dataclass(frozen=True, slots=True)
class Session:
    """What was done of a prescription on one day, and how it felt; None where nobody said.

    full_sets: those with at least the repetitions that were prescribed. soreness: of the day after
    as well. was_stopped: a set ended because it hurt.
    """

    day: date
    full_sets: int
    pain_nrs: int | None = None
    soreness_nrs: int | None = None
    effort_rpe: int | None = None
    was_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to prescribe from now on, and why. sessions: how many the reason rests on."""

    step: Step
    reason: Reason
    dose: Dose
    sessions: int


def propose(prescribed: Prescription, sessions: Sequence[Session], today: date) -> Proposal | None:
    """What the rule proposes; None where there is nothing to propose.

    sessions: those since the prescription's dose is in force, oldest first.
    """
    if not sessions:
        return None
    latest = sessions[-LOOKED_BACK:]
    trouble = _trouble(prescribed, latest)
    if trouble is not None:
        return trouble
    if (today - sessions[-1].day).days >= RESTART_AFTER_DAYS:
        return _changed(prescribed, Step.RESTART, Reason.LAPSE, RESTART_SHARE, 0)
    return _grown(prescribed, sessions)


def _trouble(prescribed: Prescription, latest: Sequence[Session]) -> Proposal | None:
    pain = max((one.pain_nrs or 0 for one in latest), default=0)
    soreness = max((one.soreness_nrs or 0 for one in latest), default=0)
    was_stopped = any(one.was_stopped for one in latest)
    if was_stopped or pain >= LOWERING_PAIN:
        return _changed(prescribed, Step.LESS, Reason.PAIN, LOWERED_SHARE, len(latest))
    if soreness >= LOWERING_SORENESS:
        return _changed(prescribed, Step.LESS, Reason.SORENESS, LOWERED_SHARE, len(latest))
    if pain >= HOLDING_PAIN:
        return Proposal(Step.HOLD, Reason.PAIN, prescribed.dose, len(latest))
    if soreness >= HOLDING_SORENESS:
        return Proposal(Step.HOLD, Reason.SORENESS, prescribed.dose, len(latest))
    return None


def _changed(
    prescribed: Prescription, step: Step, reason: Reason, share: float, sessions: int
) -> Proposal:
    """Fewer repetitions, at least one fewer; of a single one, a set fewer."""
    dose = prescribed.dose
    if dose.reps > 1:
        lowered = Dose(dose.sets, max(1, min(dose.reps - 1, int(dose.reps * share))))
    else:
        lowered = Dose(max(1, dose.sets - 1), 1)
    return Proposal(step, reason, lowered, sessions)


def _grown(prescribed: Prescription, sessions: Sequence[Session]) -> Proposal | None:
    growth = prescribed.growth
    if growth is None or len(sessions) < growth.after_sessions:
        return None
    latest = sessions[-growth.after_sessions :]
    if not all(_is_full_and_calm(one, prescribed.dose) for one in latest):
        return None
    dose = prescribed.dose
    if dose.reps < growth.most_reps:
        more = Dose(dose.sets, min(dose.reps + growth.step_reps, growth.most_reps))
    elif dose.sets < growth.most_sets:
        more = Dose(dose.sets + 1, min(prescribed.first_reps, dose.reps))
    else:
        return Proposal(Step.HOLD, Reason.AT_CAP, dose, len(latest))
    return Proposal(Step.MORE, Reason.FULL_SESSIONS, more, len(latest))


def _is_full_and_calm(one: Session, dose: Dose) -> bool:
    return (
        one.full_sets >= dose.sets
        and not one.was_stopped
        and (one.pain_nrs or 0) <= CALM_PAIN
        and (one.soreness_nrs or 0) <= CALM_SORENESS
        and (one.effort_rpe or 0) <= CALM_EFFORT
    )
