"""Counts at every pace: slow and fast, with holds, drifting, paused, all with nothing given."""

from dataclasses import replace

import pytest

from sensors.synthetic import SetScript, synthesize
from tests.detection.streams import counts

SLOW = SetScript()
BRISK = SetScript(concentric_s=0.7, hold_s=0.2, eccentric_s=0.7, rest_s=0.3)


@pytest.mark.parametrize("seconds", [2, 4, 6, 10, 20])
def test_counts_at_every_pace(seconds: float) -> None:
    script = SetScript(
        reps=8,
        concentric_s=0.3 * seconds,
        hold_s=0.2 * seconds,
        eccentric_s=0.3 * seconds,
        rest_s=0.2 * seconds,
    )
    assert counts(synthesize(script, seed=seconds).recording) == [8]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(replace(SLOW, hold_s=5.0), id="hold of 5 s"),
        pytest.param(replace(SLOW, rest_s=5.0), id="rest of 5 s"),
        pytest.param(replace(BRISK, hold_s=5.0), id="quick lift, hold of 5 s"),
        pytest.param(replace(BRISK, rest_s=5.0), id="quick lift, rest of 5 s"),
        pytest.param(replace(SLOW, hold_s=5.0, rest_s=5.0), id="holds of 5 s at both ends"),
        pytest.param(replace(SLOW, hold_s=10.0, reps=6), id="hold of 10 s"),
        pytest.param(
            replace(SLOW, concentric_s=1.0, eccentric_s=4.0, hold_s=0.2), id="1 up, 4 down"
        ),
        pytest.param(
            replace(SLOW, concentric_s=4.0, eccentric_s=1.0, hold_s=0.2), id="4 up, 1 down"
        ),
    ],
)
def test_counts_every_tempo(script: SetScript) -> None:
    assert counts(synthesize(script, seed=2).recording) == [script.reps]


@pytest.mark.parametrize("drift", [0.5, 1.5])
@pytest.mark.parametrize("script", [pytest.param(SLOW, id="slow"), pytest.param(BRISK, id="brisk")])
def test_counts_while_the_pace_drifts_by_half(script: SetScript, drift: float) -> None:
    assert counts(synthesize(replace(script, pace_drift=drift), seed=2).recording) == [10]


@pytest.mark.parametrize("jitter", [0.1, 0.2])
def test_counts_an_uneven_pace(jitter: float) -> None:
    assert counts(synthesize(replace(SLOW, jitter=jitter), seed=3).recording) == [10]


@pytest.mark.parametrize(("rep", "pause_s"), [(0, 2.0), (5, 1.0), (5, 2.0), (5, 4.0), (9, 2.0)])
def test_a_pause_inside_a_repetition_adds_none(rep: int, pause_s: float) -> None:
    script = replace(SLOW, paused_rep=rep, pause_s=pause_s)
    assert counts(synthesize(script, seed=2).recording) == [10]
