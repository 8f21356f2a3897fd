import pytest

from sensors.decoders import polar
from sensors.decoders.polar import Settings
from sensors.errors import DecodeError, SensorRefused
from sensors.profiles import POLAR, Streaming
from sensors.profiles.polar import choose, start_polar
from tests.sensors.polar_frames import H10_SETTINGS, factor_setting, response, setting


def converse(*answers: bytes) -> tuple[Streaming, list[bytes | None]]:
    """What the dialogue comes to and what it wrote, if the device answers so."""
    dialogue = start_polar()
    wrote = [next(dialogue)]
    try:
        for answer in answers:
            wrote += [dialogue.send(answer)]
    except StopIteration as done:
        return done.value, wrote
    raise AssertionError(f"the dialogue waits for more after {wrote}")


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (Settings((25, 50, 100, 200), (16,), (2, 4, 8)), Settings((200,), (16,), (8,))),
        (Settings((52,), (16,), (8,), (3,)), Settings((52,), (16,), (8,), (3,))),
        (Settings((400, 800), (24,), (2, 4)), Settings((400,), (24,), (4,))),
        (Settings((0, 50), (16, 24), (8, 16)), Settings((50,), (16,), (8,))),
        (Settings((50,)), Settings((50,))),
    ],
)
def test_the_useful_setting_is_chosen(offered: Settings, chosen: Settings) -> None:
    assert choose(offered) == chosen


def test_a_polar_is_asked_and_then_started() -> None:
    streaming, wrote = converse(response(1, 0, H10_SETTINGS), response(2))
    assert (streaming.rate_hz, streaming.range_ms2) == (200, pytest.approx(78.4532))
    assert wrote == [bytes.fromhex("0102"), bytes.fromhex("02020001c8000101100002010800")]


def test_the_factor_of_the_start_answer_scales_what_follows() -> None:
    streaming, _ = converse(response(1, 0, H10_SETTINGS), response(2, 0, factor_setting(0.5)))
    frame = bytes.fromhex("02 6500000000000000 81 F1FF 1400 F003 06 01 7B0F08")
    assert streaming.decode(frame).acc_ms2[0, 2] == pytest.approx(0.504 * 9.80665)


def test_a_late_answer_to_something_else_is_passed_over() -> None:
    streaming, wrote = converse(response(3), response(1, 0, H10_SETTINGS), response(2))
    assert streaming.rate_hz == 200
    assert wrote[1] is None


def test_a_sensor_that_streams_already_is_stopped_and_started_anew() -> None:
    _, wrote = converse(response(1, 0, H10_SETTINGS), response(2, 6), response(3), response(2))
    assert [write[0] for write in wrote if write] == [1, 2, 3, 2]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([response(1, 0, setting(1, [16], 2))], "names no sampling rate"),
        ([response(1, 0, setting(0, [0], 2))], "names no sampling rate"),
        ([response(1, 3)], "update its firmware"),
        ([response(1, 0, H10_SETTINGS), response(2, 13)], "is in its charger"),
        ([response(1, 0, H10_SETTINGS), response(2, 9)], "refused to start: invalid_range"),
    ],
)
def test_a_refusal_is_said_with_its_reason(answers: list[bytes], said: str) -> None:
    with pytest.raises(SensorRefused, match=said):
        converse(*answers)


def test_an_answer_that_is_none_is_a_decode_error() -> None:
    with pytest.raises(DecodeError):
        converse(b"\x00\x01")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Polar H10 0A1B2C3D", "polar-h10"),
        ("Polar Sense 1234ABCD", "polar-verity-sense"),
        ("Polar OH1 1234ABCD", "polar-oh1"),
        ("Polar Vantage V", None),
        ("", None),
    ],
)
def test_a_sensor_is_known_by_its_name(name: str, kind: str | None) -> None:
    assert POLAR.kind_of(name) == kind


def test_the_stop_is_the_documented_write() -> None:
    assert polar.request_stop() == POLAR.stop == bytes.fromhex("0302")
