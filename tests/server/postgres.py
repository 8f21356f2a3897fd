"""A throwaway PostgreSQL cluster: its own folder, a socket and no network, an unprivileged user."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

DEBIAN = Path("/usr/lib/postgresql")
USER = "postgres"
STARTED_WITHIN_S = 60


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    newest = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = newest[-1] if newest else shutil.which("initdb")
    return Path(found).parent if found else None


def why_not() -> str | None:
    """Why no cluster can be had here; None where one can."""
    if programs() is None:
        return "needs PostgreSQL (apt-get install postgresql)"
    if os.geteuid() == 0 and not _has_user():
        return f"PostgreSQL refuses to run as root, and there is no user {USER!r}"
    return None


def _has_user() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


@dataclass
class Cluster:
    """A running cluster; every database is a fresh copy of one whose schema was made once."""

    bin: Path
    socket_dir: Path
    template: str | None = None
    _made: int = field(default=0)

    def new_database(self) -> str:
        """The URL of a database of one's own."""
        self._made += 1
        name = f"house_{self._made}"
        template = ("--template", self.template) if self.template else ()
        self._run("createdb", *template, name)
        return self.url(name)

    def keep_as_template(self, name: str) -> None:
        """Databases made from now on begin as copies of this one; nobody may have it open."""
        self.template = name

    def url(self, name: str) -> str:
        """How the store names a database here."""
        return f"postgresql://{USER}@/{name}?host={quote(str(self.socket_dir), safe='')}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.bin / program, "-h", self.socket_dir, "-U", USER, *arguments],
            check=True,
            capture_output=True,
        )


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Make and start one; stop and take it away afterwards."""
    bin_dir = programs()
    assert bin_dir is not None
    # /tmp: a socket's path may be no longer than 107 letters
    with tempfile.TemporaryDirectory(prefix="steadyrep-pg-", dir="/tmp") as folder:
        home = Path(folder)
        as_user: dict[str, object] = {"cwd": folder}
        if os.geteuid() == 0:
            entry = pwd.getpwnam(USER)
            os.chown(home, entry.pw_uid, entry.pw_gid)
            as_user |= {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        data, socket_dir = home / "data", home
        options = f"-c listen_addresses='' -k {socket_dir} -c fsync=off"
        _quietly([bin_dir / "initdb", "-D", data, "-U", USER, "--auth=trust", "--no-sync"], as_user)
        start = [bin_dir / "pg_ctl", "-D", data, "-w", "-t", str(STARTED_WITHIN_S)]
        _quietly([*start, "-l", home / "log", "-o", options, "start"], as_user)
        try:
            yield Cluster(bin_dir, socket_dir)
        finally:
            _quietly([*start, "-m", "immediate", "stop"], as_user)


def _quietly(command: list[object], as_user: dict[str, object]) -> None:
    done = subprocess.run(  # type: ignore[call-overload]
        [str(part) for part in command], capture_output=True, text=True, **as_user
    )
    assert done.returncode == 0, f"{command[0]}: {done.stderr or done.stdout}"
