"""Small things that several pages say the same way."""

from collections.abc import Sequence
from statistics import median

from detection.events import Rep, TremorStatus
from detection.tremor.phases import PhaseShaking
from server.charts.set_chart import RepShaking
from server.store.sets import StoredSet
from server.store.shaking import SetTremor
from server.words import Words


def exercise_title(name: str | None, words: Words) -> str:
    """An exercise in words; one that the catalogue does not know is its name made readable."""
    if name is None:
        return words("exercise.unknown")
    try:
        return words(f"exercise.{name}")
    except KeyError:
        return name.replace("-", " ").replace("_", " ").capitalize()


def exercise_on_side(name: str | None, side: str | None, words: Words) -> str:
    """An exercise and the side it was done on."""
    key = side if side in ("left", "right") else "none"
    return words(f"exercise_on.{key}", exercise=exercise_title(name, words))


def placement(one: StoredSet, words: Words) -> str | None:
    """Where the sensor sat; None where nobody said."""
    return placed(one.placement, one.side, words)


def placed(at: str | None, side: str | None, words: Words) -> str | None:
    """Where a sensor sits; None where nobody said."""
    if at is None:
        return None
    try:
        return words(f"placed.{at}_{side}" if side else f"placed.{at}")
    except KeyError:
        return at


def set_shaking(tremor: SetTremor | None, words: Words) -> str:
    """The shaking of a whole set; amplitude and frequency where there was some."""
    if tremor is None:
        return words("shaking.missing")
    if tremor.status is TremorStatus.TREMOR and tremor.amp_rms_ms2 and tremor.freq_hz:
        amp, freq = words.number(tremor.amp_rms_ms2, 2), words.number(tremor.freq_hz, 1)
        return words("shaking.tremor", amp=amp, freq=freq)
    status = TremorStatus.UNKNOWN if tremor.status is TremorStatus.TREMOR else tremor.status
    return words(f"shaking.{status}")


def shaking_interval(tremor: SetTremor | None, words: Words) -> str | None:
    """Between what the shaking of a set lies; None where there was none, or nobody knows."""
    if tremor is None or tremor.status is not TremorStatus.TREMOR:
        return None
    if tremor.amp_low_ms2 is None or tremor.amp_high_ms2 is None:
        return None
    low, high = words.number(tremor.amp_low_ms2, 2), words.number(tremor.amp_high_ms2, 2)
    return words("shaking.interval", low=low, high=high)


def repetition_shaking(shaking: RepShaking, words: Words) -> str:
    """The shaking of one repetition."""
    if shaking.amp_rms_ms2 is not None:
        return words("shaking.tremor_amp", amp=words.number(shaking.amp_rms_ms2, 2))
    return words(f"shaking.{shaking.status}")


def phase_shaking(shaking: PhaseShaking, words: Words) -> str:
    """The shaking in one phase of a set's repetitions."""
    amp_ms2, freq_hz = shaking.amp_rms_ms2, shaking.freq_hz
    if shaking.status is TremorStatus.TREMOR and amp_ms2 is not None and freq_hz is not None:
        amp, freq = words.number(amp_ms2, 2), words.number(freq_hz, 1)
        return words("shaking.tremor", amp=amp, freq=freq)
    return words(f"shaking.{shaking.status}")


def rep_count(one: StoredSet, words: Words) -> str:
    """The count to go by, with the sensor's own beside it where a person corrected it."""
    if one.reps is None:
        return words("patient.reps_unknown")
    if one.auto_reps is not None and one.auto_reps != one.reps:
        return words("patient.reps_corrected", n=one.reps, m=one.auto_reps)
    return str(one.reps)


def pace(reps: Sequence[Rep], words: Words) -> str | None:
    """Lift, hold and lower as medians over a set; None where there are no repetitions."""
    if not reps:
        return None
    seconds = {
        "lift": median(rep.tempo.concentric_s for rep in reps),
        "hold": median(rep.tempo.hold_s for rep in reps),
        "lower": median(rep.tempo.eccentric_s for rep in reps),
    }
    shown = {name: words.number(value, 1) for name, value in seconds.items()}
    return words("patient.stat.pace_value", **shown)


def ended(one: StoredSet, words: Words) -> str:
    """Why a set ended."""
    try:
        return words(f"ended.{one.end_reason}")
    except KeyError:
        return words("ended.unknown")
