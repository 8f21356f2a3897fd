"""The store keeps its promises: the schema, the instants, the writer, the count."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from server.store import memories, people, sets, shaking
from server.store.database import Database
from server.store.engines import make_engine
from server.store.memories import Memory
from server.store.migrate import alembic_config, migrate
from server.store.people import Role
from server.store.people_tables import user
from server.store.refusals import InUse
from server.store.schema import metadata
from server.store.tables import exset

NOW = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(tmp_path / "deep" / "steadyrep.sqlite3") as opened:
        yield opened


async def test_the_migrations_make_exactly_the_tables_that_the_code_uses(
    database: Database,
) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "steadyrep.sqlite3"
    for _ in range(2):
        async with Database.open(path) as database, database.writing() as connection:
            await people.add(connection, Role.PATIENT, "Anna", "UTC", NOW)
            await connection.run_sync(migrate)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM user").fetchone() == (2,)


OLD_COMMANDS = """
    INSERT INTO user VALUES ('a', 'patient', 'Anna', 'UTC', '2026-11-02');
    INSERT INTO device VALUES ('d', 'a', 'H10', NULL, NULL, NULL, x'00', '2026-11-02', NULL);
    INSERT INTO recording VALUES
        ('r1', 'a', 'd', 'H10', 'h10', NULL, 100, NULL, NULL, NULL, '2026-11-02', 0, 0, NULL),
        ('r2', 'a', 'd', 'H10', 'h10', NULL, 100, NULL, NULL, NULL, '2026-11-03', 0, 0, NULL);
    INSERT INTO command VALUES
        ('r1', 0, 3, '{"action": "start"}', NULL, '2026-11-02 08:00'),
        ('r1', 1, 9, '{"action": "stop"}', 'k', '2026-11-02 08:01'),
        ('r2', 0, 2, '{"action": "start"}', NULL, '2026-11-03 08:00');
"""


async def test_commands_of_before_belong_to_their_patient_now(tmp_path: Path) -> None:
    path = tmp_path / "steadyrep.sqlite3"
    await _at_revision(path, "0001")
    with closing(sqlite3.connect(path)) as file:
        file.executescript(OLD_COMMANDS)
    async with Database.open(path):
        pass
    kept = "SELECT patient_id, number, recording_id, before_sequence FROM command ORDER BY number"
    with closing(sqlite3.connect(path)) as file:
        numbered = [("a", 0, "r1", 3), ("a", 1, "r1", 9), ("a", 2, "r2", 2)]
        assert file.execute(kept).fetchall() == numbered


OLD_MEMORY = """
    INSERT INTO user VALUES ('{patient}', 'patient', 'Anna', 'UTC', '2026-11-02');
    INSERT INTO live_memory VALUES ('{patient}', NULL, NULL, '{{"count": 7}}', '2026-11-02');
"""


async def test_what_was_remembered_of_one_sensor_is_that_in_front_of_two(tmp_path: Path) -> None:
    path, patient = tmp_path / "steadyrep.sqlite3", uuid4()
    await _at_revision(path, "0010")
    with closing(sqlite3.connect(path)) as file:
        file.executescript(OLD_MEMORY.format(patient=patient.hex))
    async with Database.open(path) as database:
        async with database.reading() as connection:
            (old,) = await memories.of_patient(connection, patient)
            assert old == Memory({"count": 7}, None, None)
        async with database.writing() as connection:
            both = (Memory({"count": 8}, None, None), old)
            await memories.keep(connection, patient, both, NOW)
            assert await memories.of_patient(connection, patient) == both
            assert await memories.patients(connection) == [patient]


OLD_RESULTS = """
    INSERT INTO user VALUES ('{patient}', 'patient', 'Anna', 'UTC', '2026-11-02');
    INSERT INTO algorithm VALUES
        ('{first}', '2026.11.3', '{{}}', x'00'), ('{second}', '2026.11.4', '{{}}', x'01');
    INSERT INTO exset VALUES ('{one}', '{patient}', NULL, '2026-11-02', 0, 1.0, 9.0, 'bridge', NULL,
        NULL, 10, 2, NULL, NULL, 'done', 0.9, '[]', '{first}');
    INSERT INTO rep VALUES
        ('{one}', 1, '{first}', 1, 3, 5, 1, 1, 1, 40, 0.9, 5),
        ('{one}', 2, '{first}', 5, 7, 9, 1, 1, 1, 41, 0.9, 9);
    INSERT INTO tremor_window VALUES ('{one}', 1, '{first}', 2, 6, 'tremor', '', 0.3, 8.0, 0.9);
    INSERT INTO set_tremor VALUES ('{one}', '{first}', 'tremor', '', 0.3, 8.0, 1.0, 0.0, 0.0);
"""


async def test_results_of_before_stay_and_leave_room_for_a_later_algorithm(tmp_path: Path) -> None:
    path = tmp_path / "steadyrep.sqlite3"
    ids = {name: uuid4().hex for name in ("patient", "first", "second", "one")}
    await _at_revision(path, "0004")
    with closing(sqlite3.connect(path)) as file:
        file.executescript(OLD_RESULTS.format(**ids))
    async with Database.open(path) as database, database.reading() as connection:
        stored = await sets.find(connection, UUID(ids["one"]))
        assert stored is not None
        assert (stored.auto_reps, stored.recounted_reps) == (2, None)
        assert stored.tremor is not None
        assert (stored.tremor.amp_rms_ms2, stored.tremor.amp_low_ms2) == (0.3, None)
        assert [one.tilt_deg for one in await sets.reps_of(connection, stored.id)] == [40, 41]
        assert [one.freq_hz for one in await shaking.windows_of(connection, stored.id)] == [8.0]
    with closing(sqlite3.connect(path)) as file:
        for table in ("rep", "tremor_window", "set_tremor"):
            again = f"INSERT INTO {table} SELECT * FROM {table}"
            with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
                file.execute(again)
            file.execute(f"CREATE TABLE copied AS SELECT * FROM {table}")
            file.execute("UPDATE copied SET algorithm_id = ?", (ids["second"],))
            file.execute(f"INSERT INTO {table} SELECT * FROM copied")
            file.execute("DROP TABLE copied")


async def _at_revision(path: Path, revision: str) -> None:
    engine = make_engine(path)
    async with engine.connect() as connection:
        await connection.run_sync(lambda one: command.upgrade(alembic_config(one), revision))
    await engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
async def test_every_connection_keeps_what_it_commits(
    database: Database, pragma: str, value: object
) -> None:
    async with database.writing() as connection:
        assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one() == value


async def test_an_instant_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    berlin = NOW.astimezone(timezone(timedelta(hours=1)))
    async with database.writing() as connection:
        await people.add(connection, Role.PATIENT, "Anna", "Europe/Berlin", berlin)
        kept = (await connection.execute(select(user.c.created_at))).scalar_one()
    assert (kept, kept.tzinfo) == (NOW, UTC)


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="needs a time zone"):
        async with database.writing() as connection:
            await people.add(connection, Role.PATIENT, "Anna", "UTC", naive)


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def add_and_fail() -> None:
        async with database.writing() as connection:
            await people.add(connection, Role.PATIENT, "Anna", "UTC", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await add_and_fail()
    async with database.reading() as connection:
        assert await people.count(connection) == 0


async def test_many_writers_take_turns(database: Database) -> None:
    async def add(number: int) -> None:
        async with database.writing() as connection:
            before = await people.count(connection)
            await people.add(connection, Role.PATIENT, f"{before}", "UTC", NOW)
            assert number >= 0

    await asyncio.gather(*(add(number) for number in range(20)))
    async with database.reading() as connection:
        rows = (await connection.execute(select(user.c.display_name))).scalars()
        assert sorted(map(int, rows)) == list(range(20))


async def test_a_reader_is_not_stopped_by_a_writer(database: Database) -> None:
    async with database.writing() as writer:
        await people.add(writer, Role.PATIENT, "Anna", "UTC", NOW)
        async with database.reading() as reader:
            assert await people.count(reader) == 0


async def test_an_error_repeats_nothing_that_was_to_be_stored(database: Database) -> None:
    row = {
        "id": uuid4(),
        "role": "king",
        "display_name": "Anna Secret",
        "timezone": "UTC",
        "created_at": NOW,
    }
    with pytest.raises(IntegrityError) as error:
        async with database.writing() as connection:
            await connection.execute(insert(user).values(row))
    assert "Anna Secret" not in str(error.value)


def test_no_code_updates_the_automatic_count() -> None:
    store = Path(__file__).parents[2] / "server" / "store"
    for module in store.glob("*.py"):
        for statement in module.read_text().split("update(exset)")[1:]:
            assert "auto_reps" not in statement.partition("\n\n")[0], module
    assert "auto_reps" in update(exset).table.c


async def test_the_database_is_its_owners_alone(database: Database, tmp_path: Path) -> None:
    async with database.writing() as connection:
        await people.add(connection, Role.PATIENT, "Anna", "UTC", NOW)
        files = [tmp_path / "deep", *(tmp_path / "deep").iterdir()]
        assert len(files) > 2
        assert [one for one in files if one.stat().st_mode & 0o077] == []


async def test_who_is_alone_lets_nobody_else_in(tmp_path: Path) -> None:
    path = tmp_path / "steadyrep.sqlite3"
    async with Database.open(path, is_alone=True):
        other = sqlite3.connect(path, timeout=0)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("SELECT count(*) FROM user")


async def test_nobody_is_alone_beside_one_who_is_idle(tmp_path: Path) -> None:
    path = tmp_path / "steadyrep.sqlite3"
    async with Database.open(path):
        with pytest.raises(InUse):
            async with Database.open(path, is_alone=True):
                pass


async def test_a_file_written_anew_holds_nothing_of_what_was_deleted(tmp_path: Path) -> None:
    path, word = tmp_path / "steadyrep.sqlite3", "ThisNameStoodHereOnce"

    def is_there() -> bool:
        return any(word.encode() in each.read_bytes() for each in tmp_path.iterdir())

    async with Database.open(path, is_alone=True) as database:
        async with database.reading() as connection:
            # some builds of SQLite overwrite what is deleted by themselves
            await connection.execute(text("PRAGMA secure_delete=OFF"))
        async with database.writing() as connection:
            person = await people.add(connection, Role.PATIENT, word, "UTC", NOW)
        async with database.writing() as connection:
            await connection.execute(delete(user).where(user.c.id == person.id))
        assert is_there()
        await database.rewrite()
        assert not is_there()
