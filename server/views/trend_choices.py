"""Which exercise, side and phase a trend is shown of: of those that have measured sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from detection.tremor.phases import RepPhase
from server.store.trends import TremorTrend, TrendChoice
from server.views import phrases
from server.words import Words

Chosen = tuple[str | None, str | None]
"""Exercise and side; None where it was not said."""


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A link to one trend."""

    href: str
    label: str
    is_here: bool


def chosen_trend(
    choices: Sequence[TrendChoice], exercise: str | None, side: str | None
) -> Chosen | None:
    """What the address asks for, the commonest otherwise; None where nothing was measured.

    In an address "" stands for what was not said.
    """
    asked = (exercise or None, side or None)
    known = [(choice.exercise, choice.side) for choice in choices]
    if exercise is not None and asked in known:
        return asked
    return known[0] if known else None


def chosen_phase(phase: str | None) -> RepPhase | None:
    """The phase that the address asks for; None, for whole sets, where it is none."""
    return next((known for known in RepPhase if known == phase), None)


def choice_views(
    choices: Sequence[TrendChoice], chosen: Chosen | None, words: Words
) -> tuple[ChoiceView, ...]:
    """The links, the commonest first."""
    return tuple(
        ChoiceView(
            _address(choice.exercise, choice.side, None),
            phrases.exercise_on_side(choice.exercise, choice.side, words),
            (choice.exercise, choice.side) == chosen,
        )
        for choice in choices
    )


def phase_views(found: TremorTrend, words: Words) -> tuple[ChoiceView, ...]:
    """The links to the shaking of whole sets and of each phase; none where no phase is known."""
    if not found.phases:
        return ()
    return tuple(
        ChoiceView(
            _address(found.exercise, found.side, phase),
            words("trend.whole_sets" if phase is None else f"set.phase.{phase}"),
            phase is found.phase,
        )
        for phase in (None, *found.phases)
    )


def _address(exercise: str | None, side: str | None, phase: RepPhase | None) -> str:
    asked = {"exercise": exercise or "", "side": side or ""}
    return "?" + urlencode(asked if phase is None else {**asked, "phase": phase})
