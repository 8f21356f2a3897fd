"""Every setting of the server: from the environment (STEADYREP_…), checked before anything starts.

docs/server.md lists each one; a test fails on a setting that it does not name.
"""

import importlib.util
import ipaddress
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.logs import LogFormat

ENV_PREFIX = "STEADYREP_"


class Settings(BaseSettings):
    """What the server is told; raises a ValidationError that names the setting to change."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback needs TLS or a trusted proxy."""
    port: int = Field(default=8710, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    data_dir: Path = Path("~/.local/share/steadyrep")
    """Folder of the database; made if it is missing, readable by its owner only."""

    database_url: SecretStr | None = None
    """A PostgreSQL database in place of the file, such as postgresql://steadyrep@db/steadyrep."""

    public_origin: str | None = Field(default=None, pattern=r"^https?://[^/\s]+$")
    """How people's browsers reach the server, such as https://reps.example.org."""
    tls_cert: Path | None = None
    """Certificate chain (PEM) to serve HTTPS with."""
    tls_key: Path | None = None
    """Private key (PEM) of that certificate."""
    trusted_proxies: str | None = None
    """Comma-separated addresses of reverse proxies whose X-Forwarded-* headers are believed."""

    log_format: LogFormat = LogFormat.WORDS
    """How the log is written: words or json."""

    login_link_hours: float = Field(default=72.0, gt=0)
    """A one-time link dies unused after this long: given on Friday, it still works on Monday."""
    session_idle_days: float = Field(default=30.0, gt=0)
    """A session dies when unused this long: longer than a rest of two weeks in a programme."""
    session_max_days: float = Field(default=180.0, gt=0)
    """A session dies this long after it began: about the months that a programme lasts."""

    recheck_every_s: float = Field(default=10.0, gt=0)
    """So often an open socket is asked whether who opened it may still; revoking ends it then."""

    quiet_after_s: float = Field(default=3.0, gt=0)
    """No samples for this long on an open link: the sensor is shown as quiet (three 1 s chunks)."""
    abandon_after_s: float = Field(default=120.0, gt=0)
    """No samples for this long: an open set is stored as "sensor_lost" (longer than a rest)."""
    replay_limit_s: float = Field(default=900.0, gt=0)
    """So much stored signal is followed again after a restart, and always all of an open set."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the server over HTTPS."""
        return self.tls_cert is not None or (self.public_origin or "").startswith("https://")

    @property
    def database_path(self) -> Path:
        """The SQLite file."""
        return self.data_dir.expanduser() / "steadyrep.sqlite3"

    @property
    def database(self) -> Path | str:
        """Where the records are: the SQLite file, or the URL of a PostgreSQL database."""
        if self.database_url is None:
            return self.database_path
        return self.database_url.get_secret_value()

    @property
    def tls_dir(self) -> Path:
        """Folder of the certificates that the server makes for its own network."""
        return self.data_dir.expanduser() / "tls"

    @property
    def authority_path(self) -> Path:
        """The authority of those certificates, which phones are told to trust."""
        return self.tls_dir / "authority.pem"

    def origin(self, port: int) -> str:
        """How browsers reach the server when it listens on this port."""
        if self.public_origin is not None:
            return self.public_origin
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_secure else 'http'}://{host}:{port}"

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: SecretStr | None) -> SecretStr | None:
        scheme = url.get_secret_value().partition("://")[0] if url else ""
        if url is not None and scheme.partition("+")[0] not in ("postgresql", "postgres"):
            raise ValueError("must begin with postgresql://; without it records are in a file")
        if url is not None and importlib.util.find_spec("asyncpg") is None:
            raise ValueError("PostgreSQL needs its driver: pip install 'steadyrep[postgres]'")
        return url

    @model_validator(mode="after")
    def _certificate_with_key(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError(
                "a certificate needs its key: "
                "set both STEADYREP_TLS_CERT and STEADYREP_TLS_KEY, or neither"
            )
        return self

    @model_validator(mode="after")
    def _no_open_door(self) -> Self:
        behind_proxy = self.trusted_proxies is not None and self.is_secure
        if not (self.is_loopback or self.tls_cert or behind_proxy):
            raise ValueError(
                f"refusing to listen on {self.host} without encryption, since health data would "
                "cross the network in the clear: set STEADYREP_TLS_CERT and STEADYREP_TLS_KEY, or, "
                "behind a reverse proxy that does TLS, STEADYREP_TRUSTED_PROXIES and "
                "STEADYREP_PUBLIC_ORIGIN=https://…"
            )
        return self
