"""The algorithm that is running: what every stored result names."""

import hashlib
from dataclasses import asdict
from typing import Any

from detection import ALGORITHM_VERSION
from detection.pipeline import TrackerParams
from server.store.algorithms import Algorithm


def algorithm_of(params: TrackerParams) -> Algorithm:
    """The version in use with these parameters.

    A person's good repetition is named by its SHA-256: algorithms outlive whom they were used for.
    """
    parameters: dict[str, Any] = asdict(params)
    good = params.sets.good_rep
    if good is not None:
        digest = hashlib.sha256(repr(good).encode()).hexdigest()
        parameters["sets"]["good_rep"] = {"sha256": digest}
    return Algorithm(ALGORITHM_VERSION, parameters)
