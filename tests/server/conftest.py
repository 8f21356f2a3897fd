"""The house, for every test that needs one; on both engines where a module says so."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from server.store.database import Database
from tests.server.house import House, a_house
from tests.server.postgres import Cluster, running_cluster, why_not

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Modules with `ON_BOTH_ENGINES = True` run once on SQLite and once on PostgreSQL."""
    if "engine" in metafunc.fixturenames and getattr(metafunc.module, "ON_BOTH_ENGINES", False):
        metafunc.parametrize("engine", [SQLITE, POSTGRESQL], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Which engine the records are on."""
    return str(getattr(request, "param", SQLITE))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL cluster for this run; skips where none can be had."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with running_cluster() as running:
        yield running


@pytest.fixture
async def where(tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> Path | str:
    """A place for records: a file, or a PostgreSQL database of one's own."""
    if engine == SQLITE:
        return tmp_path / "steadyrep.sqlite3"
    running: Cluster = request.getfixturevalue("cluster")
    if running.template is None:
        first = running.new_database()
        async with Database.open(first):
            pass
        running.keep_as_template("house_1")
    return running.new_database()


@pytest.fixture
async def house(tmp_path: Path, where: Path | str) -> AsyncIterator[House]:
    """A house of one's own."""
    url = {} if isinstance(where, Path) else {"database_url": where}
    async with a_house(tmp_path, **url) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house for the many tests that are refused and change nothing."""
    async with a_house(tmp_path_factory.mktemp("house")) as running:
        yield running
