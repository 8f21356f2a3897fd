"""What is said of a stream's quality."""

import numpy as np
import pytest

from detection.events import Quality, QualityFlag
from sensors.recording import Recording
from sensors.synthetic import SensorParams, saturate, stick_axis, synthesize
from tests.detection.streams import events_of


def _flags(recording: Recording) -> list[Quality]:
    return [e.flag for e in events_of(recording, [77] * 9) if isinstance(e, QualityFlag)]


def _set(rate_hz: float = 100.0) -> Recording:
    return synthesize(sensor=SensorParams(rate_hz=rate_hz), seed=1).recording


def test_a_good_stream_has_no_flag() -> None:
    assert _flags(_set()) == []


def test_a_sensor_without_gravity_is_flagged() -> None:
    recording = _set()
    linear = recording.acc_ms2 - recording.acc_ms2.mean(axis=0)
    assert Quality.NO_GRAVITY in _flags(Recording(recording.t_s, linear, 100.0))


def test_a_stuck_axis_is_flagged_once() -> None:
    assert _flags(stick_axis(_set(), axis=2, from_s=12.0)).count(Quality.AXIS_STUCK) == 1


def test_a_dead_sensor_is_flagged() -> None:
    t_s = np.arange(1000) / 100
    assert _flags(Recording(t_s, np.tile([0.0, 0.0, 9.81], (1000, 1)), 100.0)) == [
        Quality.NO_SIGNAL
    ]


def test_a_short_rest_of_the_stream_tells_no_rate() -> None:
    t_s = np.round(np.arange(322) / 64, 2)
    noise = np.random.default_rng(0).normal([0, 0, 9.81], 0.05, (322, 3))
    assert _flags(Recording(t_s, noise, 64.0)) == []


def test_how_long_a_short_stream_lasted_is_said() -> None:
    events = events_of(Recording(np.arange(150) / 100, np.full((150, 3), 5.7), 100.0))
    (said,) = [e for e in events if isinstance(e, QualityFlag) and e.flag is Quality.TOO_SHORT]
    assert said.detail == "1.49 s"


def test_a_saturated_sensor_is_flagged() -> None:
    recording = _set()
    loud = Recording(recording.t_s, recording.acc_ms2 * 3, 100.0)
    assert Quality.CLIPPED in _flags(saturate(loud, range_ms2=19.6))


@pytest.mark.parametrize(
    ("rate_hz", "flag"), [(10.0, Quality.LOW_RATE), (2000.0, Quality.HIGH_RATE)]
)
def test_a_rate_outside_what_can_be_followed_is_flagged(rate_hz: float, flag: Quality) -> None:
    assert _flags(_set(rate_hz)) == [flag]


def test_another_rate_than_stated_is_flagged() -> None:
    recording = _set()
    assert _flags(Recording(recording.t_s, recording.acc_ms2, 120.0)) == [Quality.RATE_MISMATCH]
