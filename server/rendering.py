"""From a template and what it shows to a page, in the reader's language."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.words import Words, choose_language, load_words

TEMPLATES_DIR = Path(__file__).parent / "templates"
STATIC_DIR = Path(__file__).parent / "static"


def words_for(request: Request) -> Words:
    """The catalogue that suits the reader's browser."""
    return load_words(choose_language(request.headers.get("accept-language")))


WordsHere = Annotated[Words, Depends(words_for)]


def render(
    template: str, words: Words, shown: Mapping[str, object], status_code: int = 200
) -> HTMLResponse:
    """A page. Templates say words with `t(key)`; a name that nobody gave them is an error."""
    html = environment().get_template(template).render({"t": words, **shown})
    return HTMLResponse(html, status_code, {"Content-Language": words.language})


@cache
def environment() -> Environment:
    """The templates, with every value escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = lambda path: f"/static/{path}"
    return made
