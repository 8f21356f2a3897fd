"""One patient's stream followed: tracker and live state together, the same live and in a replay.

Deterministic: the same chunks and commands in the same order give the same states and effects,
which is how a count survives a restart.
"""

from collections.abc import Mapping
from dataclasses import replace

from detection.counting.good_rep import GoodRep
from detection.events import TremorReading
from detection.pipeline import Tracker, TrackerParams, params_for
from sensors.samples import SampleBlock
from server.catalogue import TABLE_ALONE, Catalogue
from server.live.live_set import Effect, LiveSet, Sensor, Step
from server.live.live_steps import (
    after_command,
    after_events,
    after_new_stream,
    after_sensor,
    after_stream,
)
from server.live.set_commands import AdjustCount, EndReason, StartSet, StopSet

GoodReps = Mapping[str, GoodRep]
"""By exercise, what one good repetition of this person is like, on the sensor's side."""
NONE_KNOWN: GoodReps = {}


class SetFollower:
    """Feeds a tracker and keeps the live state; each step returns what has to be stored."""

    def __init__(self, live: LiveSet | None = None, catalogue: Catalogue = TABLE_ALONE) -> None:
        self.live = live or LiveSet()
        self.catalogue = catalogue
        self.params = TrackerParams()
        self.good_reps = NONE_KNOWN
        self._stream_exercise: str | None = None
        self._tracker = Tracker(self.params)

    def begin_stream(
        self, sensor: Sensor, exercise: str | None, good_reps: GoodReps = NONE_KNOWN
    ) -> None:
        """Another recording begins: its time has nothing to do with what was before."""
        self.good_reps = good_reps
        self._stream_exercise = exercise
        self.live = after_sensor(after_new_stream(self.live, exercise), sensor)
        self._expect(self.live.exercise)

    def take_up_stream(
        self,
        sensor: Sensor,
        stream_exercise: str | None,
        set_exercise: str | None,
        good_reps: GoodReps = NONE_KNOWN,
    ) -> None:
        """A recording goes on somewhere in its middle, in or after a set of an exercise."""
        self.good_reps = good_reps
        self._stream_exercise = stream_exercise
        self.live = LiveSet(sensor=sensor, exercise=set_exercise)
        self._expect(set_exercise)

    def leave_stream(self) -> None:
        """No recording comes in any more."""
        self.live = after_stream(self.live)

    def see_sensor(self, sensor: Sensor) -> None:
        """The sensor or its link changed."""
        self.live = after_sensor(self.live, sensor)

    def push(self, block: SampleBlock) -> tuple[Effect, ...]:
        """Take the next samples."""
        events = self._tracker.push(block)
        return self._take(after_events(self.live, events, float(block.t_s[-1])))

    def obey(self, command: StartSet | StopSet | AdjustCount) -> tuple[Effect, ...]:
        """Do what the patient said; a start or stop ends the tracker's view and begins a new one.

        Raises NothingToAdjust.
        """
        flushed: tuple[Effect, ...] = ()
        if isinstance(command, StopSet):
            flushed = self._flush(EndReason(command.reason))
        elif isinstance(command, StartSet):
            is_own_set = self.live.was_started
            flushed = self._flush(EndReason.OTHER) if is_own_set else self._flush_windows()
            command = command.model_copy(
                update={"exercise": command.exercise or self._stream_exercise}
            )
            self._expect(command.exercise)
        return flushed + self._take(after_command(self.live, command))

    def end_stream(self) -> tuple[Effect, ...]:
        """The recording is over: what is open ends as the tracker sees it."""
        return self._flush(EndReason.DETECTED)

    def _flush(self, reason: EndReason) -> tuple[Effect, ...]:
        events = self._tracker.flush()
        self._tracker = Tracker(self.params)
        live = replace(self.live, ending=reason)
        effects = self._take(after_events(live, events, live.stream_s))
        self.live = replace(self.live, ending=EndReason.DETECTED)
        return effects

    def _flush_windows(self) -> tuple[Effect, ...]:
        """Finish the shaking of the set before; movement since then belongs to no set."""
        windows = [one for one in self._tracker.flush() if isinstance(one, TremorReading)]
        return self._take(after_events(self.live, windows, self.live.stream_s))

    def _expect(self, exercise: str | None) -> None:
        """Begin to look afresh, for an exercise where one is named and known."""
        self.params = expecting(exercise, self.good_reps, self.catalogue)
        self._tracker = Tracker(self.params)

    def _take(self, step: Step) -> tuple[Effect, ...]:
        self.live = step.live
        return step.effects


def expecting(exercise: str | None, good_reps: GoodReps, catalogue: Catalogue) -> TrackerParams:
    """How to look for an exercise by its name, of a person of whom good repetitions are known."""
    if exercise is None:
        return TrackerParams()
    return params_for(catalogue.find(exercise), good_reps.get(exercise))
