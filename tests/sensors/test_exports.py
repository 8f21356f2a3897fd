"""What phyphox and Sensor Logger export, as recordings; and what is no such export."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.errors import InvalidRecording
from sensors.exports import opening, read_any
from sensors.recording import Recording, write_recording
from sensors.samples import FloatArray
from sensors.synthetic import SetScript, synthesize

MADE = synthesize(SetScript(reps=4)).recording
NAMES = ("x", "y", "z")
WAYS = [(",", "."), ("\t", "."), (";", "."), ("\t", ","), (";", ",")]
"""How phyphox separates columns, and writes decimals."""
BEGUN_S = 1_772_438_400
"""2026-03-02 08:00:00 UTC."""
BEGUN = f'"START",0.000000000E0,{BEGUN_S}.000,"2026-03-02 09:00:00.000 UTC+01:00"\n'


def phyphox(
    rows: FloatArray | None = None,
    separator: str = ",",
    decimal: str = ".",
    what: str = "Acceleration",
) -> str:
    rows = np.column_stack((MADE.t_s, MADE.acc_ms2)) if rows is None else rows
    header = ["Time (s)", *(f"{what} {axis} (m/s^2)" for axis in NAMES), "Absolute acceleration"]
    lines = [separator.join(f'"{name}"' for name in header)]
    for row in rows:
        numbers = [f"{value:.9E}" for value in (*row, np.linalg.norm(row[1:]))]
        lines.append(separator.join(numbers).replace(".", decimal))
    return "\n".join(lines) + "\n"


def logger(t_s: FloatArray, acc_ms2: FloatArray) -> str:
    lines = ["time,seconds_elapsed,z,y,x"]
    for seconds, (x, y, z) in zip(t_s.tolist(), acc_ms2.tolist(), strict=True):
        lines.append(f"{BEGUN_S * 10**9 + int(seconds * 1e9)},{seconds!r},{z!r},{y!r},{x!r}")
    return "\n".join(lines) + "\n"


ABOUT = (
    "version,device name,recording epoch time,recording time,recording timezone,platform,"
    f"standardisation\n3,A phone,{BEGUN_S}000,2026-03-02_08-00-00,Europe/Berlin,{{}},{{}}\n"
)


def zipped(path: Path, **tables: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in tables.items():
            file.writestr(name.replace("__", "/") + ".csv", text)
    return path


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def assert_is_made(found: Recording) -> None:
    np.testing.assert_allclose(found.t_s, MADE.t_s, atol=1e-8)
    np.testing.assert_allclose(found.acc_ms2, MADE.acc_ms2, atol=1e-7)
    assert found.rate_hz == pytest.approx(MADE.rate_hz, rel=1e-3)


@pytest.mark.parametrize(("separator", "decimal"), WAYS)
def test_a_csv_of_phyphox_is_read_however_it_is_written(
    tmp_path: Path, separator: str, decimal: str
) -> None:
    text = phyphox(separator=separator, decimal=decimal)
    assert_is_made(read_any(written(tmp_path / "Raw Data.csv", text)))


def test_a_zip_of_phyphox_tells_when_it_began(tmp_path: Path) -> None:
    header = '"event","experiment time","system time","system time text"\n'
    tables = {"Raw Data": phyphox(), "meta__device": '"property","value"\n"deviceModel","x"\n'}
    found = read_any(zipped(tmp_path / "a.zip", **tables, meta__time=header + BEGUN))
    assert_is_made(found)
    assert found.info.started_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.info.started_at.utcoffset() is not None
    assert found.info.device == "phyphox"


def test_a_pause_of_phyphox_is_a_gap(tmp_path: Path) -> None:
    half_s = float(MADE.t_s[len(MADE) // 2])
    times = (
        '"event","experiment time","system time","system time text"\n'
        + BEGUN
        + f'"PAUSE",{half_s},{BEGUN_S + half_s},"…"\n'
        + f'"START",{half_s},{BEGUN_S + half_s + 30},"…"\n'
    )
    found = read_any(zipped(tmp_path / "a.zip", Raw=phyphox(), meta__time=times))
    gaps = np.flatnonzero(np.diff(found.t_s) > 1)
    assert len(gaps) == 1
    assert np.diff(found.t_s)[gaps[0]] == pytest.approx(30, abs=0.1)
    assert found.duration_s == pytest.approx(MADE.duration_s + 30, abs=0.1)


def test_total_acceleration_of_sensor_logger_is_read(tmp_path: Path) -> None:
    total = logger(MADE.t_s, MADE.acc_ms2)
    about = ABOUT.format("android", "false")
    own = logger(MADE.t_s, MADE.acc_ms2 * 0)
    found = read_any(
        zipped(tmp_path / "a.zip", TotalAcceleration=total, Accelerometer=own, Metadata=about)
    )
    assert_is_made(found)
    assert found.info.device == "A phone"
    assert found.info.started_at is not None
    assert found.info.started_at.isoformat() == "2026-03-02T09:00:00+01:00"
    assert_is_made(read_any(written(tmp_path / "TotalAcceleration.csv", total)))


@pytest.mark.parametrize(
    ("platform", "standard", "sign"),
    [("ios", "false", -1), ("ios", "true", 1), ("android", "false", 1)],
)
def test_own_acceleration_and_gravity_are_put_together(
    tmp_path: Path, platform: str, standard: str, sign: int
) -> None:
    gravity = np.tile([0.0, 9.80665, 0.0], (len(MADE), 1))
    tables = {
        "Accelerometer": logger(MADE.t_s, sign * (MADE.acc_ms2 - gravity)),
        "Gravity": logger(MADE.t_s, sign * gravity),
        "Metadata": ABOUT.format(platform, standard),
    }
    assert_is_made(read_any(zipped(tmp_path / "a.zip", **tables)))


def test_our_own_recording_is_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "own.csv.gz"
    write_recording(path, MADE)
    assert_is_made_of_six_decimals(read_any(path))


def assert_is_made_of_six_decimals(found: Recording) -> None:
    np.testing.assert_allclose(found.acc_ms2, MADE.acc_ms2, atol=1e-6)


def a_lie(path: Path) -> Path:
    """A ZIP that says of a table that it is small."""
    zipped(path, TotalAcceleration=logger(MADE.t_s, MADE.acc_ms2))
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def cut_off(path: Path) -> Path:
    zipped(path, Raw=phyphox())
    path.write_bytes(path.read_bytes()[:-2000])
    return path


def crowd(path: Path) -> Path:
    return zipped(path, **{f"{n}": "a,b\n" for n in range(opening.MOST_FILES + 1)})


BAD: list[tuple[str, Callable[[Path], Path], str]] = [
    ("linear.csv", lambda p: written(p, phyphox(what="Linear Acceleration")), "with g"),
    ("l.zip", lambda p: zipped(p, Raw=phyphox(what="Linear Acceleration")), "with g"),
    ("o.zip", lambda p: zipped(p, Accelerometer=logger(MADE.t_s, MADE.acc_ms2)), "Gravity beside"),
    ("empty.zip", zipped, "no export that is known"),
    ("other.zip", lambda p: zipped(p, Light="time,lux\n1,2\n"), "no export that is known"),
    ("crowd.zip", crowd, "no export of one recording"),
    ("lie.zip", a_lie, "damaged or cut off"),
    ("header.csv", lambda p: written(p, phyphox(np.empty((0, 4)))), "a header but no samples"),
    (
        "word.csv",
        lambda p: written(p, phyphox() + "1,2,x,4,5\n"),
        f"line {len(MADE) + 2}: word.csv holds '1,2,x,4,5', not numbers",
    ),
    ("nan.csv", lambda p: written(p, phyphox() + "1E9,2,NaN,4,5\n"), "not numbers"),
    ("short.csv", lambda p: written(p, phyphox() + "1E9,2\n"), "not numbers"),
    ("back.csv", lambda p: written(p, phyphox() + "0,1,2,3,4\n"), "time goes back"),
    ("huge.csv", lambda p: written(p, phyphox() + "1E9,9E9,2,3,4\n"), "more than any body-worn"),
    (
        "apart.zip",
        lambda p: zipped(
            p,
            Accelerometer=logger(MADE.t_s, MADE.acc_ms2),
            Gravity=logger(MADE.t_s + 1000, MADE.acc_ms2),
        ),
        "no time in common",
    ),
]


@pytest.mark.parametrize(("name", "make", "why"), BAD, ids=[name for name, _, _ in BAD])
def test_what_cannot_be_used_says_why_and_what_to_do(
    tmp_path: Path, name: str, make: Callable[[Path], Path], why: str
) -> None:
    with pytest.raises(InvalidRecording) as refused:
        read_any(make(tmp_path / name))
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_zip_that_is_cut_off_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecording):
        read_any(cut_off(tmp_path / "a.zip"))


def test_a_zip_bomb_is_left_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_BYTES", 1_000_000)
    bomb = zipped(tmp_path / "a.zip", TotalAcceleration="0" * 5_000_000)
    assert bomb.stat().st_size < 10_000
    with pytest.raises(InvalidRecording, match="more than 1 MB of text"):
        read_any(bomb)


@given(content=st.binary(max_size=400), is_zip=st.booleans(), at=st.integers(0, 10**6))
def test_any_bytes_are_read_whole_or_refused_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, is_zip: bool, at: int
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.csv"
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Raw Data.csv", phyphox(np.column_stack((MADE.t_s, MADE.acc_ms2))[:300]))
        file.writestr("meta/time.csv", content)
    base = whole.getvalue() if is_zip else phyphox()[:2000].encode()
    place = at % len(base)
    path.write_bytes(base[:place] + content + base[place + len(content) :])
    read = None
    with suppress(InvalidRecording):
        read = read_any(path)
    if read is not None:
        assert len(read) > 0
        assert np.isfinite(read.acc_ms2).all()
        assert (np.diff(read.t_s) > 0).all()
