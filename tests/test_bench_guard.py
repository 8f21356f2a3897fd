"""The guard: what has fallen is told, what may differ by itself passes."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import check, headline, score_guard, stream
from benchmarks.corpus import combinations, idle_pieces, make_idle, make_set, make_standing_sets
from benchmarks.document import read_sections, render
from benchmarks.guard import Figure, Guard, compare
from benchmarks.options import Options
from benchmarks.tables import Table

EXACT = Figure("exact", "%", Guard(is_more_better=True, because="one set tips over", slack=0.6))
DELAY = Figure("delay", "s", Guard(is_more_better=False, because="half a block", slack=0.05))
SPEED = Figure("speed", "", Guard(is_more_better=True, because="machines differ", factor=1.6))
MEMORY = Figure("memory", "kB", Guard(is_more_better=False, because="versions", factor=1.1))


@pytest.mark.parametrize(
    ("figure", "recorded", "passing", "failing"),
    [
        (EXACT, 97.4, 96.8, 96.7),
        (EXACT, 97.4, 100.0, 0.0),
        (DELAY, 0.3, 0.35, 0.36),
        (SPEED, 160.0, 100.0, 99.9),
        (MEMORY, 2000.0, 2200.0, 2201.0),
    ],
)
def test_a_figure_may_be_worse_by_its_noise_and_no_more(
    figure: Figure, recorded: float, passing: float, failing: float
) -> None:
    before = {figure.name: recorded}
    assert compare([figure], before, {figure.name: passing}) == ([], [])
    fallen, _ = compare([figure], before, {figure.name: failing})
    assert len(fallen) == 1


def test_what_has_fallen_is_one_clear_sentence() -> None:
    fallen, _ = compare([EXACT, DELAY], {"exact": 97.4, "delay": 0.3}, {"exact": 90.1, "delay": 1})
    assert fallen == [
        "exact fell from 97.4 % to 90.1 %; at least 96.8 % passes (one set tips over)",
        "delay rose from 0.3 s to 1 s; at most 0.35 s passes (half a block)",
    ]


def test_a_figure_that_was_never_recorded_passes_and_says_so() -> None:
    fallen, untold = compare([EXACT], {}, {"exact": 12.0})
    assert fallen == []
    assert untold == ["exact: never recorded, so nothing to compare with"]


def test_a_figure_that_is_no_longer_there_has_fallen() -> None:
    fallen, _ = compare([DELAY], {"delay": 0.3}, {"delay": None})
    assert fallen == ["delay: recorded 0.3 s, now there is none"]


def test_only_what_has_fallen_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.verdict(["exact: never recorded"], []) == 0
    assert check.verdict([], ["exact fell"]) == 1
    assert "FALLEN: exact fell.\n" in capsys.readouterr().out


def test_recorded_figures_are_found_by_name() -> None:
    row = (headline.GIVEN_EXACT, 97.4, "%", "0.6", "because")
    table = Table(headline.TITLE, "", ("figure", "measured", "unit", "", ""), (row,))
    assert headline.figures_of([table]) == {headline.GIVEN_EXACT: 97.4}
    assert headline.figures_of([]) == {}


def test_every_guarded_score_is_in_the_recorded_tables() -> None:
    recorded = score_guard.figures_of(read_sections()["score"].tables)
    assert [each.name for each in score_guard.FIGURES if each.name not in recorded] == []


def test_the_corpus_never_changes() -> None:
    made_of = combinations()[17]
    first, again = make_set(made_of), make_set(made_of)
    assert np.array_equal(first.recording.acc_ms2, again.recording.acc_ms2)
    assert first.annotated == again.annotated
    activity, number = idle_pieces()[0]
    idle = make_idle(activity, number).acc_ms2
    assert np.array_equal(idle, make_idle(activity, number).acc_ms2)
    assert not np.array_equal(idle, make_idle(activity, number + 1).acc_ms2)


def test_a_corpus_set_holds_the_repetitions_that_it_names() -> None:
    for made_of in combinations()[::40]:
        made = make_set(made_of)
        assert made.annotated.least == made.annotated.most == len(made.annotated.turns_s)
        assert 0 < made.annotated.begin_s < made.annotated.turns_s[0]
        assert made.annotated.turns_s[-1] < made.annotated.end_s < made.recording.duration_s


def test_a_waist_that_stands_up_and_sits_down_is_back_where_it_was() -> None:
    made = make_standing_sets()[0]
    begin, end = made.recording.acc_ms2[:100].mean(axis=0), made.recording.acc_ms2[-100:].mean(0)
    assert begin == pytest.approx(end, abs=0.02)


def test_a_stream_is_told_hour_by_hour_and_drawn(tmp_path: Path) -> None:
    hours = [stream.Hour([0.3] * 99 + [150.0], [2.0, 4.0]), stream.Hour([0.4, 0.2])]
    (table,) = stream.told(hours, Options(pictures=tmp_path))
    assert table.rows == (
        (1, 0.3, pytest.approx(1.8, abs=0.01), 150.0, 3.0, 3.98, 4.0, 3.0),
        (2, 0.3, 0.4, 0.4, None, None, None, None),
    )
    assert (tmp_path / stream.PICTURE).read_bytes().startswith(b"\x89PNG")


def test_a_picture_is_shown_once_it_is_there(tmp_path: Path) -> None:
    sections = {"stream": read_sections()["stream"]}
    assert "](pictures/" not in render(sections, tmp_path)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / stream.PICTURE).touch()
    assert f"](pictures/{stream.PICTURE})" in render(sections, tmp_path)
