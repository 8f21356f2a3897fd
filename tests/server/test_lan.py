"""The server on its own network: certificates that clients take, renewed, and the way in."""

import asyncio
import ipaddress
import os
import signal
import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from server.clock import Clock
from server.lan.addresses import names_of
from server.lan.certificates import LanCertificates, NotPrivate, ensure
from server.lan.renewal import renew
from tests.server.house import House
from tests.server.terminal import run

NOW = datetime.now(UTC)
NAMES = ("192.168.7.20", "clinic.local", "clinic", "localhost", "127.0.0.1")


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def greeted(server: LanCertificates, authority: Path, name: str) -> str:
    """A TLS handshake in memory with a client that trusts the authority: the peer's subject."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(server.server, server.key)
    asking = ssl.create_default_context(cafile=str(authority))
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = asking.wrap_bio(back, there, server_hostname=name)
    host = serving.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (client, host):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return str(client.getpeercert())


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_the_authority_takes_every_name(tmp_path: Path, name: str) -> None:
    made = ensure(tmp_path / "tls", NAMES, NOW)
    assert NAMES[0] in greeted(made, made.authority, name)


def test_another_name_or_another_authority_is_not_taken(tmp_path: Path) -> None:
    made = ensure(tmp_path / "tls", NAMES, NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(made, made.authority, "192.168.7.21")
    other = ensure(tmp_path / "other", NAMES, NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(made, other.authority, NAMES[0])


def test_it_lasts_no_longer_than_browsers_allow_and_the_keys_are_their_owners(
    tmp_path: Path,
) -> None:
    made = ensure(tmp_path / "tls", NAMES, NOW)
    found = read(made.server)
    assert found.not_valid_after_utc - found.not_valid_before_utc <= timedelta(days=397)
    keys = list((tmp_path / "tls").glob("*.key"))
    assert [key.stat().st_mode & 0o077 for key in keys] == [0, 0]
    assert (tmp_path / "tls").stat().st_mode & 0o077 == 0


def test_the_authority_can_vouch_for_nothing_on_the_internet(tmp_path: Path) -> None:
    made = ensure(tmp_path / "tls", NAMES, NOW)
    limits = read(made.authority).extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    permitted = limits.value.permitted_subtrees or []
    networks = [each.value for each in permitted if isinstance(each, x509.IPAddress)]
    assert not any(ipaddress.ip_address("93.184.216.34") in network for network in networks)
    names = {each.value for each in permitted if isinstance(each, x509.DNSName)}
    assert names == {"local", "localhost", "clinic"}


def test_nothing_is_made_anew_without_a_reason(tmp_path: Path) -> None:
    made = ensure(tmp_path / "tls", NAMES, NOW)
    before = [path.read_bytes() for path in (made.server, made.key, made.authority)]
    ensure(tmp_path / "tls", NAMES, NOW + timedelta(days=200))
    assert [path.read_bytes() for path in (made.server, made.key, made.authority)] == before


def test_a_certificate_near_its_end_is_renewed_by_the_same_authority(tmp_path: Path) -> None:
    made = ensure(tmp_path / "tls", NAMES, NOW)
    authority, first = made.authority.read_bytes(), read(made.server)
    later = NOW + timedelta(days=370)
    ensure(tmp_path / "tls", NAMES, later)
    assert made.authority.read_bytes() == authority
    assert read(made.server).not_valid_after_utc > first.not_valid_after_utc
    assert read(made.server).not_valid_before_utc < later


def test_another_address_gets_another_certificate_by_the_same_authority(tmp_path: Path) -> None:
    made = ensure(tmp_path / "tls", NAMES, NOW)
    authority = made.authority.read_bytes()
    moved = ("192.168.7.99", *NAMES[1:])
    ensure(tmp_path / "tls", moved, NOW)
    assert made.authority.read_bytes() == authority
    assert moved[0] in greeted(made, made.authority, moved[0])


def test_an_authority_that_ends_too_soon_is_made_anew(tmp_path: Path) -> None:
    made = ensure(tmp_path / "tls", NAMES, NOW - timedelta(days=3400))
    before = made.authority.read_bytes()
    ensure(tmp_path / "tls", NAMES, NOW)
    assert made.authority.read_bytes() != before
    assert NAMES[0] in greeted(made, made.authority, NAMES[0])


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_a_public_address_is_refused_with_what_to_do(tmp_path: Path, address: str) -> None:
    with pytest.raises(NotPrivate, match="STEADYREP_TLS_CERT"):
        ensure(tmp_path / "tls", (address,), NOW)
    told = run("serve", "--lan", "--host", address, "--data", tmp_path)
    assert told.exit_code == 2
    assert "no address of a private network" in told.output


def test_a_running_server_takes_up_the_new_certificate(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    made = ensure(folder, NAMES, NOW - timedelta(days=380))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server, made.key)
    before = made.server.read_bytes()
    renew(context, folder, NAMES, Clock())
    assert made.server.read_bytes() != before


def test_a_renewal_that_fails_leaves_the_server_running(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "tls"
    blocked.write_text("not a folder")
    renew(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), blocked, NAMES, Clock())
    assert "could not be renewed" in caplog.text


async def test_phones_are_told_how_to_trust(house: House) -> None:
    browser = await house.client(None)
    none = await browser.get("/trust")
    assert "There is nothing to do" in none.text
    assert (await browser.get("/trust/authority.crt")).status_code == 409
    made = ensure(house.settings.tls_dir, NAMES, NOW)
    page = (await browser.get("/trust")).text
    assert "Certificate Trust Settings" in page
    assert "CA certificate" in page
    got = await browser.get("/trust/authority.crt")
    assert got.headers["content-type"] == "application/x-x509-ca-cert"
    assert got.content == made.authority.read_bytes()


async def test_serve_lan_is_reached_over_https_and_says_where(tmp_path: Path) -> None:
    """The real command; on loopback, which is as private as a network can be."""
    command = (str(Path(sys.executable).with_name("steadyrep")),)
    options = ("serve", "--lan", "--host", "127.0.0.1", "--port", "0", "--data", str(tmp_path))
    running = await asyncio.create_subprocess_exec(
        *command, *options, stdout=asyncio.subprocess.PIPE, env=os.environ
    )
    assert running.stdout is not None
    try:
        async with asyncio.timeout(30):
            told = (await running.stdout.readline()).decode()
        assert told.startswith("Once on each phone: https://127.0.0.1:")
        address = told.split()[-1]
        trusting = ssl.create_default_context(cafile=str(tmp_path / "tls" / "authority.pem"))
        async with httpx.AsyncClient(verify=trusting) as browser:
            page = await browser.get(address)
        assert page.status_code == 200
        assert "strict-transport-security" in page.headers
    finally:
        running.send_signal(signal.SIGINT)
        await running.wait()


def test_this_machine_has_names() -> None:
    names = names_of("192.168.7.20")
    assert names[0] == "192.168.7.20"
    assert "localhost" in names
    assert any(name.endswith(".local") for name in names)
