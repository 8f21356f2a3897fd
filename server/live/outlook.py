"""What the tracker believes beyond the count: that a set may have begun, or that it pauses."""

from enum import StrEnum

from detection.events import (
    CandidateDropped,
    RepCorrection,
    RepEvent,
    SetCandidate,
    SetDiscarded,
    SetPaused,
    SetStarted,
)

SetLife = (
    SetCandidate
    | CandidateDropped
    | SetStarted
    | SetPaused
    | RepEvent
    | RepCorrection
    | SetDiscarded
)
"""What is said of a set that has not ended."""


class Outlook(StrEnum):
    """As pages are told it; `none` where the count says all."""

    NONE = "none"
    CANDIDATE = "candidate"
    PAUSED = "paused"


def outlook_after(before: Outlook, event: SetLife) -> Outlook:
    """The outlook once the tracker has said this; a correction is no movement and ends no pause."""
    match event:
        case SetCandidate():
            return Outlook.CANDIDATE
        case SetPaused():
            return Outlook.PAUSED
        case RepCorrection():
            return before
        case _:
            return Outlook.NONE
