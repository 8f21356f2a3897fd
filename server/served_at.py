"""Where the server was last reached, beside the database, so that links name its real address.

The command line runs as a process of its own: it cannot know that `serve` was told another port.
"""

from server.settings import Settings

FILE_NAME = "served-at"


def note_origin(settings: Settings, port: int) -> str:
    """Remember the origin of a server that listens on this port, and return it."""
    origin = settings.origin(port)
    settings.database_path.with_name(FILE_NAME).write_text(origin + "\n")
    return origin


def known_origin(settings: Settings) -> str:
    """The origin that people's browsers can reach: as set, as last served, or as by default."""
    if settings.public_origin is not None:
        return settings.public_origin
    try:
        served_at = settings.database_path.with_name(FILE_NAME).read_text().strip()
    except FileNotFoundError:
        served_at = ""
    return served_at or settings.origin(settings.port)
