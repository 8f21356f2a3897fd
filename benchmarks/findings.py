"""What the program finds in a recording, to the digits in which `steadyrep analyze` prints it."""

from dataclasses import dataclass, replace

from detection.events import Event, TremorReading, TremorWindow
from detection.pipeline import Tracker
from detection.scoring.live import Shown, what_was_shown
from detection.scoring.sets import FoundRep, FoundSet
from detection.summary import SetSummary, summarise
from sensors.recording import Recording
from server.analyze.analysis import REPLAY_BLOCK_S, heard_at_s
from server.analyze.payloads import set_payload, window_payload


@dataclass(frozen=True, slots=True)
class Findings:
    """Sets, final windows of shaking, and how the running count went."""

    sets: tuple[FoundSet, ...]
    windows: tuple[TremorWindow, ...]
    shown: Shown


def findings(recording: Recording, tracker: Tracker) -> Findings:
    """Follow a recording from its first sample to its last with a fresh tracker."""
    events: list[Event] = []
    for block in recording.blocks(REPLAY_BLOCK_S):
        events += tracker.push(block)
    events += tracker.flush()
    return Findings(
        tuple(_found(recording, each) for each in summarise(events)),
        tuple(_printed(e.window) for e in events if isinstance(e, TremorReading) and e.is_final),
        what_was_shown(events),
    )


def _found(recording: Recording, summary: SetSummary) -> FoundSet:
    heard_s = [heard_at_s(recording, rep.counted_at_s) for rep in summary.reps]
    printed = set_payload(summary, heard_s)
    reps = (
        FoundRep(each["start_s"], each["turn_s"], each["end_s"], each["emitted_s"])
        for each in printed["reps"]
    )
    return FoundSet(printed["start_s"], printed["end_s"], tuple(reps))


def _printed(window: TremorWindow) -> TremorWindow:
    printed = window_payload(window)
    return replace(
        window,
        start_s=printed["start_s"],
        end_s=printed["end_s"],
        amp_rms_ms2=printed["amp_rms_ms2"],
        freq_hz=printed["freq_hz"],
    )
