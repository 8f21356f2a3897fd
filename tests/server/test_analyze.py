"""`steadyrep analyze` keeps to its contract on good files, and says one line on bad ones."""

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from typer.testing import Result

from detection.events import Rep, Tempo, TremorStatus, TremorWindow
from detection.pipeline import Tracker
from detection.summary import SetSummary, summarise_tremor
from sensors.recording import Recording, write_recording
from sensors.synthetic import (
    Activity,
    LimbParams,
    SensorParams,
    SetScript,
    Synthetic,
    TremorScript,
    drop_out,
    everyday,
    join,
    saturate,
    stick_axis,
    synthesize,
)
from server.analyze.analysis import Analysis, analyse, heard_at_s
from server.analyze.payloads import analysis_payload, set_payload, window_payload
from server.analyze.printed import clock, shaking_words
from tests.server.terminal import run

HEADER = "t_s,ax_ms2,ay_ms2,az_ms2\n"
CONTRACT = (Path(__file__).parents[2] / "docs" / "json-contract.md").read_text(encoding="utf-8")
SCHEMA = json.loads(CONTRACT.split("```json")[1].split("```")[0])


def steadyrep(*arguments: str | Path) -> Result:
    return run("analyze", *arguments)


def lines_of(result: Result) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    return lines


def saved(folder: Path, name: str, made: Synthetic | Recording) -> Path:
    path = folder / name
    write_recording(path, made.recording if isinstance(made, Synthetic) else made)
    return path


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture(scope="module")
def trembling_set() -> Synthetic:
    """Eight repetitions between two rests, with shaking throughout."""
    still = everyday(Activity.LYING, 15, seed=1)
    return join(still, synthesize(SetScript(reps=8), tremor=TremorScript(7.0, 0.5), seed=3), still)


def test_a_set_is_told_by_the_contract(tmp_path: Path, trembling_set: Synthetic) -> None:
    path = saved(tmp_path, "set.csv.gz", trembling_set)
    result = steadyrep("--json", "--windows", path)
    assert (result.exit_code, result.stderr) == (0, "")
    (line,) = lines_of(result)
    assert line["file"] == str(path)
    assert line["flags"] == []
    (found,) = line["sets"]
    truth = trembling_set.truth.sets[0]
    assert found["count"] == len(found["reps"]) == 8
    np.testing.assert_allclose(
        [rep["turn_s"] for rep in found["reps"]], [rep.turn_s for rep in truth], atol=0.5
    )
    assert found["tremor"]["tremor_fraction"] > 0.6
    assert found["tremor"]["freq_hz"] == pytest.approx(7.0, abs=0.3)
    assert {window["status"] for window in line["tremor_windows"]} >= {"tremor", "none"}


def test_windows_are_told_only_where_they_are_asked_for(tmp_path: Path) -> None:
    path = saved(tmp_path, "still.csv", everyday(Activity.LYING, 20))
    assert "tremor_windows" not in lines_of(steadyrep("--json", path))[0]
    assert lines_of(steadyrep("--json", "--windows", path))[0]["tremor_windows"]


def test_a_repetition_is_heard_at_the_end_of_a_block_of_a_tenth_of_a_second(
    tmp_path: Path, trembling_set: Synthetic
) -> None:
    recording = trembling_set.recording
    late = Recording(recording.t_s + 1234.567, recording.acc_ms2, recording.rate_hz)
    (line,) = lines_of(steadyrep("--json", saved(tmp_path, "late.csv", late)))
    heard = [rep["emitted_s"] for rep in line["sets"][0]["reps"]]
    tenths = (np.array(heard) - 1234.567) * 10
    np.testing.assert_allclose(tenths, np.round(tenths), atol=1e-6)
    assert heard == sorted(heard)


@pytest.mark.parametrize(
    ("at_s", "heard_s"),
    [(5.0, 5.1), (5.04, 5.1), (5.09, 5.1), (5.091, 5.2), (5.1, 5.2), (6.5, 8.1), (99.0, 10.0)],
)
def test_what_is_known_is_heard_with_the_next_sample(at_s: float, heard_s: float) -> None:
    whole = Recording(5 + np.arange(500) / 100, np.ones((500, 3)), 100)
    assert heard_at_s(drop_out(whole, 6.0, 2.0), at_s) == pytest.approx(heard_s)


def test_one_set_takes_the_whole_file_as_one(tmp_path: Path) -> None:
    made = synthesize(SetScript(reps=6, lead_in_s=0.5, lead_out_s=0.5), seed=2)
    (line,) = lines_of(steadyrep("--json", "--one-set", saved(tmp_path, "a.csv", made)))
    (found,) = line["sets"]
    assert found["count"] == 6
    assert found["start_s"] == 0
    heard = {rep["emitted_s"] for rep in found["reps"]}
    assert list(heard) == pytest.approx([line["duration_s"]], abs=0.11)


def test_what_is_longer_than_any_set_is_not_taken_as_one(tmp_path: Path) -> None:
    still = Recording(np.arange(25_000) / 25, np.tile([0, 0.1, 9.8], (25_000, 1)), 25.0)
    far_apart = drop_out(everyday(Activity.LYING, 1000).recording, 10, 950)
    for name, recording in (("still.csv", still), ("apart.csv", far_apart)):
        path = saved(tmp_path, name, recording)
        result = steadyrep("--json", "--one-set", path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(path) in result.stderr
        assert result.stderr.endswith("analyze it without --one-set\n")


def test_files_come_in_the_order_given(tmp_path: Path) -> None:
    paths = [saved(tmp_path, f"{n}.csv", everyday(Activity.LYING, 5, seed=n)) for n in (2, 0, 1)]
    result = steadyrep("--json", *paths)
    assert [line["file"] for line in lines_of(result)] == [str(path) for path in paths]


def test_one_bad_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    good = saved(tmp_path, "good.csv", everyday(Activity.LYING, 5))
    bad = written(tmp_path, "bad.csv", HEADER + "0,0,0,9.8\n0.01,zero,0,9.8\n")
    result = steadyrep("--json", good, bad, good)
    assert (result.exit_code, result.stderr) == (1, "")
    first, failure, last = lines_of(result)
    assert first["sets"] == last["sets"] == []
    assert failure == {
        "file": str(bad),
        "error": f"{bad}, line 3: ax_ms2 is 'zero', not a number: correct or remove this line",
    }


GRID = [(f"{k / 100:.2f}", "0.1", "0.2", "9.8") for k in range(500)]
ROWS = "".join(",".join(row) + "\n" for row in GRID)


def test_several_files_that_are_all_bad_are_exit_code_2(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"{n}.csv", HEADER) for n in range(2)]
    result = steadyrep("--json", *paths)
    assert (result.exit_code, result.stderr) == (2, "")
    assert [line["file"] for line in lines_of(result)] == [str(path) for path in paths]
    table = steadyrep(*paths)
    assert (table.exit_code, len(table.stderr.splitlines())) == (2, 2)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "line 1: empty"),
        (HEADER, "a header but no samples"),
        ("a,b,c,d\n" + ROWS, "line 1: the header must name"),
        (HEADER + ROWS + "5.00,x,0,9.8\n", "line 502: ax_ms2 is 'x'"),
        (HEADER + ROWS + "5.00,nan,0,9.8\n", "line 502: ax_ms2 is nan"),
        (HEADER + ROWS + "5.00,0,0,inf\n", "line 502: az_ms2 is inf"),
        (HEADER + ROWS + "1.00,0,0,9.8\n", "line 502: time goes back"),
        (HEADER + ROWS.replace("9.8", "1.0"), "look like g and not ms2"),
        (gzip.compress(b"x" * 9, mtime=0), "not named .gz"),
    ],
)
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_the_only_file_being_bad_is_one_line_and_exit_code_2(
    tmp_path: Path, content: str | bytes, problem: str, flags: list[str]
) -> None:
    path = written(tmp_path, "bad.csv", content)
    result = steadyrep(*flags, path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert re.fullmatch(rf"steadyrep: {re.escape(str(path))}.*\n", result.stderr)
    assert problem in result.stderr


def sampled_at(rate_hz: float) -> Recording:
    return synthesize(SetScript(reps=6), sensor=SensorParams(rate_hz=rate_hz), seed=1).recording


@pytest.mark.parametrize(
    ("recording", "flag"),
    [
        (lambda: sampled_at(10), "low_rate"),
        (lambda: sampled_at(2000), "high_rate"),
        (lambda: stick_axis(sampled_at(100), 0, 8.0), "axis_stuck"),
        (lambda: drop_out(sampled_at(100), 12, 3), "gap"),
        (
            lambda: saturate(
                synthesize(
                    SetScript(reps=6, concentric_s=0.3, eccentric_s=0.3, hold_s=0.2, range_deg=80),
                    LimbParams(length_m=0.5),
                    seed=1,
                ).recording,
                19.6,
            ),
            "clipped",
        ),
        (lambda: Recording(np.arange(3) / 100, np.tile([0, 0, 9.8], (3, 1)), 100), "too_short"),
        (lambda: Recording(np.arange(999) / 100, np.full((999, 3), 0.01), 100), "no_gravity"),
    ],
    ids=["10 Hz", "2 kHz", "stuck axis", "time jump", "saturated", "3 samples", "no gravity"],
)
def test_a_doubtful_recording_gives_a_result_with_a_flag(
    tmp_path: Path, recording: Callable[[], Recording], flag: str
) -> None:
    result = steadyrep("--json", "--windows", saved(tmp_path, "a.csv", recording()))
    assert result.exit_code == 0
    assert flag in lines_of(result)[0]["flags"]


def test_a_jump_in_time_is_told_as_a_gap(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", drop_out(everyday(Activity.LYING, 30).recording, 10, 5))
    (line,) = lines_of(steadyrep("--json", path))
    assert line["gaps"] == [{"start_s": 9.99, "end_s": 15.0}]


def test_g_is_read_where_it_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "g.csv", HEADER + ROWS.replace("9.8", "1.0"))
    assert steadyrep("--json", "--units", "g", path).exit_code == 0


def test_foreign_column_names_are_read_where_they_are_given(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "time,x,y,z\n" + ROWS)
    assert steadyrep("--json", "--columns", "time, x, y, z", path).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--exercise", "jumping"], "unknown exercise 'jumping'; one of: .*bridge"),
        (["--plot", "a.txt"], "must end in .png or .svg"),
        (["--plot", "a.png", "b.csv"], "draws one file"),
        (["--columns", "t,x,y"], "four different names"),
        (["--units", "feet"], "feet"),
        (["--windows"], "add --json, or leave out --windows"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(arguments: list[str], problem: str) -> None:
    result = steadyrep("a.csv", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert re.search(problem, result.stderr)


def test_an_exercise_that_is_known_is_counted(tmp_path: Path, trembling_set: Synthetic) -> None:
    path = saved(tmp_path, "set.csv.gz", trembling_set)
    (line,) = lines_of(steadyrep("--json", "--exercise", "bridge", path))
    assert [each["count"] for each in line["sets"]] == [8]


@pytest.fixture(scope="module")
def two_planks() -> Synthetic:
    """A trunk that is lifted twice by 12° and kept there for about 20 s, with shaking."""
    script = SetScript(
        reps=2, concentric_s=2, hold_s=20, eccentric_s=2, rest_s=12, range_deg=12, jitter=0
    )
    return synthesize(script, tremor=TremorScript(7.0, 0.5), seed=3)


def test_a_hold_is_told_by_the_contract(tmp_path: Path, two_planks: Synthetic) -> None:
    path = saved(tmp_path, "planks.csv.gz", two_planks)
    (line,) = lines_of(steadyrep("--json", "--exercise", "plank", path))
    assert line["sets"] == []
    assert [each["held_s"] for each in line["holds"]] == pytest.approx([20, 20], abs=1.5)
    for each, rep in zip(line["holds"], two_planks.truth.sets[0], strict=True):
        assert each["start_s"] == pytest.approx(rep.hold_start_s, abs=1.2)
        assert each["end_s"] - each["start_s"] == pytest.approx(each["held_s"], abs=0.002)
        assert each["emitted_s"] > each["end_s"]
        assert each["tilt_deg"] == pytest.approx(12, abs=1.5)
        assert each["tremor"]["freq_hz"] == pytest.approx(7.0, abs=0.3)


def test_without_the_exercise_being_known_there_are_no_holds(
    tmp_path: Path, two_planks: Synthetic
) -> None:
    (line,) = lines_of(steadyrep("--json", saved(tmp_path, "planks.csv.gz", two_planks)))
    assert line["holds"] == []


def test_people_get_the_seconds_of_holds_in_a_table_and_a_picture(
    tmp_path: Path, two_planks: Synthetic
) -> None:
    path = saved(tmp_path, "planks.csv.gz", two_planks)
    picture = tmp_path / "planks.svg"
    result = steadyrep("--exercise", "plank", "--plot", picture, path)
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["Hold", "From", "To", "Held"] in [row[:4] for row in rows]
    seconds = [float(row[3]) for row in rows if row[:1] in (["1"], ["2"])]
    assert seconds == pytest.approx([20, 20], abs=1.5)
    assert "No set found." not in result.stdout
    assert picture.read_bytes().startswith(b"<?xml")


def test_one_set_is_one_hold(tmp_path: Path, two_planks: Synthetic) -> None:
    whole = two_planks.recording
    middle = (whole.t_s > 8) & (whole.t_s < 26)
    within = Recording(whole.t_s[middle], whole.acc_ms2[middle], whole.rate_hz)
    one = steadyrep("--json", "--one-set", "--exercise", "plank", saved(tmp_path, "a.csv", within))
    (found,) = lines_of(one)[0]["holds"]
    assert found["held_s"] == pytest.approx(18, abs=0.5)
    assert (found["tilt_deg"], found["drift_deg"]) == (None, None)
    assert found["confidence"] <= 0.3
    both = saved(tmp_path, "b.csv", two_planks)
    result = steadyrep("--json", "--one-set", "--exercise", "plank", both)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("it has 2 holds: analyze it without --one-set\n")


def test_people_get_a_table(tmp_path: Path, trembling_set: Synthetic) -> None:
    result = steadyrep(saved(tmp_path, "set.csv.gz", trembling_set))
    assert result.exit_code == 0
    assert "set.csv.gz" in result.stdout
    assert "Set 1, rep" in result.stdout
    assert "does not diagnose weakness or any condition" in " ".join(result.stdout.split())


def test_people_are_told_that_there_is_no_set(tmp_path: Path) -> None:
    result = steadyrep(saved(tmp_path, "still.csv", everyday(Activity.LYING, 20)))
    assert "No set found." in result.stdout
    assert "diagnose" not in result.stdout


@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.PNG", "a.Svg"])
def test_a_picture_is_drawn_and_the_same_each_time(
    tmp_path: Path, trembling_set: Synthetic, name: str
) -> None:
    path = saved(tmp_path, "set.csv.gz", drop_out(trembling_set.recording, 60, 3))
    pictures = []
    for _ in range(2):
        assert steadyrep(path, "--plot", tmp_path / name).exit_code == 0
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]
    assert pictures[0][:5] in (b"\x89PNG\r", b"<?xml")


ODD_NAME = os.fsdecode(b"caf\xe9.csv")
"""As Latin-1 systems wrote it: no UTF-8."""


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_name_that_is_no_utf8_is_read_and_shown(tmp_path: Path, flags: list[str]) -> None:
    good = written(tmp_path, ODD_NAME, HEADER + ROWS)
    bad = written(tmp_path, "bad" + ODD_NAME, HEADER)
    result = steadyrep(*flags, good, bad, "--units", "ms2")
    assert result.exit_code == 1
    if flags:
        first, failure = lines_of(result)
        assert first["file"] == str(tmp_path / "caf\\xe9.csv")
        assert failure["error"].startswith(str(tmp_path / "badcaf\\xe9.csv"))
    else:
        assert "caf\\xe9.csv" in result.stdout.replace("\n", "")
        assert "badcaf\\xe9.csv" in result.stderr


def test_a_picture_may_show_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    path = written(tmp_path, ODD_NAME, HEADER + ROWS)
    assert steadyrep(path, "--plot", tmp_path / "a.svg").exit_code == 0


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_terminal_that_knows_only_ascii_is_enough(
    tmp_path: Path, trembling_set: Synthetic, flags: list[str]
) -> None:
    path = saved(tmp_path, "übung.csv.gz", trembling_set)
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("steadyrep")), "analyze", *flags, str(path)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
    )
    assert ran.stderr == b""
    if flags:
        assert json.loads(ran.stdout)["file"] == str(path)
    else:
        assert b"m/s? 7." in ran.stdout


@pytest.mark.parametrize("samples", [2, 3, 30])
def test_even_next_to_nothing_can_be_drawn(tmp_path: Path, samples: int) -> None:
    few = Recording(np.arange(samples) / 100, np.tile([0, 0, 9.8], (samples, 1)), 100)
    assert steadyrep(saved(tmp_path, "a.csv", few), "--plot", tmp_path / "a.png").exit_code == 0


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.csv", everyday(Activity.LYING, 5))
    result = steadyrep("--json", path, "--plot", tmp_path / "nowhere" / "a.png")
    assert result.exit_code == 2
    assert "cannot be written: No such file or directory" in result.stderr


def test_the_installed_command_gives_the_same_bytes_twice(
    tmp_path: Path, trembling_set: Synthetic
) -> None:
    path = saved(tmp_path, "set.csv.gz", trembling_set)
    command = str(Path(sys.executable).with_name("steadyrep"))
    once, twice = (
        subprocess.run([command, "analyze", "--json", str(path)], capture_output=True, check=True)
        for _ in range(2)
    )
    assert once.stdout == twice.stdout
    assert once.stdout.count(b"\n") == 1


REP = Rep(1.0, 2.0, 3.00049, Tempo(0.7, 0.6, 0.7), 41.26, 0.98765, 3.2)
REP_WRITTEN = {
    "start_s": 1.0,
    "turn_s": 2.0,
    "end_s": 3.0,
    "tempo": {"concentric_s": 0.7, "hold_s": 0.6, "eccentric_s": 0.7},
    "tilt_deg": 41.3,
    "confidence": 0.988,
}
SHAKING = TremorWindow(
    start_s=0,
    end_s=4,
    status=TremorStatus.TREMOR,
    reason="",
    amp_rms_ms2=0.312345,
    freq_hz=8.126,
    confidence=0.9,
    amp_low_ms2=0.25,
    amp_high_ms2=0.4,
    displacement_mm=0.12,
    bandwidth_hz=0.9,
    band_rms_ms2=1.5,
    contrast_db=7.77,
    noise_floor_ms2=0.0061,
)
STEADY = TremorWindow(1, 5, TremorStatus.NONE, "", 0.0, 6.0, 0.1)
REFUSED = TremorWindow(2, 6, TremorStatus.REFUSED, "sampled at 25 Hz", None, None, None)


def test_a_set_becomes_what_the_contract_says() -> None:
    tremor = summarise_tremor([SHAKING, STEADY, REFUSED])
    summary = SetSummary(1, 1.0, 3.0, (REP,), 0.9, REP.tempo, 41.3, tremor, (REP,))
    payload = set_payload(summary, [3.3])
    assert payload.pop("reps") == [{**REP_WRITTEN, "emitted_s": 3.3}]
    assert payload.pop("partial_reps") == [REP_WRITTEN]
    assert payload.pop("tremor")
    assert payload == {"start_s": 1.0, "end_s": 3.0, "count": 1, "confidence": 0.9}


def test_the_shaking_of_a_set_becomes_what_the_contract_says() -> None:
    tremor = summarise_tremor([SHAKING, STEADY, REFUSED])
    summary = SetSummary(1, 1.0, 3.0, (REP,), 0.9, REP.tempo, 41.3, tremor, ())
    assert set_payload(summary, [3.3])["tremor"] == {
        "windows": 3,
        "tremor_fraction": 0.333,
        "none_fraction": 0.333,
        "unknown_fraction": 0.333,
        "below_floor_fraction": 0.0,
        "amp_rms_ms2": 0.3123,
        "amp_low_ms2": 0.25,
        "amp_high_ms2": 0.4,
        "displacement_mm": 0.12,
        "freq_hz": 8.13,
        "freq_spread_hz": None,
        "bandwidth_hz": 0.9,
        "band_rms_ms2": 1.5,
        "contrast_db": 7.8,
        "confidence": 0.9,
        "noise_floor_ms2": None,
    }


def test_a_refused_window_says_why_and_has_no_figures() -> None:
    payload = window_payload(REFUSED)
    told = {name: payload.pop(name) for name in ("start_s", "end_s", "status", "reason")}
    assert told == {"start_s": 2, "end_s": 6, "status": "refused", "reason": "sampled at 25 Hz"}
    assert payload == dict.fromkeys(
        (
            "amp_rms_ms2",
            "freq_hz",
            "confidence",
            "amp_low_ms2",
            "amp_high_ms2",
            "displacement_mm",
            "bandwidth_hz",
            "band_rms_ms2",
            "contrast_db",
            "noise_floor_ms2",
        )
    )


def test_the_analysis_of_nothing_is_told_too() -> None:
    recording = Recording(np.arange(3) / 100, np.tile([0, 0, 9.8], (3, 1)), 100)
    analysis: Analysis = analyse(recording, Tracker())
    payload = analysis_payload("a.csv", analysis)
    jsonschema.validate(payload, SCHEMA)
    assert payload["sets"] == []


def test_times_are_told_as_on_a_watch() -> None:
    assert [clock(s) for s in (-0.1, 0, 9.96, 59.97, 75, 3600)] == [
        "-0:00.1", "0:00.0", "0:10.0", "1:00.0", "1:15.0", "60:00.0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([], "can't tell"),
        ([TremorStatus.UNKNOWN, TremorStatus.REFUSED], "can't tell"),
        ([TremorStatus.NONE, TremorStatus.UNKNOWN], "none measured"),
        ([TremorStatus.TREMOR, TremorStatus.NONE], "50%: 0.30 m/s² 8.0 Hz"),
    ],
)
def test_shaking_is_told_in_allowed_words(statuses: list[TremorStatus], words: str) -> None:
    windows = [TremorWindow(0, 4, status, "", 0.3, 8.0, 0.5) for status in statuses]
    assert shaking_words(summarise_tremor(windows)) == words
