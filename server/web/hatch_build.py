"""The build hook: a wheel or an editable install has the pages' modules in it."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin import interface  # type: ignore[import-not-found,unused-ignore]


class VendorHook(interface.BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    """Runs vendoring.py before hatchling collects files."""

    def initialize(self, _version: str, _build_data: dict[str, Any]) -> None:
        """Fill server/static/vendor; stops the build with npm's words if that fails."""
        vendoring = runpy.run_path(str(Path(self.root) / "server" / "web" / "vendoring.py"))
        try:
            vendoring["vendor"]()
        except vendoring["VendoringError"] as error:
            self.app.abort(f"Steadyrep's pages could not be built. {error}")
