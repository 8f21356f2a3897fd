"""How the pages' modules get from npm into the package, without asking any registry here."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

WEB = Path(__file__).parents[2] / "server" / "web"
vendoring: dict[str, Any] = runpy.run_path(str(WEB / "vendoring.py"))


def test_bare_import_becomes_a_neighbour() -> None:
    text = 'import{options as n}from"preact";export{n as o};\n//# sourceMappingURL=hooks.mjs.map'
    assert vendoring["for_browser"](text, "hooks.js") == (
        'import{options as n}from"./preact.js";export{n as o};\n'
    )


def test_import_of_something_else_stops_the_build() -> None:
    with pytest.raises(vendoring["VendoringError"], match="'left-pad', which is not vendored"):
        vendoring["for_browser"]('import p from "left-pad";', "hooks.js")


def test_missing_module_is_named(tmp_path: Path) -> None:
    with pytest.raises(vendoring["VendoringError"], match=r"preact\.mjs is missing"):
        vendoring["copy_modules"](tmp_path, tmp_path / "vendor")


def test_finished_build_is_not_repeated(tmp_path: Path) -> None:
    stamp = vendoring["digest"](WEB)
    assert not vendoring["is_current"](tmp_path, stamp)
    (tmp_path / vendoring["STAMP_NAME"]).write_text(stamp + "\n")
    assert vendoring["is_current"](tmp_path, stamp)
    assert vendoring["vendor"](WEB, tmp_path) is False
    assert not vendoring["is_current"](tmp_path, "another lock file")


def test_lock_pins_every_package_and_names_no_registry() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text("utf-8"))
    packages = {path: one for path, one in lock["packages"].items() if path}
    asked_for = json.loads((WEB / "package.json").read_text("utf-8"))["dependencies"]
    assert {
        path.removeprefix("node_modules/"): one["version"] for path, one in packages.items()
    } == (asked_for)
    for one in packages.values():
        assert one["integrity"].startswith("sha512-")
        assert "resolved" not in one


def test_installed_package_has_the_modules_and_their_licences() -> None:
    vendor = WEB.parent / "static" / "vendor"
    for name in (*vendoring["MODULES"].values(), *vendoring["LICENCES"].values()):
        assert (vendor / name).is_file(), name
    assert vendoring["is_current"](vendor, vendoring["digest"](WEB)), "run the install again"
