"""Recordings come back as they were written, and what is wrong with a file is said in one line."""

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.errors import InvalidRecording
from sensors.recording import (
    Recording,
    RecordingFlag,
    RecordingInfo,
    Unit,
    estimate_rate_hz,
    read_recording,
    sidecar_path,
    write_recording,
)
from sensors.sample_table import ColumnNames

HEADER = "t_s,ax_ms2,ay_ms2,az_ms2\n"
FIRST_LINE = "whose first line is t_s,ax_ms2,ay_ms2,az_ms2"


def still(n: int, rate_hz: float = 100.0) -> Recording:
    return Recording(np.arange(n) / rate_hz, np.tile([0.1, 0.2, 9.8], (n, 1)), rate_hz)


def lines(n: int, rate_hz: float = 100.0) -> str:
    return "".join(f"{k / rate_hz:.4f},0.1,0.2,9.8\n" for k in range(n))


def recording_or_refusal(path: Path) -> Recording | str:
    try:
        return read_recording(path)
    except InvalidRecording as problem:
        return str(problem)


def file_with(folder: Path, text: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(2, 80),
    rate_hz=st.floats(10, 500),
    seed=st.integers(0, 99),
    name=st.sampled_from(["a.csv", "a.csv.gz"]),
)
def test_a_recording_comes_back_as_written(n: int, rate_hz: float, seed: int, name: str) -> None:
    rng = np.random.default_rng(seed)
    acc_ms2 = rng.normal((0, 0, 9.8), 1, (n, 3))
    sent = Recording(5 + np.arange(n) / rate_hz, acc_ms2, rate_hz, RecordingInfo(rate_hz=rate_hz))
    with tempfile.TemporaryDirectory() as folder:
        write_recording(Path(folder) / name, sent)
        got = read_recording(Path(folder) / name)
    np.testing.assert_allclose(got.t_s, sent.t_s, rtol=0, atol=0.6e-6)
    np.testing.assert_allclose(got.acc_ms2, sent.acc_ms2, rtol=0, atol=0.6e-6)
    assert got.rate_hz == rate_hz
    assert got.info == sent.info


def test_everything_in_the_sidecar_comes_back(tmp_path: Path) -> None:
    info = RecordingInfo(200.0, "thigh", "left", "Polar H10", "bridge", 78.5)
    write_recording(
        tmp_path / "a.csv.gz", Recording(np.arange(9) / 200, np.ones((9, 3)) * 5, 200, info)
    )
    assert read_recording(tmp_path / "a.csv.gz").info == info


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    write_recording(tmp_path / "a.csv.gz", still(50))
    write_recording(tmp_path / "b.csv.gz", still(50))
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_without_anything_known_no_sidecar_is_written(tmp_path: Path) -> None:
    write_recording(tmp_path / "a.csv", still(5))
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_file_of_the_sidecars_name_is_not_overwritten(tmp_path: Path) -> None:
    foreign = tmp_path / "package.json"
    foreign.write_text("{}")
    with pytest.raises(InvalidRecording, match=r"package.json: exists already, and package.csv"):
        write_recording(tmp_path / "package.csv", still(5))
    assert foreign.read_text() == "{}"
    assert list(tmp_path.iterdir()) == [foreign]


def test_csv_and_gz_share_the_name_of_the_sidecar() -> None:
    assert (
        sidecar_path(Path("x/a.b.csv.gz")) == sidecar_path(Path("x/a.b.csv")) == Path("x/a.b.json")
    )


@pytest.mark.parametrize(
    "text",
    [
        "az_ms2,t_s,ay_ms2,ax_ms2\n9.8,0,0.2,0.1\n9.8,0.01,0.2,0.1\n",
        "note,t_s,ax_ms2,ay_ms2,az_ms2,heart\nwarm,0,0.1,0.2,9.8,\nup,0.01,0.1,0.2,9.8,71\n",
        '"t_s","ax_ms2","ay_ms2","az_ms2"\r\n0,0.1,0.2,9.8\r\n\r\n0.01,0.1,0.2,9.8\r\n',
        "\ufefft_s, ax_ms2, ay_ms2, az_ms2\n0, 0.1, 0.2, 9.8\n0.01,0.1,0.2,9.8",
    ],
    ids=[
        "other order",
        "extra columns",
        "quotes, CRLF, blank line",
        "BOM, spaces, no last newline",
    ],
)
def test_columns_are_found_by_name(tmp_path: Path, text: str) -> None:
    got = read_recording(file_with(tmp_path, text))
    np.testing.assert_array_equal(got.t_s, [0, 0.01])
    np.testing.assert_array_equal(got.acc_ms2, [[0.1, 0.2, 9.8]] * 2)


def test_foreign_names_are_read_where_they_are_given(tmp_path: Path) -> None:
    path = file_with(tmp_path, "seconds,x,y,z\n0,1,2,9\n0.01,1,2,9\n")
    got = read_recording(path, ColumnNames("seconds", "y", "x", "z"))
    np.testing.assert_array_equal(got.acc_ms2, [[2, 1, 9]] * 2)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "empty"),
        ("\n\n", 1, "empty"),
        (HEADER, None, "a header but no samples: lines of t_s,ax_ms2,ay_ms2,az_ms2 must"),
        (HEADER + "\n \n", None, "a header but no samples"),
        ("time,x,y,z\n0,0,0,9.8\n", 1, "must name t_s,ax_ms2,ay_ms2,az_ms2 once each"),
        ("0,0,0,9.8\n0.01,0,0,9.8\n", 1, "must name"),
        ("t_s;ax_ms2;ay_ms2;az_ms2\n0;0;0;9,8\n", 1, "must name"),
        ("t_s,ax_ms2,ay_ms2,az_ms2,t_s\n0,0,0,9.8,0\n", 1, "once each"),
        (HEADER + lines(3) + "0.03,abc,0,9.8\n", 5, "ax_ms2 is 'abc', not a number"),
        (HEADER + lines(3) + "0.03,,0,9.8\n", 5, "ax_ms2 is '', not a number"),
        (HEADER + lines(3) + "\n0.03,1_0,0,9.8\n", 6, "without underscores"),
        (HEADER + lines(3) + "0.03,0,nan,9.8\n", 5, "ay_ms2 is nan: leave out"),
        (HEADER + lines(3) + "0.03,0,0,-inf\n", 5, "az_ms2 is -inf"),
        (HEADER + lines(3) + "\n0.001,0,0,9.8\n", 6, "time goes back from 0.020000 s to 0.001000"),
        (HEADER + lines(3) + "0.03,0,0\n", 5, "3 columns where the header has 4"),
        (HEADER + "0,00,0,0,9,8\n", 2, "6 columns where the header has 4: .* take a point"),
        (
            HEADER.strip() + ",n\n0,0,0,9.8,1\n0,01,0,0,9,8,1\n",
            3,
            "7 columns where the header has 5",
        ),
        (HEADER + lines(3) + "0.03,0,-9999,9.8\n", 5, "-9999 is more than any body-worn sensor"),
        (HEADER + "0,0,0,9.8\n", None, "a single sample has no rate: give rate_hz in a.json"),
        (HEADER + lines(9, rate_hz=0.1), None, "0.1 samples a second: is the time in seconds"),
        (
            HEADER + "".join(f"{k / 100},0,0,1.01\n" for k in range(9)),
            None,
            "look like g .* --units g",
        ),
        (
            HEADER + "".join(f"{k / 100},0,0,998\n" for k in range(9)),
            None,
            "look like mg .* --units mg",
        ),
        (HEADER.encode() + b"0,0,0,9.8\n\xff\xfe,0,0,9.8\n", None, f"not UTF-8.*{FIRST_LINE}"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None, f"not UTF-8.*{FIRST_LINE}"),
        (b"\0\1\2\3", None, f"binary data.*{FIRST_LINE}"),
        (gzip.compress(HEADER.encode(), mtime=0), None, "not named .gz"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(
    tmp_path: Path, text: str | bytes, line: int | None, problem: str
) -> None:
    path = file_with(tmp_path, text)
    with pytest.raises(InvalidRecording, match=problem) as refusal:
        read_recording(path)
    where = f"{path}, line {line}: " if line is not None else f"{path}: "
    assert str(refusal.value).startswith(where)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (HEADER.encode(), "named .gz but not compressed"),
        (gzip.compress((HEADER + lines(500)).encode(), mtime=0)[:-40], "damaged or cut off"),
        (b"\x1f\x8b" + b"nonsense" * 9, "damaged or cut off"),
        (b"", "named .gz but not compressed"),
    ],
)
def test_a_bad_gzip_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(InvalidRecording, match=problem):
        read_recording(file_with(tmp_path, content, "a.csv.gz"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(
            InvalidRecording, match=r"cannot be read: (No such file|Is a directory)"
        ):
            read_recording(path)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.text(alphabet="0123456789.,-+eEnaif_ \n\r\t;\"#'x\0", max_size=80).map(
            lambda text: (HEADER + "0,0,0,9.8\n0.01,0,0,9.8\n" + text).encode()
        ),
    )
)
def test_any_content_gives_a_recording_or_a_one_line_refusal(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        outcome = recording_or_refusal(file_with(Path(folder), content))
    if isinstance(outcome, str):
        assert "\n" not in outcome
    else:
        assert len(outcome) > 0


@pytest.mark.parametrize(
    ("sidecar", "problem"),
    [
        ('{"rate_hz": 100,\n', "a.json, line 2: not JSON"),
        ("[]", "must hold one object"),
        ('{"rate_hz": "fast"}', "rate_hz must be a positive number, got 'fast'"),
        ('{"rate_hz": -1}', "rate_hz must be a positive number"),
        ('{"rate_hz": true}', "rate_hz must be a positive number"),
        ('{"range_ms2": NaN}', "range_ms2 must be a positive number"),
        ('{"placement": 3}', "placement must be text, got 3"),
        ('{"rate_hz": [[1]]}', "rate_hz must be a positive number, got a list"),
        ('{"side": "' + "x" * 99 + '", "device": {}}', "device must be text, got an object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"rate_hz": ' + "9" * 5000 + "}", "a number too long to be read"),
        ('{"range_ms2": ' + "9" * 4000 + "}", "range_ms2 must be a positive number, got 999"),
        ('{"rate_hz": 1e12}', "rate_hz must lie within 1 and 20000 Hz, got 1e.12: correct it"),
        ('{"rate_hz": 1e-9}', "rate_hz must lie within"),
        ('{"rate_hz": 0.001}', "rate_hz must lie within"),
        ('{"rate_hz": 1000000}', "rate_hz must lie within"),
        ('{"rate_hz": 10}', "rate_hz is 10, but t_s shows 100 samples a second: correct rate_hz"),
        ('{"rate_hz": 1000}', "rate_hz is 1000, but t_s shows 100 samples a second"),
    ],
    ids=lambda value: value[:30],
)
def test_a_bad_sidecar_is_refused_in_one_line(tmp_path: Path, sidecar: str, problem: str) -> None:
    path = file_with(tmp_path, HEADER + lines(5))
    sidecar_path(path).write_text(sidecar)
    with pytest.raises(InvalidRecording, match=problem) as refusal:
        read_recording(path)
    assert str(refusal.value).startswith(str(sidecar_path(path)))
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize("stated_hz", [50, 100, 200])
def test_a_stated_rate_may_be_half_or_double_of_what_the_stamps_show(
    tmp_path: Path, stated_hz: float
) -> None:
    path = file_with(tmp_path, HEADER + lines(300))
    sidecar_path(path).write_text(f'{{"rate_hz": {stated_hz}}}')
    assert read_recording(path).rate_hz == stated_hz


def test_the_sidecar_rate_wins_over_the_stamps(tmp_path: Path) -> None:
    path = file_with(tmp_path, HEADER + lines(5, rate_hz=98.0))
    sidecar_path(path).write_text('{"rate_hz": 100, "unknown to us": []}')
    assert read_recording(path).rate_hz == 100.0


def test_g_is_converted_where_it_is_asked_for(tmp_path: Path) -> None:
    path = file_with(tmp_path, HEADER + "0,0,0,1\n0.01,0,0,1\n")
    np.testing.assert_allclose(read_recording(path, unit=Unit.G).acc_ms2[:, 2], 9.80665)


def test_ms2_is_refused_where_g_was_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecording, match="look like ms2 and not g"):
        read_recording(file_with(tmp_path, HEADER + lines(9)), unit=Unit.G)


def test_repeated_times_are_dropped_and_flagged(tmp_path: Path) -> None:
    path = file_with(tmp_path, HEADER + lines(300) + "2.99,7,7,7\n2.99,7,7,7\n" + "3,0,0,9.8\n")
    got = read_recording(path)
    assert got.flags == (RecordingFlag.REPEATED_TIMES,)
    assert len(got) == 301
    assert got.acc_ms2[299].tolist() == [0.1, 0.2, 9.8]


def test_three_samples_are_a_recording_too_short(tmp_path: Path) -> None:
    got = read_recording(file_with(tmp_path, HEADER + lines(3)))
    assert (len(got), got.flags) == (3, (RecordingFlag.TOO_SHORT,))


def test_a_jump_forward_in_time_is_kept(tmp_path: Path) -> None:
    got = read_recording(file_with(tmp_path, HEADER + lines(300) + "90,0,0,9.8\n90.01,0,0,9.8\n"))
    assert got.t_s[300] == 90.0
    assert got.rate_hz == pytest.approx(100.0)
    assert got.duration_s == pytest.approx(90.01)


@pytest.mark.parametrize("rate_hz", [12.5, 25, 52, 100, 103.4, 200])
def test_the_rate_is_found_under_stamps_rounded_to_10_ms(rate_hz: float) -> None:
    t_s = np.unique(np.round(np.arange(int(60 * rate_hz)) / rate_hz, 2))
    assert estimate_rate_hz(t_s) == pytest.approx(min(rate_hz, 100), rel=0.01)


def test_the_rate_is_found_through_gaps() -> None:
    t_s = np.arange(6000) / 100 + np.repeat([0.0, 2.0, 70.0], 2000)
    assert estimate_rate_hz(t_s) == pytest.approx(100.0)


def test_the_rate_is_found_in_bursts() -> None:
    arrival_s = np.repeat(np.arange(500) * 0.08, 8) + np.tile(np.arange(8) * 1e-3, 500)
    assert estimate_rate_hz(arrival_s) == pytest.approx(100.0, rel=0.01)


@given(
    block_s=st.sampled_from([0.01, 0.1, 0.25, 1.0, 7.3, 1e9, float("inf")]), t0_s=st.floats(0, 1e5)
)
def test_blocks_are_a_partition(block_s: float, t0_s: float) -> None:
    whole = Recording(t0_s + np.arange(500) / 100, np.zeros((500, 3)), 100)
    blocks = list(whole.blocks(block_s))
    np.testing.assert_array_equal(np.concatenate([b.t_s for b in blocks]), whole.t_s)
    assert all(np.shares_memory(b.acc_ms2, whole.acc_ms2) for b in blocks)
    assert all(b.t_s[-1] - b.t_s[0] <= block_s for b in blocks)


def test_a_block_of_a_tenth_of_a_second_has_ten_samples_of_a_hundred_hertz() -> None:
    assert {len(block) for block in still(1000).blocks(0.1)} == {10}


def test_a_day_long_jump_makes_no_empty_blocks() -> None:
    t_s = np.array([0.0, 0.01, 86_400.0, 2e9])
    assert len(list(Recording(t_s, np.zeros((4, 3)), 100).blocks(0.1))) == 3
