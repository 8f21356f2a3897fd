"""The recordings of a patient that come in now: one, or two from sensors worn in two places.

Each is followed, counted and kept on its own, and what two sensors count is never added up. The one
*in front* is the one on the page: its count is the large number, and ±1 corrects it. The one
*beside* it is shown as such. Starts and stops are for both: there is one patient. Who is in front
stays there until the other one counts and it does not, so that a set that has just ended is not
taken off the page by a sensor that has nothing to show.
"""

from dataclasses import dataclass

from server.live.admission import is_fresh
from server.live.following import Following
from server.live.live_set import SetPhase
from server.store.recordings import Recording

SAME_SENSOR = "another recording of this patient is coming in from the same sensor: end it first"
SAME_PLACE = (
    "another recording of this patient is coming in, and its sensor may be worn at the same place: "
    "end it first, or say for both where they are worn (placement, side)"
)
TWO_ALREADY = "two other recordings of this patient are coming in: end one of them first"


@dataclass(slots=True)
class LivePair:
    """What is followed live; `front` has no recording where taps alone are counted."""

    front: Following
    beside: Following | None = None

    @property
    def both(self) -> tuple[Following, ...]:
        """The one in front, then the one beside it if there is one."""
        return (self.front,) if self.beside is None else (self.front, self.beside)

    @property
    def coming_in(self) -> tuple[tuple[Following, Recording], ...]:
        """Those that follow a recording, with it."""
        return tuple((one, one.recording) for one in self.both if one.recording is not None)

    def bring_forward(self) -> None:
        """Put the one beside in front if it counts and the front does not, or has nothing at all.

        A front without a recording that goes to the back has nothing to say any more.
        """
        if self.beside is None or not _gives_way(self.front, self.beside):
            return
        behind = self.front if self.front.recording is not None else None
        self.front, self.beside = self.beside, behind

    def kept_out(self, new: Recording, now_s: float) -> str | None:
        """Why a recording cannot come in beside what comes in at this moment; None: it can."""
        fresh = [known for one, known in self.coming_in if is_fresh(one, now_s)]
        for known in fresh:
            if _sensor(known) == _sensor(new):
                return SAME_SENSOR
            if not _is_elsewhere(known, new):
                return SAME_PLACE
        return TWO_ALREADY if len(fresh) > 1 else None

    def in_the_way(self, new: Recording, now_s: float) -> tuple[Following, ...]:
        """Which have to be left for a recording that is not kept out; none of them is fresh."""
        same = tuple(one for one, known in self.coming_in if not _is_apart(known, new))
        if same or len(self.coming_in) < 2:
            return same
        silent = [one for one in self.both if not is_fresh(one, now_s)]
        return (min(silent, key=lambda one: one.heard_at_s),)


def _gives_way(front: Following, beside: Following) -> bool:
    if front.live.phase is SetPhase.COUNTING:
        return False
    has_nothing = front.recording is None and front.live.phase in (SetPhase.IDLE, SetPhase.READY)
    return has_nothing or beside.live.phase is SetPhase.COUNTING


def _sensor(recording: Recording) -> tuple[str, str]:
    """Which sensor it was: known by what it calls itself, for addresses change."""
    return recording.sensor_kind, recording.sensor_serial or recording.sensor_name


def _is_apart(one: Recording, other: Recording) -> bool:
    return _sensor(one) != _sensor(other) and _is_elsewhere(one, other)


def _is_elsewhere(one: Recording, other: Recording) -> bool:
    """Whether they are worn in two places for sure: what is not said may be the same."""
    said = ((one.placement, other.placement), (one.side, other.side))
    return any(here is not None and there is not None and here != there for here, there in said)
