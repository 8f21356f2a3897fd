"""Counts whatever the movement: its range, its bumps, its sides, its shaking; nothing given."""

from dataclasses import replace

import pytest

from sensors.synthetic import (
    CARELESS,
    ORDINARY,
    LimbParams,
    Manner,
    SensorParams,
    SetScript,
    TremorScript,
    random_rotation_deg,
    synthesize,
)
from tests.detection.streams import count_given, counts

SLOW = SetScript()
BRISK = SetScript(concentric_s=0.7, hold_s=0.2, eccentric_s=0.7, rest_s=0.3)
VERY_SLOW = SetScript(concentric_s=4.0, hold_s=3.0, eccentric_s=5.0, rest_s=2.0)
BENT = LimbParams(rest_up=(0.7, 0.7, 0.1), sway_deg=0.6)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(BRISK, id="brisk"),
        pytest.param(SLOW, id="slow"),
        pytest.param(VERY_SLOW, id="very slow"),
        pytest.param(replace(SLOW, range_deg=6.0), id="small"),
        pytest.param(replace(SLOW, reps=3), id="three"),
    ],
)
@pytest.mark.parametrize(
    ("manner", "jitter"),
    [pytest.param(ORDINARY, 0.1, id="ordinary"), pytest.param(CARELESS, 0.18, id="careless")],
)
def test_counts_movement_that_is_never_twice_the_same(
    manner: Manner, jitter: float, script: SetScript
) -> None:
    sensor = SensorParams(rotation_deg=random_rotation_deg(3))
    uneven = replace(script, jitter=jitter)
    made = synthesize(uneven, BENT, sensor, None, seed=3, manner=manner)
    assert counts(made.recording) == [script.reps]


@pytest.mark.parametrize("script", [SLOW, replace(SLOW, hold_s=5.0)], ids=["1 s", "5 s"])
def test_holds_of_uneven_length_with_edges_given_are_counted(script: SetScript) -> None:
    sensor = SensorParams(rotation_deg=random_rotation_deg(3))
    uneven = replace(script, jitter=0.18)
    made = synthesize(uneven, BENT, sensor, None, seed=3, manner=CARELESS)
    assert count_given(made.recording) == 10


@pytest.mark.parametrize("range_deg", [1.5, 2.0, 2.5])
def test_counts_a_range_under_three_degrees(range_deg: float) -> None:
    """Pelvic tilts; the limb lies on a mat, so that it sways less than a free one."""
    script = replace(SLOW, range_deg=range_deg, hold_s=2.0)
    limb = LimbParams(sway_deg=0.1)
    assert counts(synthesize(script, limb, seed=1).recording) == [10]


def test_counts_small_tilts_of_a_limb_that_sways() -> None:
    assert counts(synthesize(replace(SLOW, range_deg=3.0), seed=2).recording) == [10]


@pytest.mark.parametrize(("range_deg", "last"), [(10.0, 0.4), (40.0, 0.4), (40.0, 1.6)])
def test_counts_while_the_range_fades_or_grows(range_deg: float, last: float) -> None:
    script = replace(SLOW, range_deg=range_deg, range_drift=last)
    assert counts(synthesize(script, seed=2).recording) == [10]


@pytest.mark.parametrize(
    ("dip", "hold_s"), [(0.15, 4.0), (0.3, 2.0), (0.5, 1.0), (0.5, 4.0), (0.7, 3.0)]
)
def test_two_bumps_are_one_repetition(dip: float, hold_s: float) -> None:
    script = replace(SLOW, dip=dip, hold_s=hold_s)
    assert counts(synthesize(script, seed=2).recording) == [10]


@pytest.mark.parametrize(("rep", "share"), [(0, 0.4), (5, 0.4), (9, 0.4), (5, 0.25)])
def test_a_repetition_turned_back_early_is_not_counted(rep: int, share: float) -> None:
    script = replace(SLOW, partial_rep=rep, partial_share=share)
    assert counts(synthesize(script, seed=3).recording) == [9]


@pytest.mark.parametrize("share", [1.0, 0.8])
def test_sides_that_feel_alike_count_each(share: float) -> None:
    script = replace(SLOW, other_side_share=share)
    assert counts(synthesize(script, seed=2).recording) == [10]


@pytest.mark.parametrize("share", [0.0, -0.1])
def test_a_side_that_is_hardly_felt_is_not_counted(share: float) -> None:
    script = replace(SLOW, other_side_share=share, reps=16)
    assert counts(synthesize(script, seed=2).recording) == [8]


@pytest.mark.parametrize("share", [-1.0, -0.5])
def test_sides_that_go_opposite_ways_count_each_or_each_pair(share: float) -> None:
    """Knee rolling: whether there and back again is one or two is the exercise's definition."""
    script = replace(SLOW, other_side_share=share, reps=16)
    (count,) = counts(synthesize(script, seed=2).recording)
    assert count in (8, 16)


@pytest.mark.parametrize(
    ("range_deg", "freq_hz"), [(8.0, 4.0), (8.0, 6.0), (8.0, 9.0), (40.0, 4.0), (40.0, 9.0)]
)
def test_counts_shaking_legs(range_deg: float, freq_hz: float) -> None:
    """Strong shaking, 0.8 m/s², as large as what 5° of tilt do to gravity."""
    script = SetScript(reps=8, concentric_s=3.0, eccentric_s=3.0, range_deg=range_deg)
    shaking = TremorScript(freq_hz=freq_hz, amp_rms_ms2=0.8, growth=2.0)
    assert counts(synthesize(script, tremor=shaking, seed=2).recording) == [8]


@pytest.mark.parametrize("seed", range(4))
def test_counts_however_the_sensor_is_turned(seed: int) -> None:
    sensor = SensorParams(rotation_deg=random_rotation_deg(seed))
    assert counts(synthesize(SLOW, sensor=sensor, seed=3).recording) == [10]


def test_a_turn_about_the_vertical_is_not_guessed_at() -> None:
    """Gravity does not see it; what is left is sway, which must not be taken for a set."""
    unseen = LimbParams(rest_up=(0.0, 0.0, 1.0))
    assert counts(synthesize(SLOW, unseen, seed=1).recording) in ([], [10])


@pytest.mark.parametrize("paused_rep", [3, 5])
def test_a_set_in_which_one_pauses_once_is_one_set(paused_rep: int) -> None:
    """Eight seconds halfway up the fourth or the last of six slow repetitions."""
    slow = SetScript(
        reps=6, concentric_s=3.0, hold_s=2.0, eccentric_s=3.0, rest_s=2.0, paused_rep=paused_rep,
        pause_s=8.0, lead_out_s=30.0,
    )  # fmt: skip
    assert counts(synthesize(slow, seed=2).recording) == [6]
