"""The list of known failures names tests that are there."""

from importlib import import_module

import pytest

from tests.detection.known_failures import KNOWN_FAILURES


@pytest.mark.parametrize("name", KNOWN_FAILURES)
def test_a_known_failure_is_of_a_test_that_is_there(name: str) -> None:
    module, _, test = name.partition("::")
    assert callable(getattr(import_module(f"tests.detection.{module}"), test))
