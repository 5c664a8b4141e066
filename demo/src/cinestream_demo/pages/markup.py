"""The template engine, which escapes all text for HTML."""

from __future__ import annotations

from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined


def render(template: str, **variables: Any) -> str:
    """Render a template. A variable that is missing raises `jinja2.UndefinedError`."""
    return _ENVIRONMENT.get_template(template).render(variables)


def _script_json(data: object) -> str:
    """Return JSON for a script element. It contains no `<`, so no text in it can close the element."""
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
