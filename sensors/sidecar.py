"""What is known of a recording beside its samples: the JSON file next to it."""

import json
import os
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sensors.errors import InvalidRecording

MIN_RATE_HZ = 1.0
"""Below this no limb can be followed; milliseconds or minutes in `t_s` look like this."""
MAX_RATE_HZ = 20_000.0
"""Above this no accelerometer samples; hours or days in `t_s` look like this."""
SHOWN_CHARACTERS = 40
"""How much of a wrong value an error repeats: enough to recognise it, still one line."""


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """What is known of a recording beside its samples; None where it is not.

    rate_hz: nominal rate of the sensor. range_ms2: the largest value that it can report.
    started_at: when it began, with the offset from UTC that the clock on the wall had then.
    load_kg: weight that was moved beside the limb's own.
    """

    rate_hz: float | None = None
    placement: str | None = None
    side: str | None = None
    device: str | None = None
    exercise: str | None = None
    range_ms2: float | None = None
    started_at: datetime | None = None
    load_kg: float | None = None


def write_sidecar(path: Path, info: RecordingInfo) -> None:
    """Write what is known beside the recording at `path`; nothing if nothing is known."""
    known = {name: value for name, value in asdict(info).items() if value is not None}
    if info.started_at is not None:
        known["started_at"] = info.started_at.isoformat()
    if known:
        sidecar_path(path).write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def check_sidecar_free(path: Path) -> None:
    """Raise InvalidRecording if a file stands where the sidecar of a new recording belongs.

    It may be anybody's (`package.json` beside `package.csv`), and would be taken for the sidecar.
    """
    sidecar = sidecar_path(path)
    if os.path.lexists(sidecar):
        problem = f"exists already, and {path.name} would need this name for what is known of it"
        raise InvalidRecording(sidecar, f"{problem}: choose another name")


def sidecar_path(path: Path) -> Path:
    """Where the JSON beside a recording is: `a.csv` and `a.csv.gz` have `a.json`."""
    return path.with_name(path.name.removesuffix(".gz").removesuffix(".csv") + ".json")


def read_sidecar(path: Path) -> RecordingInfo:
    """What is known of the recording at `path`. Raises InvalidRecording."""
    sidecar = sidecar_path(path)
    try:
        known = json.loads(sidecar.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return RecordingInfo()
    except json.JSONDecodeError as problem:
        raise InvalidRecording(sidecar, f"not JSON: {problem.msg}", problem.lineno) from problem
    except UnicodeDecodeError as problem:
        raise InvalidRecording(sidecar, "not UTF-8 text: save it as UTF-8") from problem
    except ValueError as problem:  # Python reads whole numbers of up to 4300 digits
        raise InvalidRecording(sidecar, "holds a number too long to be read") from problem
    except RecursionError as problem:
        raise InvalidRecording(sidecar, "nested too deeply: hold it to one object") from problem
    except OSError as problem:
        raise InvalidRecording(sidecar, f"cannot be read: {problem.strerror}") from problem
    if not isinstance(known, dict):
        raise InvalidRecording(sidecar, 'must hold one object, such as {"rate_hz": 100}')
    return _info_from(sidecar, known)


def _info_from(sidecar: Path, known: dict[str, object]) -> RecordingInfo:
    return RecordingInfo(
        rate_hz=_stated_rate(sidecar, known),
        placement=_text(sidecar, known, "placement"),
        side=_text(sidecar, known, "side"),
        device=_text(sidecar, known, "device"),
        exercise=_text(sidecar, known, "exercise"),
        range_ms2=_positive(sidecar, known, "range_ms2"),
        started_at=_instant(sidecar, known, "started_at"),
        load_kg=_positive(sidecar, known, "load_kg"),
    )


def _stated_rate(sidecar: Path, known: dict[str, object]) -> float | None:
    rate_hz = _positive(sidecar, known, "rate_hz")
    if rate_hz is not None and not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        problem = (
            f"rate_hz must lie within {MIN_RATE_HZ:g} and {MAX_RATE_HZ:g} Hz, got {rate_hz:g}: "
            "correct it, or leave it out to have it estimated"
        )
        raise InvalidRecording(sidecar, problem)
    return rate_hz


def _positive(sidecar: Path, known: dict[str, object], name: str) -> float | None:
    value = known.get(name)
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 < value <= sys.float_info.max
    ):
        raise InvalidRecording(sidecar, f"{name} must be a positive number, got {_shown(value)}")
    return float(value)


def _text(sidecar: Path, known: dict[str, object], name: str) -> str | None:
    value = known.get(name)
    if not isinstance(value, str | None):
        raise InvalidRecording(sidecar, f"{name} must be text, got {_shown(value)}")
    return value


def _instant(sidecar: Path, known: dict[str, object], name: str) -> datetime | None:
    text = _text(sidecar, known, name)
    if text is None:
        return None
    example = "such as 2026-11-02T08:30:00+01:00"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as problem:
        told = f"{name} must be a date and time, {example}, got {_shown(text)}"
        raise InvalidRecording(sidecar, told) from problem
    if instant.tzinfo is None:
        raise InvalidRecording(sidecar, f"{name} must say its offset from UTC, {example}")
    return instant


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
