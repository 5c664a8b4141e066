"""Templates to HTML, with everything escaped."""

from __future__ import annotations

from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined


def render(template: str, **context: Any) -> str:
    """The template's text; a name that the template asks for and `context` lacks is an error."""
    return _ENVIRONMENT.get_template(template).render(context)


def _script_json(data: object) -> str:
    """JSON that can stand in a script element as it is: no `<` in it, so no text can end the element."""
    return orjson.dumps(data).decode().replace("<", "\\u003c")


_ENVIRONMENT = Environment(
    loader=PackageLoader("cinestream_demo.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_ENVIRONMENT.filters["script_json"] = _script_json
