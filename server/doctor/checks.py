"""What `steadyrep doctor` looks at. A check never raises: what is wrong is its answer."""

import shutil
import ssl
import stat
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path

from server.settings import Settings
from server.store.backup import problem_of

FREE_BYTES = 1_000_000_000
"""A sensor of 200 Hz fills 12 MB an hour here; this is two months of an hour a day."""
LEAST_FREE_BYTES = 100_000_000
CLOCK_OFF_S, CLOCK_WRONG_S = 5.0, 600.0
"""Against a server's clock: the second is where it takes signal for left over from another day."""
MADE_IN = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock that is before this was never set."""
REACH_S = 5.0
RENEW_BEFORE = timedelta(days=30)
LONGEST_VALID = timedelta(days=397)
"""Browsers refuse certificates that are valid for longer."""


class Health(StrEnum):
    """How it is."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw, and how to mend it; remedy is empty where nothing is to be mended."""

    check: str
    health: Health
    seen: str
    remedy: str = ""


def disk(folder: Path) -> Finding:
    """Is there room for what is recorded?"""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free
    seen = f"{free / 1e9:.1f} GB free at {there}"
    if free >= FREE_BYTES:
        return Finding("disk", Health.GOOD, seen)
    health = Health.DOUBTFUL if free >= LEAST_FREE_BYTES else Health.BAD
    return Finding("disk", health, seen, "make room, or set STEADYREP_DATA_DIR to a larger disk")


def privacy(settings: Settings) -> Finding:
    """May only the owner read the database?"""
    path = settings.database_path
    if settings.database_url is not None:
        return Finding("privacy", Health.SKIPPED, "the records are in PostgreSQL")
    if not path.exists():
        return Finding("privacy", Health.SKIPPED, "no database yet: `steadyrep serve` makes it")
    open_to_others = [
        each for each in (path.parent, path) if stat.S_IMODE(each.stat().st_mode) & 0o077
    ]
    if not open_to_others:
        return Finding("privacy", Health.GOOD, f"only its owner can read {path.parent}")
    names = ", ".join(str(each) for each in open_to_others)
    return Finding("privacy", Health.BAD, f"others may read {names}", f"chmod go-rwx {names}")


def database(settings: Settings) -> Finding:
    """Is the database whole?"""
    path = settings.database_path
    if settings.database_url is not None:
        return Finding("database", Health.SKIPPED, "in PostgreSQL, which its own tools check")
    if not path.exists():
        return Finding("database", Health.SKIPPED, "none yet: `steadyrep serve` makes it")
    problem = problem_of(path)
    if problem is None:
        size = path.stat().st_size / 1e6
        return Finding("database", Health.GOOD, f"whole, {size:.1f} MB")
    return Finding("database", Health.BAD, f"{path}: {problem}", "restore the latest backup")


def clock(now: datetime, server_now: datetime | None) -> Finding:
    """Is the clock set, and like the server's? server_now: None where no server was asked."""
    remedy = "let the system set its clock from the network"
    if now < MADE_IN:
        return Finding("clock", Health.BAD, f"it is {now:%Y-%m-%d} here", remedy)
    if server_now is None:
        return Finding("clock", Health.GOOD, f"it is {now:%Y-%m-%d %H:%M} UTC here")
    off_s = abs((now - server_now).total_seconds())
    seen = f"{off_s:.0f} s apart from the server's"
    if off_s <= CLOCK_OFF_S:
        return Finding("clock", Health.GOOD, seen)
    return Finding("clock", Health.DOUBTFUL if off_s < CLOCK_WRONG_S else Health.BAD, seen, remedy)


def server(url: str | None) -> tuple[Finding, datetime | None]:
    """Does the server answer? And what time is it there?"""
    if url is None:
        return Finding("server", Health.SKIPPED, "none asked for: --server URL"), None
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310 -- checked by the command
    try:
        with urllib.request.urlopen(request, timeout=REACH_S) as answer:  # noqa: S310
            date = answer.headers.get("date")
    except urllib.error.HTTPError as answer:
        date = answer.headers.get("date")
    except (urllib.error.URLError, OSError) as problem:
        reason = getattr(problem, "reason", problem)
        remedy = "is it running, is the address right, does a firewall stand between?"
        if isinstance(reason, ssl.SSLCertVerificationError):
            remedy = "trust its certificate on this computer, or mend it there"
        return Finding("server", Health.BAD, f"{url}: {reason}", remedy), None
    return Finding("server", Health.GOOD, f"{url} answers"), _date(date)


def _date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None


def certificate(settings: Settings, now: datetime) -> Finding:
    """Will browsers take the certificate, and for how long?"""
    path, key = settings.tls_cert, settings.tls_key
    if path is None or key is None:
        return Finding("certificate", Health.SKIPPED, "none is set: the server speaks HTTP")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(path, key)
        first, last = _validity(path)
    except (OSError, ValueError) as problem:  # an SSLError is an OSError
        remedy = "set STEADYREP_TLS_CERT and STEADYREP_TLS_KEY to a certificate and its key (PEM)"
        return Finding("certificate", Health.BAD, f"{path}: {problem}", remedy)
    seen = f"valid until {last:%Y-%m-%d}"
    if not first <= now < last:
        return Finding("certificate", Health.BAD, seen, "renew it: browsers refuse it now")
    if last - now < RENEW_BEFORE:
        return Finding("certificate", Health.DOUBTFUL, seen, "renew it before it ends")
    if last - first > LONGEST_VALID:
        remedy = f"make one for at most {LONGEST_VALID.days} days: browsers refuse longer ones"
        return Finding("certificate", Health.DOUBTFUL, seen, remedy)
    return Finding("certificate", Health.GOOD, seen)


def _validity(path: Path) -> tuple[datetime, datetime]:
    from cryptography import x509

    found = x509.load_pem_x509_certificate(path.read_bytes())
    return found.not_valid_before_utc, found.not_valid_after_utc


def bluetooth(look: Callable[[], None]) -> Finding:
    """Can this computer listen? look: scans for a moment, raises BluetoothUnavailable."""
    from sensors.errors import BluetoothUnavailable

    try:
        look()
    except BluetoothUnavailable as problem:
        return Finding("bluetooth", Health.BAD, problem.problem, problem.remedy)
    return Finding("bluetooth", Health.GOOD, "the adapter listens")
