"""The algorithm that is running: what every stored result names."""

import math
from dataclasses import asdict
from typing import Any

from detection import ALGORITHM_VERSION
from detection.pipeline import TrackerParams
from server.store.algorithms import Algorithm


def algorithm_of(params: TrackerParams) -> Algorithm:
    """The version in use with these parameters."""
    return Algorithm(ALGORITHM_VERSION, asdict(params, dict_factory=_without_infinity))


def _without_infinity(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON has no infinity: a limit that limits nothing is null."""
    return {name: None if value == math.inf else value for name, value in fields}
