"""Marks the cases that the counting core does not hold yet."""

from pathlib import Path

import pytest

from tests.detection.known_failures import KNOWN_FAILURES

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect those of KNOWN_FAILURES to fail; one that passes is a line to take out."""
    for item in items:
        test, _, case = item.name.partition("[")
        cases = KNOWN_FAILURES.get(f"{item.path.stem}::{test}", {})
        reason = cases.get(case.removesuffix("]"))
        if reason is not None and item.path.parent == HERE:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=False))
