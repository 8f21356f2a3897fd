"""Settings are checked before anything starts, and every one of them is documented."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import ENV_PREFIX, Settings

DOCS = Path(__file__).parents[2] / "docs" / "server.md"
CERT = {"tls_cert": Path("cert.pem"), "tls_key": Path("key.pem")}
PROXY = {"trusted_proxies": "10.0.0.1", "public_origin": "https://reps.example"}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{ENV_PREFIX}{name.upper()}`" in DOCS.read_text()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "reps.example"])
def test_a_door_to_the_network_needs_tls(host: str) -> None:
    with pytest.raises(ValidationError, match="STEADYREP_TLS_CERT") as refused:
        Settings(host=host)
    assert "STEADYREP_TRUSTED_PROXIES" in str(refused.value)
    assert Settings(host=host, **CERT).is_secure
    assert Settings(host=host, **PROXY).is_secure


@pytest.mark.parametrize(
    "half",
    [
        {"trusted_proxies": "10.0.0.1"},
        {"public_origin": "https://reps.example"},
        {"trusted_proxies": "10.0.0.1", "public_origin": "http://reps.example"},
    ],
)
def test_half_a_proxy_is_no_lock(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="without encryption"):
        Settings(host="192.168.1.5", **half)  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_alone_needs_none(host: str) -> None:
    assert Settings(host=host).is_loopback


@pytest.mark.parametrize("half", [{"tls_cert": "a"}, {"tls_key": "a"}])
def test_a_certificate_needs_its_key(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="STEADYREP_TLS_KEY"):
        Settings(**half)  # type: ignore[arg-type]


def test_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEADYREP_PORT", "9000")
    monkeypatch.setenv("STEADYREP_QUIET_AFTER_S", "7")
    assert (Settings().port, Settings().quiet_after_s) == (9000, 7)


@pytest.mark.parametrize(
    ("settings", "origin"),
    [
        (Settings(), "http://127.0.0.1:8710"),
        (Settings(host="::1"), "http://[::1]:8710"),
        (Settings(host="reps.example", **CERT), "https://reps.example:8710"),
        (Settings(host="10.0.0.2", **PROXY), "https://reps.example"),
    ],
)
def test_people_are_told_an_address_that_works(settings: Settings, origin: str) -> None:
    assert settings.origin(8710) == origin
