"""A page -> `ParsedTitle`: the layouts found in it, and field by field the first of them that has a value. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cinestream.contracts import Invalid
from cinestream_etl.layouts import ld_json, next_data, title_2010, title_2011, title_2015
from cinestream_etl.title import FIELDS, ParsedTitle, absent


@dataclass(frozen=True)
class Layout:
    """A place where pages keep their facts: `read` returns those of the page's own title, or None if it is not there.

    `gives` are the fields that it can have at all: where nothing of that is missing, it is not even looked for. `whole`
    says that a page has it instead of the whole layouts before it, never beside one.
    """

    name: str
    gives: frozenset[str]
    read: Callable[[bytes], ParsedTitle | None]
    whole: bool = True


LAYOUTS = (
    Layout("next_data", frozenset(FIELDS), next_data.read),
    Layout("title_2015", frozenset(FIELDS), title_2015.read),
    Layout("title_2011", frozenset(FIELDS), title_2011.read),
    Layout("title_2010", frozenset(FIELDS), title_2010.read),
    Layout("ld_json", ld_json.GIVES, ld_json.read, whole=False),
)
"""In order of precedence: the richest first."""


@dataclass(frozen=True)
class Parsed:
    """A title, and for each of its fields that has a value the layout that gave it."""

    title: ParsedTitle
    sources: Mapping[str, str]


def parse(html: bytes) -> Parsed:
    """Take a page apart, given as UTF-8.

    A layout that speaks of another title than the first one found is not used.

    Raises:
        Invalid: no layout of a title page is found in it.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layout in LAYOUTS:
        if layout.gives <= values.keys() or (layout.whole and values):
            continue
        found = layout.read(html)
        if found is None or found.id != values.get("id", found.id):
            continue
        for field in FIELDS:
            value = getattr(found, field)
            if field not in values and not absent(value):
                values[field] = value
                sources[field] = layout.name
    if "id" not in values:
        names = ", ".join(layout.name for layout in LAYOUTS)
        raise Invalid(f"page: no layout of a title page found (looked for {names}) in {len(html):,} bytes")
    return Parsed(ParsedTitle(**values), sources)
