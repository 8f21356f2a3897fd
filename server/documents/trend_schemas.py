"""A tremor trend as the API shows it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from detection.tremor.phases import RepPhase
from detection.trend import Baseline, SessionLevel, TrendEdge, TrendVerdict
from server.catalogue import Catalogue
from server.live.live_state import ExerciseView, exercise_view
from server.store.trends import StoredSession, TremorTrend, TrendChoice


class ChoiceDocument(BaseModel):
    """An exercise and side that a trend can be shown of."""

    exercise: ExerciseView | None
    side: str | None
    sets: int


class SessionView(BaseModel):
    """One day: measured, below_floor (then the amplitude is an upper bound) or unknown (null)."""

    day: date
    level: SessionLevel
    amp_rms_ms2: float | None
    set_ids: tuple[UUID, ...]


class EdgeView(BaseModel):
    """The line at one end of a baseline, with its 95 % interval; m/s² RMS."""

    day: date
    amp_rms_ms2: float
    low_ms2: float
    high_ms2: float


class BaselineView(BaseModel):
    """Sessions that may be compared; no line joins two baselines."""

    started_because: str
    first_day: date
    last_day: date
    edges: tuple[EdgeView, EdgeView] | None
    band_ms2: tuple[float, float] | None
    single_session_pct: float
    verdict: TrendVerdict
    sentence: str


class TrendDocument(BaseModel):
    """Shaking over weeks, and whether it changed by more than chance explains.

    phase: null for the shaking of whole sets; phases: those that may be asked for.
    """

    exercise: ExerciseView | None
    side: str | None
    phase: RepPhase | None
    phases: tuple[RepPhase, ...]
    choices: list[ChoiceDocument]
    sessions: list[SessionView]
    baselines: list[BaselineView]
    verdict: TrendVerdict
    sentence: str


def trend_document(
    judged: TremorTrend, choices: list[TrendChoice], catalogue: Catalogue
) -> TrendDocument:
    """A trend for a chart and its words."""
    return TrendDocument(
        exercise=exercise_view(judged.exercise, catalogue),
        side=judged.side,
        phase=judged.phase,
        phases=judged.phases,
        choices=[
            ChoiceDocument(
                exercise=exercise_view(one.exercise, catalogue), side=one.side, sets=one.sets
            )
            for one in choices
        ],
        sessions=[_session_view(one) for one in judged.sessions],
        baselines=[_baseline_view(one) for one in judged.trend.baselines],
        verdict=judged.trend.verdict,
        sentence=judged.trend.sentence,
    )


def _session_view(one: StoredSession) -> SessionView:
    return SessionView(
        day=one.day,
        level=one.session.level,
        amp_rms_ms2=one.session.amp_rms_ms2,
        set_ids=one.set_ids,
    )


def _baseline_view(one: Baseline) -> BaselineView:
    return BaselineView(
        started_because=one.started_because,
        first_day=_date(one.sessions[0].day),
        last_day=_date(one.sessions[-1].day),
        edges=None if one.edges is None else (_edge_view(one.edges[0]), _edge_view(one.edges[1])),
        band_ms2=one.band_ms2,
        single_session_pct=one.single_session_pct,
        verdict=one.verdict,
        sentence=one.sentence,
    )


def _edge_view(edge: TrendEdge) -> EdgeView:
    return EdgeView(
        day=_date(edge.day),
        amp_rms_ms2=edge.amp_rms_ms2,
        low_ms2=edge.low_ms2,
        high_ms2=edge.high_ms2,
    )


def _date(day: float) -> date:
    return date.fromordinal(int(day))
