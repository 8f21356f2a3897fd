"""The store's promises on both engines: the schema, one moment, one writer, all or nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import ValidationError
from sqlalchemy import Connection, select, text

from server.settings import Settings
from server.store import audit, people
from server.store.audit import Deed
from server.store.database import Database
from server.store.people import Role
from server.store.people_tables import user
from server.store.refusals import Unreachable
from server.store.schema import metadata
from tests.server.postgres import Cluster
from tests.server.terminal import run

ON_BOTH_ENGINES = True
NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


@pytest.fixture
async def database(where: Path | str) -> AsyncIterator[Database]:
    async with Database.open(where) as opened:
        yield opened


async def test_the_migrations_make_exactly_the_tables_that_the_code_uses(
    database: Database,
) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_instant_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    berlin = NOW.astimezone(timezone(timedelta(hours=1)))
    async with database.writing() as connection:
        await people.add(connection, Role.PATIENT, "Anna", "Europe/Berlin", berlin)
        kept = (await connection.execute(select(user.c.created_at))).scalar_one()
    assert (kept, kept.utcoffset()) == (NOW, timedelta(0))


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def add_and_fail() -> None:
        async with database.writing() as connection:
            await people.add(connection, Role.PATIENT, "Anna", "UTC", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await add_and_fail()
    async with database.reading() as connection:
        assert await people.count(connection) == 0


async def test_writers_of_several_processes_number_on_without_a_clash(
    where: Path | str, database: Database
) -> None:
    """Two stores over the same database, as a server and a command line are."""
    async with Database.open(where) as other:

        async def add(store: Database) -> None:
            async with store.writing() as connection:
                await audit.append(
                    connection, Deed(NOW, "nobody", None, "probe", None, "/", is_allowed=True)
                )

        await asyncio.gather(*(add(store) for store in [database, other] * 15))
    async with database.reading() as connection:
        found = await audit.verify(connection)
    assert (found.links, found.broken_at) == (30, None)


async def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    async with database.reading() as reader:
        before = await people.count(reader)
        async with database.writing() as writer:
            await people.add(writer, Role.PATIENT, "Anna", "UTC", NOW)
        assert await people.count(reader) == before
    async with database.reading() as reader:
        assert await people.count(reader) == before + 1


async def test_a_commit_waits_for_the_disk(database: Database) -> None:
    async with database.writing() as connection:
        name = connection.dialect.name
        query = "PRAGMA synchronous" if name == "sqlite" else "SHOW synchronous_commit"
        assert (await connection.execute(text(query))).scalar_one() in (2, "on")


async def test_opening_again_changes_nothing(where: Path | str) -> None:
    for _ in range(2):
        async with Database.open(where) as database, database.writing() as connection:
            await people.add(connection, Role.PATIENT, "Anna", "UTC", NOW)
            count = await people.count(connection)
    assert count == 2


async def test_what_is_written_anew_keeps_what_was_not_deleted(where: Path | str) -> None:
    async with Database.open(where, is_alone=True) as database:
        async with database.writing() as connection:
            await people.add(connection, Role.PATIENT, "Anna", "UTC", NOW)
        await database.rewrite()
        async with database.reading() as connection:
            assert await people.count(connection) == 1


async def test_a_database_that_does_not_answer_is_named_without_its_password(
    cluster: Cluster,
) -> None:
    url = cluster.url("nowhere").replace("postgres@", "postgres:secret@")
    with pytest.raises(Unreachable, match="nowhere") as refused:
        async with Database.open(url):
            pass
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:///x", "nonsense"])
def test_any_other_database_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="postgresql://"):
        Settings.model_validate({"database_url": url})


def test_the_password_is_in_no_text_of_the_settings() -> None:
    told = Settings.model_validate({"database_url": "postgresql://me:secret@db/steadyrep"})
    assert "secret" not in repr(told)
    assert "secret" in str(told.database)


@pytest.mark.parametrize("command", [("backup", "x.backup"), ("restore", "x.backup")])
def test_copies_are_left_to_postgresqls_own_tools(command: tuple[str, str]) -> None:
    told = run(*command, STEADYREP_DATABASE_URL="postgresql://me@db/steadyrep")
    assert told.exit_code == 2
    assert "pg_dump" in told.output
