"""The house: one way only, a pure core, and what must not exist."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("sensors", "detection", "server")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
CORE = [path for path in MODULES if path.is_relative_to(ROOT / "detection")]
PURE = {
    "abc", "collections", "dataclasses", "datetime", "detection", "difflib", "enum", "functools",
    "itertools", "math", "numpy", "scipy", "statistics", "typing",
}  # fmt: skip
FORBIDDEN_NAMES = {"utils", "helpers", "common", "util", "misc"}


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CORE, ids=_id)
def test_the_core_imports_only_numbers_and_samples(path: Path) -> None:
    allowed_of_sensors = {"sensors.samples", "sensors.errors"}
    foreign = {
        name
        for name in _imports(path)
        if name.partition(".")[0] not in PURE and name not in allowed_of_sensors
    }
    assert foreign == set()


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_names_say_what_they_are(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    classes = [n.name for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ClassDef)]
    assert not [name for name in classes if name.endswith(("Manager", "Helper", "Utils"))]


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_no_module_is_longer_than_one_noun(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 450


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_sql_stays_in_the_store(path: Path) -> None:
    """Connections are handed around (`sqlalchemy.ext.asyncio`); statements are not."""
    if path.is_relative_to(ROOT / "server" / "store") or path == ROOT / "sensors" / "spool.py":
        return
    assert not _imports(path) & {"sqlalchemy", "sqlalchemy.dialects.sqlite", "sqlite3", "aiosqlite"}


def test_imports_go_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
