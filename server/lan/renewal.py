"""A running server's certificate is renewed under it: new connections get the new one."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from server.clock import Clock
from server.lan.addresses import names_of
from server.lan.certificates import ensure
from server.settings import Settings

EVERY_S = 6 * 3600.0
"""Far more often than needed; a machine that sleeps wakes at no particular hour."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def renewed(
    settings: Settings, context: ssl.SSLContext | None, clock: Clock = Clock()
) -> AsyncIterator[None]:
    """Look after the certificate while the block runs."""
    task = asyncio.create_task(_keep(settings, context, clock))
    try:
        yield
    finally:
        task.cancel()


async def _keep(settings: Settings, context: ssl.SSLContext | None, clock: Clock) -> None:
    while context is not None:
        await asyncio.sleep(EVERY_S)
        renew(context, settings.tls_dir, names_of(settings.host), clock)


def renew(context: ssl.SSLContext, folder: Path, names: Sequence[str], clock: Clock) -> None:
    """Make a new one where it is time, and serve with it; what fails is tried again later."""
    try:
        found = ensure(folder, names, clock.now())
        context.load_cert_chain(found.server, found.key)
    except OSError as problem:  # an SSLError is one
        log.error("the certificate could not be renewed: %s", problem)
