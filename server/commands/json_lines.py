"""JSON on standard output: one object a line."""

import json

import typer


def print_line(payload: object) -> None:
    """JSON is UTF-8 (RFC 8259), whatever the terminal takes."""
    line = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    typer.echo(line.encode() + b"\n", nl=False)
