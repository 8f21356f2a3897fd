"""`steadyrep doctor` and `steadyrep devices`, as people run them."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from bumble.core import AdvertisingData
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sensors.ble_discovery import Radio, look_around
from sensors.errors import BluetoothUnavailable
from sensors.virtual.radio import Air, make_device, virtual_radio
from server.doctor import checks
from server.doctor.checks import Health
from server.settings import Settings
from tests.server.house import House
from tests.server.terminal import run

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class Usage(NamedTuple):
    """As shutil.disk_usage answers."""

    total: float
    used: float
    free: float


@pytest.fixture
def kept(tmp_path: Path) -> Settings:
    """Settings whose database is there and private."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    settings = Settings(data_dir=folder)
    connection = sqlite3.connect(settings.database_path)
    connection.execute("CREATE TABLE one (x)")
    connection.commit()
    connection.close()
    settings.database_path.chmod(0o600)
    return settings


def certificate(folder: Path, first: datetime, days: int) -> Settings:
    """Settings with a certificate of our own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "steadyrep.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(first)
        .not_valid_after(first + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "c.pem", folder / "k.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return Settings(data_dir=folder, tls_cert=pem, tls_key=private)


def test_a_healthy_place_has_nothing_to_mend(kept: Settings) -> None:
    assert checks.privacy(kept).health is Health.GOOD
    assert checks.database(kept).health is Health.GOOD


def test_a_folder_that_others_may_read_is_bad_and_says_how_to_close_it(kept: Settings) -> None:
    kept.data_dir.chmod(0o755)
    found = checks.privacy(kept)
    assert found.health is Health.BAD
    assert found.remedy == f"chmod go-rwx {kept.data_dir}"


def test_a_damaged_database_is_bad(kept: Settings) -> None:
    kept.database_path.write_bytes(b"not a database at all" * 100)
    found = checks.database(kept)
    assert found.health is Health.BAD
    assert found.remedy == "restore the latest backup"


@pytest.mark.parametrize(
    ("free", "health"),
    [(2_000_000_000, "good"), (500_000_000, "doubtful"), (50_000_000, "bad")],
)
def test_the_disk_is_judged_by_what_is_free(
    free: int, health: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: Usage(3e9, 3e9 - free, free))
    assert checks.disk(tmp_path / "not" / "there").health == health


@pytest.mark.parametrize(
    ("here", "there", "health"),
    [
        (NOW, None, "good"),
        (NOW, NOW + timedelta(seconds=3), "good"),
        (NOW, NOW - timedelta(seconds=90), "doubtful"),
        (NOW, NOW - timedelta(hours=1), "bad"),
        (datetime(1970, 1, 1, tzinfo=UTC), None, "bad"),
    ],
)
def test_the_clock_is_compared_with_the_servers(
    here: datetime, there: datetime | None, health: str
) -> None:
    assert checks.clock(here, there).health == health


@pytest.mark.parametrize(
    ("first", "days", "health", "remedy"),
    [
        (NOW - timedelta(days=10), 397, "good", ""),
        (NOW - timedelta(days=380), 397, "doubtful", "renew it before it ends"),
        (NOW - timedelta(days=400), 397, "bad", "renew it"),
        (NOW - timedelta(days=10), 3650, "doubtful", "at most 397 days"),
    ],
)
def test_a_certificate_is_judged_by_its_days(
    first: datetime, days: int, health: str, remedy: str, tmp_path: Path
) -> None:
    found = checks.certificate(certificate(tmp_path, first, days), NOW)
    assert found.health == health
    assert remedy in found.remedy


def test_a_file_that_is_no_certificate_is_bad(tmp_path: Path) -> None:
    settings = certificate(tmp_path, NOW, 30)
    (tmp_path / "c.pem").write_text("nothing")
    assert checks.certificate(settings, NOW).health is Health.BAD


def test_a_computer_without_bluetooth_is_told_how_to_get_it() -> None:
    def look() -> None:
        raise BluetoothUnavailable("Bluetooth is off", "turn it on")

    found = checks.bluetooth(look)
    assert (found.health, found.seen, found.remedy) == ("bad", "Bluetooth is off", "turn it on")


async def test_a_server_that_runs_answers_with_its_time(house: House) -> None:
    found, there = await asyncio.to_thread(checks.server, house.address)
    assert found.health is Health.GOOD
    assert there is not None
    assert abs(there - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_command_says_all_of_it_and_ends_with_1_where_something_is_bad(tmp_path: Path) -> None:
    ran = run("doctor", "--no-bluetooth", "--data", tmp_path, "--server", "http://127.0.0.1:9")
    assert ran.exit_code == 1
    assert "✗ server: http://127.0.0.1:9" in ran.stdout
    assert "is it running" in ran.stdout
    told = run("doctor", "--no-bluetooth", "--json", "--data", tmp_path)
    found = {one["check"]: one["health"] for one in map(json.loads, told.stdout.splitlines())}
    assert set(found) == {"disk", "privacy", "database", "clock", "certificate", "server"}
    assert found["database"] == "skipped"


def test_an_address_that_is_none_is_refused() -> None:
    ran = run("doctor", "--server", "localhost:8710")
    assert ran.exit_code == 2
    assert "begins with http:// or https://" in ran.output


def test_what_is_supported_is_listed_without_bluetooth() -> None:
    ran = run("devices", "--supported", "--json")
    assert ran.exit_code == 0
    kinds = [json.loads(line)["kind"] for line in ran.stdout.splitlines()]
    assert "polar-h10" in kinds


async def test_sensors_around_come_before_what_is_not_supported() -> None:
    air = Air()
    for name, address in (("Kettle", "F0:F1:F2:F3:F4:01"), ("Polar H10 ABC", "F0:F1:F2:F3:F4:02")):
        device, _ = make_device(air, name, address)
        named = (AdvertisingData.COMPLETE_LOCAL_NAME, name.encode())
        device.advertising_data = bytes(AdvertisingData([named]))
        await device.power_on()
        await device.start_advertising(
            auto_restart=True, advertising_interval_min=20, advertising_interval_max=20
        )
    async with virtual_radio(air) as radio:
        seen = await look_around(2.0, radio)
    assert [(one.name, one.kind) for one in seen] == [
        ("Polar H10 ABC", "polar-h10"),
        ("Kettle", None),
    ]


def test_a_computer_that_cannot_listen_is_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(_seconds: float, _radio: Radio) -> None:
        raise BluetoothUnavailable("no Bluetooth adapter", "plug one in")

    monkeypatch.setattr("sensors.ble_discovery.look_around", nothing)
    ran = run("devices", "--seconds", 1)
    assert ran.exit_code == 2
    assert "no Bluetooth adapter: plug one in" in ran.output
