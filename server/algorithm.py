"""The algorithm that is running: what every stored result names."""

from dataclasses import asdict

from detection import ALGORITHM_VERSION
from detection.pipeline import TrackerParams
from server.store.algorithms import Algorithm


def algorithm_of(params: TrackerParams) -> Algorithm:
    """The version in use with these parameters."""
    return Algorithm(ALGORITHM_VERSION, asdict(params))
