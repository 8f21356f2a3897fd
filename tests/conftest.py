"""What holds for all tests: none fails for having taken long, and the longest begin first.

Several processes take files of tests in turn; a long one that comes last is waited for by all.
"""

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

LONGEST = ("test_fault_schedules.py", "test_kill.py")
"""A minute and more each: what they do takes its time on the clock."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After all were put in random order."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
