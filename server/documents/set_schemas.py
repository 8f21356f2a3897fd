"""Sets as the API shows them."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from detection.events import Rep, TremorStatus, TremorWindow
from detection.reference import Comparison, RepComparison
from detection.tremor.phases import PhaseShaking, RepPhase, ShakingCourse
from server.catalogue import Catalogue
from server.good_sets import Compared
from server.live.live_state import ExerciseView, exercise_view
from server.store.good_sets import GoodSet
from server.store.sets import StoredSet
from server.store.shaking import Settled, SetTremor
from server.tilt import TiltSignal


class SensorRef(BaseModel):
    """Which sensor saw the set."""

    name: str
    kind: str


class TremorView(BaseModel):
    """The shaking of a set; medians over the windows with tremor, fractions of all windows."""

    status: TremorStatus
    reason: str
    amp_rms_ms2: float | None
    amp_low_ms2: float | None
    amp_high_ms2: float | None
    displacement_mm: float | None
    freq_hz: float | None
    freq_spread_hz: float | None
    bandwidth_hz: float | None
    band_rms_ms2: float | None
    contrast_db: float | None
    confidence: float | None
    noise_floor_ms2: float | None
    tremor_fraction: float | None
    none_fraction: float | None
    unknown_fraction: float | None
    below_floor_fraction: float | None


class SetDocument(BaseModel):
    """A set. `reps` is the count to show; auto_reps is null where no sensor counted.

    algorithm_version made the shaking and the repetitions; recounted_reps is what it counts, where
    it is a later one than counted at the time.
    """

    id: UUID
    started_at: AwareDatetime
    duration_s: float | None
    exercise: ExerciseView | None
    placement: str | None
    side: str | None
    target_reps: int | None
    auto_reps: int | None
    confirmed_reps: int | None
    reps: int | None
    end_reason: str
    confidence: float | None
    flags: tuple[str, ...]
    sensor: SensorRef | None
    algorithm_version: str
    recounted_reps: int | None
    tremor: TremorView | None


class TempoView(BaseModel):
    """Seconds of a repetition's phases."""

    concentric_s: float
    hold_s: float
    eccentric_s: float


class RepView(BaseModel):
    """One repetition, in stream seconds."""

    start_s: float
    turn_s: float
    end_s: float
    tempo: TempoView
    tilt_deg: float
    confidence: float
    counted_at_s: float


class WindowView(BaseModel):
    """Shaking in one window, in stream seconds."""

    start_s: float
    end_s: float
    status: TremorStatus
    amp_rms_ms2: float | None
    amp_low_ms2: float | None
    amp_high_ms2: float | None
    displacement_mm: float | None
    freq_hz: float | None
    bandwidth_hz: float | None
    band_rms_ms2: float | None
    contrast_db: float | None
    confidence: float | None
    noise_floor_ms2: float | None
    reason: str


class PhaseView(BaseModel):
    """Shaking in one phase over all repetitions."""

    phase: RepPhase
    status: TremorStatus
    reason: str
    amp_rms_ms2: float | None
    freq_hz: float | None


class CourseView(BaseModel):
    """Shaking over the repetitions in the phases that shake; its slope with a 95 % interval."""

    amp_rms_ms2: tuple[float | None, ...]
    slope_log10: float
    low_log10: float
    high_log10: float


class SettledView(BaseModel):
    """What is known seconds after the set's end: how its samples came, shaking by phase.

    phases is empty where it cannot be measured; course is null where no phase shakes.
    """

    effective_rate_hz: float | None
    jitter_ms: float | None
    gap_s: float
    phases: list[PhaseView]
    course: CourseView | None


class TiltView(BaseModel):
    """Degrees from the posture at rest, over stream seconds."""

    t_s: list[float]
    tilt_deg: list[float]


class BesideView(BaseModel):
    """A repetition beside the good set's, or the medians of a set.

    likeness: 0..1 of the movement, wherever the strap sits. duration_ratio and range_ratio: over
    the good set's; hold_s: less the good set's.
    """

    likeness: float
    duration_ratio: float
    hold_s: float
    range_ratio: float | None


class GoodSetView(BaseModel):
    """The good set of the same exercise, side and placement, kept by a therapist."""

    set_id: UUID
    kept_at: AwareDatetime


class ComparisonView(BaseModel):
    """A set beside the good one; medians and reps are null where nothing can be compared.

    They are null for the good set itself, too.
    """

    good_set: GoodSetView
    medians: BesideView | None
    reps: list[BesideView] | None


class SetDetail(SetDocument):
    """A set down to its signal. compared: null where no good set is kept."""

    start_s: float | None
    end_s: float | None
    rep_list: list[RepView]
    tremor_windows: list[WindowView]
    settled: SettledView | None
    tilt: TiltView | None
    compared: ComparisonView | None


def set_document(stored: StoredSet, catalogue: Catalogue) -> SetDocument:
    """A set for a list."""
    has_span = stored.start_s is not None and stored.end_s is not None
    return SetDocument(
        id=stored.id,
        started_at=stored.local_start,
        duration_s=round(stored.end_s - stored.start_s, 3) if has_span else None,  # type: ignore[operator]
        exercise=exercise_view(stored.exercise, catalogue),
        placement=stored.placement,
        side=stored.side,
        target_reps=stored.target_reps,
        auto_reps=stored.auto_reps,
        confirmed_reps=stored.confirmed_reps,
        reps=stored.reps,
        end_reason=stored.end_reason,
        confidence=stored.confidence,
        flags=stored.flags,
        sensor=_sensor(stored),
        algorithm_version=stored.algorithm_version,
        recounted_reps=stored.recounted_reps,
        tremor=tremor_view(stored.tremor),
    )


def set_detail(
    stored: StoredSet,
    reps: Sequence[Rep],
    windows: Sequence[TremorWindow],
    known: Settled | None,
    curve: TiltSignal | None,
    compared: Compared | None,
    catalogue: Catalogue,
) -> SetDetail:
    """A set for its own page."""
    return SetDetail(
        **set_document(stored, catalogue).model_dump(),
        start_s=stored.start_s,
        end_s=stored.end_s,
        rep_list=[_rep_view(rep) for rep in reps],
        tremor_windows=[_window_view(window) for window in windows],
        settled=_settled_view(known),
        tilt=_tilt_view(curve),
        compared=_comparison_view(compared),
    )


def tremor_view(tremor: SetTremor | None) -> TremorView | None:
    """The shaking of a set."""
    if tremor is None:
        return None
    return TremorView(
        status=tremor.status,
        reason=tremor.reason,
        amp_rms_ms2=tremor.amp_rms_ms2,
        amp_low_ms2=tremor.amp_low_ms2,
        amp_high_ms2=tremor.amp_high_ms2,
        displacement_mm=tremor.displacement_mm,
        freq_hz=tremor.freq_hz,
        freq_spread_hz=tremor.freq_spread_hz,
        bandwidth_hz=tremor.bandwidth_hz,
        band_rms_ms2=tremor.band_rms_ms2,
        contrast_db=tremor.contrast_db,
        confidence=tremor.confidence,
        noise_floor_ms2=tremor.noise_floor_ms2,
        tremor_fraction=tremor.tremor_fraction,
        none_fraction=tremor.none_fraction,
        unknown_fraction=tremor.unknown_fraction,
        below_floor_fraction=tremor.below_floor_fraction,
    )


def _sensor(stored: StoredSet) -> SensorRef | None:
    if stored.sensor_name is None or stored.sensor_kind is None:
        return None
    return SensorRef(name=stored.sensor_name, kind=stored.sensor_kind)


def _rep_view(rep: Rep) -> RepView:
    tempo = TempoView(
        concentric_s=rep.tempo.concentric_s,
        hold_s=rep.tempo.hold_s,
        eccentric_s=rep.tempo.eccentric_s,
    )
    return RepView(
        start_s=rep.start_s,
        turn_s=rep.turn_s,
        end_s=rep.end_s,
        tempo=tempo,
        tilt_deg=rep.tilt_deg,
        confidence=rep.confidence,
        counted_at_s=rep.counted_at_s,
    )


def _window_view(window: TremorWindow) -> WindowView:
    return WindowView(
        start_s=window.start_s,
        end_s=window.end_s,
        status=window.status,
        amp_rms_ms2=window.amp_rms_ms2,
        amp_low_ms2=window.amp_low_ms2,
        amp_high_ms2=window.amp_high_ms2,
        displacement_mm=window.displacement_mm,
        freq_hz=window.freq_hz,
        bandwidth_hz=window.bandwidth_hz,
        band_rms_ms2=window.band_rms_ms2,
        contrast_db=window.contrast_db,
        confidence=window.confidence,
        noise_floor_ms2=window.noise_floor_ms2,
        reason=window.reason,
    )


def _settled_view(known: Settled | None) -> SettledView | None:
    if known is None:
        return None
    by_phase, sampling = known.by_phase, known.sampling
    return SettledView(
        effective_rate_hz=sampling.effective_rate_hz,
        jitter_ms=sampling.jitter_ms,
        gap_s=sampling.gap_s,
        phases=[_phase_view(each) for each in by_phase.phases] if by_phase else [],
        course=_course_view(by_phase.course) if by_phase and by_phase.course else None,
    )


def _phase_view(one: PhaseShaking) -> PhaseView:
    return PhaseView(
        phase=one.phase,
        status=one.status,
        reason=one.reason,
        amp_rms_ms2=one.amp_rms_ms2,
        freq_hz=one.freq_hz,
    )


def _course_view(course: ShakingCourse) -> CourseView:
    return CourseView(
        amp_rms_ms2=course.amp_rms_ms2,
        slope_log10=course.slope_log10,
        low_log10=course.low_log10,
        high_log10=course.high_log10,
    )


def _tilt_view(curve: TiltSignal | None) -> TiltView | None:
    if curve is None:
        return None
    return TiltView(
        t_s=[round(value, 3) for value in curve.t_s.tolist()],
        tilt_deg=[round(value, 2) for value in curve.tilt_deg.tolist()],
    )


def good_set_view(good: GoodSet) -> GoodSetView:
    """Which set is the good one."""
    return GoodSetView(set_id=good.set_id, kept_at=good.kept_at)


def _comparison_view(compared: Compared | None) -> ComparisonView | None:
    if compared is None:
        return None
    found = compared.found
    return ComparisonView(
        good_set=good_set_view(compared.good),
        medians=None if found is None else _beside_view(found),
        reps=None if found is None else [_beside_view(rep) for rep in found.reps],
    )


def _beside_view(one: RepComparison | Comparison) -> BesideView:
    return BesideView(
        likeness=one.likeness,
        duration_ratio=one.duration_ratio,
        hold_s=one.hold_s,
        range_ratio=one.range_ratio,
    )
