"""The page of one set: its picture, and the same in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from detection.events import Rep, TremorWindow
from detection.tremor.phases import SetShaking
from detection.tremor.spectrogram import Spectrogram
from server.charts.set_chart import SetChart, draw_set, rep_shaking
from server.charts.spectrogram_chart import SpectrogramChart, draw_spectrogram
from server.good_sets import Compared
from server.store.people import Person
from server.store.sets import StoredSet
from server.tilt import TiltSignal
from server.views import phrases
from server.views.good_set_view import GoodSetView, good_set_view
from server.words import Words


@dataclass(frozen=True, slots=True)
class SetContents:
    """What is kept of a set beneath its totals; from signal on None where not there."""

    reps: Sequence[Rep]
    windows: Sequence[TremorWindow]
    signal: TiltSignal | None
    by_phase: SetShaking | None
    spectra: Spectrogram | None
    compared: Compared | None = None


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """The shaking in one phase of all repetitions."""

    phase: str
    shaking: str


@dataclass(frozen=True, slots=True)
class RepRow:
    """One repetition in numbers."""

    number: int
    concentric: str
    hold: str
    eccentric: str
    tilt: str
    shaking: str
    alike: str | None


@dataclass(frozen=True, slots=True)
class SetView:
    """Everything that the page of a set shows; `chart` is None where there is nothing to draw."""

    exercise: str
    when: str
    lead: str
    patient_name: str
    patient_href: str
    count: str
    target: int | None
    recounted: str | None
    shaking: str
    shaking_interval: str | None
    pace: str | None
    ended: str
    chart: SetChart | None
    spectrogram: SpectrogramChart | None
    has_signal: bool
    duration_s: int
    rows: tuple[RepRow, ...]
    phases: tuple[PhaseRow, ...]
    course: str | None
    good: GoodSetView | None
    algorithm_version: str


def set_view(
    one: StoredSet,
    patient: Person,
    contents: SetContents,
    now: datetime,
    words: Words,
    *,
    may_keep: bool = False,
) -> SetView:
    """The page of a set, for its patient or a therapist, who may keep it as the good one."""
    reps, windows, signal = contents.reps, contents.windows, contents.signal
    has_signal = signal is not None and len(signal.t_s) > 0
    good = good_set_view(
        one,
        contents.compared,
        len(reps),
        now,
        words,
        can_keep=may_keep and has_signal,
        may_drop=may_keep,
    )
    alike = good.alike if good and good.alike else (None,) * len(reps)
    when = words.moment(one.local_start, now)
    return SetView(
        exercise=phrases.exercise_on_side(one.exercise, one.side, words),
        when=when,
        lead=_lead(one, when, patient, words),
        patient_name=patient.display_name,
        patient_href=f"/patients/{patient.id}",
        count=phrases.rep_count(one, words),
        target=one.target_reps,
        recounted=_recounted(one, words),
        shaking=phrases.set_shaking(one.tremor, words),
        shaking_interval=phrases.shaking_interval(one.tremor, words),
        pace=phrases.pace(reps, words),
        ended=phrases.ended(one, words),
        chart=_chart(one, reps, windows, signal),
        spectrogram=_spectrogram(one, contents.spectra),
        has_signal=has_signal,
        duration_s=round((one.end_s or 0.0) - (one.start_s or 0.0)),
        rows=tuple(
            _row(n, rep, windows, alike[n - 1], words) for n, rep in enumerate(reps, start=1)
        ),
        phases=_phases(contents.by_phase, words),
        course=course_words(contents.by_phase, words),
        good=good,
        algorithm_version=one.algorithm_version,
    )


def course_words(shaking: SetShaking | None, words: Words) -> str | None:
    """How the shaking changed over the set; a change is only told where it is no chance."""
    course = shaking.course if shaking is not None else None
    if course is None:
        return None
    low, high = (100 * (10**each - 1) for each in (course.low_log10, course.high_log10))
    if low <= 0 <= high:
        return words("set.course.even")
    change = 100 * (10**course.slope_log10 - 1)
    shown = (words.number(abs(each)) for each in (change, *sorted((low, high), key=abs)))
    percent, least, most = shown
    key = "rose" if change > 0 else "fell"
    return words(f"set.course.{key}", percent=percent, least=least, most=most)


def _phases(shaking: SetShaking | None, words: Words) -> tuple[PhaseRow, ...]:
    if shaking is None:
        return ()
    return tuple(
        PhaseRow(words(f"set.phase.{each.phase}"), phrases.phase_shaking(each, words))
        for each in shaking.phases
    )


def _recounted(one: StoredSet, words: Words) -> str | None:
    """What the algorithm that made the rest of the page counts, where it counts otherwise."""
    if one.recounted_reps is None or one.recounted_reps == one.auto_reps:
        return None
    return words("set.recounted", n=one.recounted_reps, version=one.algorithm_version)


def _lead(one: StoredSet, when: str, patient: Person, words: Words) -> str:
    placed = phrases.placement(one, words)
    if placed is None:
        return words("set.lead_unplaced", when=when, name=patient.display_name)
    return words("set.lead", when=when, placed=placed, name=patient.display_name)


def _chart(
    one: StoredSet,
    reps: Sequence[Rep],
    windows: Sequence[TremorWindow],
    signal: TiltSignal | None,
) -> SetChart | None:
    if one.start_s is None or one.end_s is None or not (reps or signal):
        return None
    return draw_set(one.start_s, one.end_s, reps, windows, signal)


def _spectrogram(one: StoredSet, spectra: Spectrogram | None) -> SpectrogramChart | None:
    if one.start_s is None or one.end_s is None:
        return None
    return draw_spectrogram(one.start_s, one.end_s, spectra)


def _row(
    number: int, rep: Rep, windows: Sequence[TremorWindow], alike: str | None, words: Words
) -> RepRow:
    return RepRow(
        number,
        words.number(rep.tempo.concentric_s, 1),
        words.number(rep.tempo.hold_s, 1),
        words.number(rep.tempo.eccentric_s, 1),
        words.number(rep.tilt_deg),
        phrases.repetition_shaking(rep_shaking(rep, windows), words),
        alike,
    )
