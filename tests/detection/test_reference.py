"""One good set as a reference: what later sets are compared with, and counted by."""

from dataclasses import replace

import numpy as np
import pytest

from detection.counting.good_rep import GoodRep, fit_to
from detection.pipeline import Tracker, one_set_tracker, params_for
from detection.reference import Comparison, NoReference, Reference, compare, reference_of
from sensors.recording import Recording
from sensors.samples import SampleBlock
from sensors.synthetic import LimbParams, SensorParams, SetScript, random_rotation_deg, synthesize
from tests.detection.streams import events_of, sets_of

GOOD = SetScript(reps=8, concentric_s=1.5, hold_s=2.0, eccentric_s=2.0, rest_s=1.0, jitter=0.03)
BENT = LimbParams(rest_up=(0.7, 0.7, 0.1))
RATE_HZ = 50.0


def recorded(script: SetScript, seed: int = 1, strap: int = 0) -> Recording:
    sensor = SensorParams(rate_hz=RATE_HZ, rotation_deg=random_rotation_deg(strap))
    return synthesize(script, BENT, sensor, None, seed).recording


def block_of(recording: Recording) -> SampleBlock:
    return SampleBlock(recording.t_s, recording.acc_ms2, recording.rate_hz)


def reference(script: SetScript = GOOD) -> Reference:
    made = recorded(script)
    (ended,) = sets_of(events_of(made))
    return reference_of(block_of(made), ended.reps)


def compared(script: SetScript, seed: int = 2, strap: int = 7) -> Comparison:
    made = recorded(script, seed, strap)
    (ended,) = sets_of(events_of(made))
    found = compare(reference(), block_of(made), ended.reps)
    assert found is not None
    return found


@pytest.mark.parametrize("strap", range(4))
def test_the_same_movement_is_alike_however_the_strap_sits(strap: int) -> None:
    found = compared(GOOD, strap=strap)
    assert found.likeness > 0.97
    assert found.duration_ratio == pytest.approx(1.0, abs=0.08)
    assert found.hold_s == pytest.approx(0.0, abs=0.4)
    assert found.range_ratio == pytest.approx(1.0, abs=0.1)


def test_hurried_shortened_and_not_held_is_told_as_such() -> None:
    hurried = replace(GOOD, concentric_s=0.8, hold_s=0.2, eccentric_s=0.9, range_deg=24.0)
    found = compared(hurried)
    assert found.duration_ratio == pytest.approx(1.9 / 5.5, abs=0.08)
    assert found.hold_s == pytest.approx(-1.8, abs=0.4)
    assert found.range_ratio == pytest.approx(0.6, abs=0.1)


def test_another_movement_is_less_alike() -> None:
    """Two bumps where the good set has one long hold."""
    assert compared(replace(GOOD, dip=0.8, hold_s=3.0)).likeness < compared(GOOD).likeness - 0.05


def test_a_reference_is_like_its_own_repetitions() -> None:
    kept = reference()
    assert kept.reps == GOOD.reps
    assert kept.likeness > 0.97
    assert kept.good_rep.seconds == pytest.approx(5.5, abs=0.4)


def test_two_repetitions_are_no_reference() -> None:
    made = recorded(replace(GOOD, reps=2))
    (ended,) = sets_of(events_of(made, tracker=one_set_tracker()))
    with pytest.raises(NoReference, match="2 repetitions; a reference needs 3"):
        reference_of(block_of(made), ended.reps)


def test_a_set_outside_the_samples_is_refused() -> None:
    made = recorded(GOOD)
    (ended,) = sets_of(events_of(made))
    part = SampleBlock(made.t_s[:500], made.acc_ms2[:500], RATE_HZ)
    with pytest.raises(NoReference, match="the samples do not hold the whole set"):
        reference_of(part, ended.reps)


def test_nothing_is_compared_without_repetitions() -> None:
    assert compare(reference(), block_of(recorded(GOOD)), []) is None


def test_a_turned_and_shifted_path_fits_and_a_mirror_image_does_not() -> None:
    phase = 2 * np.pi * np.arange(48) / 48
    path = np.stack([np.cos(phase), 0.6 * np.sin(2 * phase), 0.3 * np.cos(3 * phase + 1)], axis=1)
    good = GoodRep(tuple((float(x), float(y), float(z)) for x, y, z in path), 4.0)
    turned = np.roll(path, 11, axis=0) @ np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]) + 5.0
    fit = fit_to(good, turned)
    assert fit.likeness == pytest.approx(1.0)
    assert fit.likeness_of(good, turned) == pytest.approx(1.0)
    assert fit_to(good, turned * [1, 1, -1]).likeness < 0.999


@pytest.mark.parametrize("bad", [[(0.0, 0.0, 0.0)] * 47, [(0.0, 0.0, float("nan"))] * 48])
def test_a_path_of_the_wrong_shape_is_refused(bad: list[tuple[float, float, float]]) -> None:
    with pytest.raises(ValueError, match="path_ms2"):
        GoodRep(tuple(bad), 4.0)


TWO_BUMPS = replace(GOOD, dip=0.9, hold_s=3.0)
"""The limb sinks nearly to rest and rises again: what counts one cannot be told blind."""


def told_apart(script: SetScript, good: GoodRep | None, seed: int, *, is_given: bool) -> list[int]:
    made = recorded(script, seed, strap=seed)
    tracker = one_set_tracker(None, good) if is_given else Tracker(params_for(None, good))
    return [len(ended.reps) for ended in sets_of(events_of(made, tracker=tracker))]


@pytest.mark.parametrize("is_given", [True, False], ids=["edges given", "nothing given"])
@pytest.mark.parametrize("seed", range(4))
def test_what_counts_one_is_decided_by_the_reference(seed: int, is_given: bool) -> None:
    bumps = reference_of_bumps().good_rep
    assert told_apart(TWO_BUMPS, bumps, seed, is_given=is_given) == [TWO_BUMPS.reps]


def reference_of_bumps() -> Reference:
    made = synthesize(TWO_BUMPS, BENT, SensorParams(rate_hz=RATE_HZ), None, 1)
    events = events_of(made.recording, tracker=one_set_tracker())
    (ended,) = sets_of(events)
    whole = [
        replace(ended.reps[0], start_s=rep.start_s, end_s=rep.end_s) for rep in made.truth.sets[0]
    ]
    return reference_of(block_of(made.recording), whole)


@pytest.mark.parametrize("seed", range(3))
def test_a_clear_set_is_counted_as_without_the_reference(seed: int) -> None:
    good = reference().good_rep
    slower = replace(GOOD, concentric_s=2.0, hold_s=3.0, eccentric_s=2.5)
    assert told_apart(slower, good, seed, is_given=False) == [GOOD.reps]
