"""The part `tremor-peers` of the benchmark: its truth, and what it says of a peer."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import tremor_peers
from benchmarks.peers.tremor_packages import WAYS, Answer, Said
from benchmarks.tremor_peers import STEADYREP, Case


def cases(added_ms2: float) -> tuple[Case, Case]:
    """A limb without and with a tremor of this size."""
    made = [tremor_peers._limb(0.3, 50.0, 7.0, size, seed=3) for size in (0.0, added_ms2)]
    return made[0], made[1]


def test_the_tremor_of_the_limb_has_the_size_that_is_said() -> None:
    still, shaking = cases(0.4)
    added = shaking.motion.acc_ms2 - still.motion.acc_ms2
    assert np.sqrt((added**2).sum(axis=1).mean()) == pytest.approx(0.4, rel=0.01)
    assert still.motion.gyro_dps is not None
    assert shaking.motion.gyro_dps is not None
    turned = shaking.motion.gyro_dps - still.motion.gyro_dps
    assert np.sqrt((turned**2).sum(axis=1).mean()) == pytest.approx(shaking.gyro_rms_dps, rel=0.01)


def test_steadyrep_is_asked_like_the_others() -> None:
    shown = [tremor_peers._steadyrep(case) for case in cases(0.3)]
    ((_, name, nothing, *_, amp_percent, freq_hz, _),) = tremor_peers._rows(
        STEADYREP, [*shown, *(replace_size(shown[1], size) for size in (0.1, 0.6))]
    )
    assert (name, nothing) == (STEADYREP, 0.0)
    assert amp_percent == pytest.approx(0, abs=5)
    assert freq_hz == pytest.approx(0, abs=0.1)


def replace_size(shown: tremor_peers.Shown, added_ms2: float) -> tremor_peers.Shown:
    return replace(shown, case=replace(shown.case, added_ms2=added_ms2))


def test_a_limit_is_made_for_who_has_none_and_only_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def said(measure: float) -> Said:
        windows = np.full(15, measure)
        return Said(windows, windows * 0 + 7.0, windows * 0 + 0.3, 0.1)

    made = [replace(cases(0.3)[size > 0], added_ms2=size) for size in (0.0, 0.1, 0.3, 0.6)]
    answer = Answer(tuple(said(n) for n in (0.1, 0.1, 0.2, 0.9)), "1.0")
    monkeypatch.setattr(tremor_peers, "ask", lambda _way, _motions: answer)
    told = {way.way: tremor_peers._asked(way, made)[0][2:6] for way in WAYS}
    assert told["band-power"] == (0.0, 0.0, 100.0, 100.0)
    assert told["resting-tremor"] == (0.0, 0.0, 0.0, 100.0)


def test_a_peer_that_cannot_be_had_is_a_row_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Answer(refused="not installed: no")
    monkeypatch.setattr(tremor_peers, "ask", lambda _way, _motions: refused)
    (row,) = tremor_peers._asked(WAYS[0], list(cases(0.3)))
    assert row[1] == f"{WAYS[0].title}: not installed: no"
    assert set(row[2:]) == {None}
