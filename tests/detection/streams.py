"""Feeding the core from a recording, cut into blocks as a test wishes."""

from collections.abc import Iterable, Sequence

from detection.events import Event, SetEnded
from detection.pipeline import Tracker, one_set_tracker
from sensors.recording import Recording
from sensors.samples import SampleBlock


def blocks(recording: Recording, sizes: Iterable[int]) -> list[SampleBlock]:
    """Cut a recording into blocks of the given numbers of samples; the rest is the last block."""
    cut, first = [], 0
    for size in [*sizes, len(recording.t_s)]:
        last = min(first + size, len(recording.t_s))
        cut.append(
            SampleBlock(recording.t_s[first:last], recording.acc_ms2[first:last], recording.rate_hz)
        )
        first = last
    return cut


def events_of(
    recording: Recording, sizes: Sequence[int] = (), tracker: Tracker | None = None
) -> list[Event]:
    """Everything the core says of a recording."""
    tracker = tracker or Tracker()
    events = [event for block in blocks(recording, sizes) for event in tracker.push(block)]
    return events + tracker.flush()


def sets_of(events: Iterable[Event]) -> list[SetEnded]:
    return [event for event in events if isinstance(event, SetEnded)]


def counts(recording: Recording) -> list[int]:
    """Repetitions of each set found, nothing given."""
    return [len(ended.reps) for ended in sets_of(events_of(recording))]


def count_given(recording: Recording) -> int:
    """Repetitions when all of a recording is known to be one set."""
    (ended,) = sets_of(events_of(recording, tracker=one_set_tracker()))
    return len(ended.reps)
