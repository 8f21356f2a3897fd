"""What can go wrong between a body and a sample block; each error carries what it knows."""

from pathlib import Path


class SensorError(Exception):
    """Anything a sensor, a recording or a payload did that cannot be used."""


class InvalidSamples(SensorError, ValueError):
    """Samples that no measurement could have produced, such as NaN or time going backwards."""


class InvalidRecording(SensorError, ValueError):
    """A recording file that cannot be read, with the place and the remedy in one line."""

    def __init__(self, path: Path, problem: str, line: int | None = None) -> None:
        self.path = path
        self.problem = problem
        self.line = line
        where = f"{path}, line {line}" if line is not None else f"{path}"
        super().__init__(f"{where}: {problem}")


class DecodeError(SensorError, ValueError):
    """A payload that does not follow its wire format."""

    def __init__(self, problem: str, payload: bytes) -> None:
        self.problem = problem
        self.payload = payload
        shown = payload[:24].hex(" ") + (" …" if len(payload) > 24 else "")
        super().__init__(f"{problem} ({len(payload)} bytes: {shown})")


class SensorNotFound(SensorError):
    """No sensor answered the scan."""

    def __init__(self, wanted: str, waited_s: float) -> None:
        self.wanted = wanted
        self.waited_s = waited_s
        super().__init__(
            f"no {wanted} found in {waited_s:g} s: "
            "is it worn, switched on and not connected elsewhere?"
        )


class StreamLost(SensorError):
    """A sensor that was streaming fell silent or dropped its link."""

    def __init__(self, sensor: str, reason: str) -> None:
        self.sensor = sensor
        self.reason = reason
        super().__init__(f"{sensor}: {reason}")


class SensorRefused(SensorError):
    """A sensor is there and answers, but will not do what is needed."""

    def __init__(self, sensor: str, reason: str) -> None:
        self.sensor = sensor
        self.reason = reason
        super().__init__(f"{sensor}: {reason}")


class BluetoothUnavailable(SensorError):
    """This computer cannot use Bluetooth now; the remedy is part of the message."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}: {remedy}")
