"""The house, for every test of the server that needs one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.house import House, a_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as running:
        yield running
