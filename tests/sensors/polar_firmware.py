"""What is inside a Polar sensor, whatever carries its bytes: a recording that it lives through.

Its clock is the recording's: while the link is lost the body moves on unheard. After the
recording's end it lies still.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sensors.decoders.polar import Operation, Status
from sensors.recording import Recording
from tests.sensors.polar_frames import (
    compressed_frame,
    factor_setting,
    raw_frame,
    response,
    setting,
)

DEVICE_EPOCH_NS = 599_616_000 * 10**9
"""2019-01-01 in Polar's count: what an H10 believes when it wakes up."""
SAMPLES_PER_FRAME = 36
FACTOR = 0.5


@dataclass
class Temper:
    """What this sensor does differently from a well-behaved H10.

    drop_at_s, away_s: the link drops at this time of the recording, and for how much of it.
    garbage_every: each so many-th frame makes no sense; 0: none.
    """

    is_compressed: bool = False
    is_mute: bool = False
    is_in_charger: bool = False
    splits_settings: bool = False
    drop_at_s: float = math.inf
    away_s: float = 0.0
    battery_pct: int | None = 82
    garbage_every: int = 0


class PolarFirmware:
    """Answers writes to the control point and makes the frames of the data characteristic.

    is_streaming: between a start and a stop, whatever the link does, as in an H10.
    writes: everything written to its control point.
    """

    def __init__(self, recording: Recording, temper: Temper) -> None:
        self.temper = temper
        self.is_streaming = False
        self.writes: list[bytes] = []
        self._rate_hz = round(recording.rate_hz)
        self._mg = np.rint(recording.acc_ms2 / 9.80665 * 1000).astype(np.int64)
        self._t_s = recording.t_s - recording.t_s[0]
        self._next = 0
        self._frames = 0

    @property
    def now_s(self) -> float:
        """The recording's time of the next sample."""
        return self._time_s(self._next)

    def answers(self, write: bytes) -> list[bytes]:
        self.writes.append(write)
        operation = Operation(write[0])
        if operation is Operation.SETTINGS:
            return self._offer()
        if operation is Operation.STOP:
            self.is_streaming = False
            return [response(operation)]
        status = self._start(write[2:])
        factor = factor_setting(FACTOR) if self.temper.is_compressed else b""
        return [response(operation, status, factor)]

    def starts_sending(self, write: bytes) -> bool:
        return self.is_streaming and write[0] == Operation.START and not self.temper.is_mute

    def next_frame(self) -> bytes:
        """The next 36 samples; `now_s` is the time after them."""
        indices = np.arange(self._next, self._next + SAMPLES_PER_FRAME)
        tick = DEVICE_EPOCH_NS + round(self._time_s(int(indices[-1])) * 1e9)
        self._next += SAMPLES_PER_FRAME
        self._frames += 1
        if self.temper.garbage_every and self._frames % self.temper.garbage_every == 0:
            return b"\x02" + bytes(8) + b"\x7f" + bytes(20)
        return self._frame(tick, self._mg[np.minimum(indices, len(self._mg) - 1)])

    def live_on(self, unheard_s: float) -> None:
        """Let time pass that nobody hears of."""
        self._next = max(self._next, int(np.searchsorted(self._t_s, self.now_s + unheard_s)))

    def _start(self, parameters: bytes) -> Status:
        if self.temper.is_in_charger:
            return Status.IN_CHARGER
        if self.is_streaming:
            return Status.ALREADY_IN_STATE
        if parameters[:4] != setting(0, [self._rate_hz], 2):
            return Status.INVALID_RATE
        self.is_streaming = True
        return Status.OK

    def _offer(self) -> list[bytes]:
        rates = setting(0, [self._rate_hz], 2)
        others = setting(1, [16], 2) + setting(2, [2, 4, 8], 2)
        if not self.temper.splits_settings:
            return [response(Operation.SETTINGS, 0, rates + others)]
        first = response(Operation.SETTINGS, 0, rates, more=1)
        return [first, response(Operation.SETTINGS, 0, others)]

    def _frame(self, tick: int, mg: npt.NDArray[np.int64]) -> bytes:
        if self.temper.is_compressed:
            return compressed_frame(tick, np.rint(mg / FACTOR).astype(np.int64))
        return raw_frame(tick, mg)

    def _time_s(self, index: int) -> float:
        last = len(self._t_s) - 1
        return float(self._t_s[min(index, last)] + max(0, index - last) / self._rate_hz)
