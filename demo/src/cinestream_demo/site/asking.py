"""What a path asks for: pure, from path and query to a page, a language and a fault.

    /title/tt0111161/                       a page
    /es-es/title/tt0111161/                 the same in another language (also ?lang=es-ES)
    /title/tt0111161/?fault=slow:5          with a fault
    /fault/slow:5/es-es/title/tt0111161/    the same, so that a base address can name the fault

An address without its last slash is meant as one with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cinestream_demo.films.locales import Locale, by_prefix, english, locales
from cinestream_demo.pages.faults import Fault, parse_fault

_PATH = re.compile(r"(?P<prefix>/fault/(?P<fault>[^/]+))?(?:/(?P<locale>es-es|de|fr))?(?P<page>/.*|)")
_PAGES = {
    "title": re.compile(r"/title/(tt\d{7,9})/?"),
    "name": re.compile(r"/name/(nm\d{7,9})/?"),
    "chart": re.compile(r"/chart/(top|moviemeter)/?"),
    "list": re.compile(r"/list/(ls\d{6,12})/?"),
    "find": re.compile(r"/(find)/?"),
    "home": re.compile(r"()/?"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of the site. `address` is its own path, which ends in a slash; `scope`: the path of its cookies."""

    kind: str
    subject: str
    locale: Locale
    fault: Fault | None
    address: str
    scope: str


def asked(path: str, query: Mapping[str, str]) -> Asked | None:
    """The page that a path asks for, or None when there is no such page. Raises UnknownFault."""
    parts = _PATH.fullmatch(path)
    locale = by_prefix(parts["locale"] or "") if parts else None
    if parts is None or locale is None:
        return None
    named = parts["fault"] or query.get("fault")
    fault = parse_fault(named) if named else None
    for kind, pattern in _PAGES.items():
        if page := pattern.fullmatch(parts["page"]):
            address = path if path.endswith("/") else path + "/"
            scope = f"{parts['prefix']}/" if parts["prefix"] else address
            return Asked(kind, page[1], _wanted(locale, fault, query), fault, address, scope)
    return None


def _wanted(locale: Locale, fault: Fault | None, query: Mapping[str, str]) -> Locale:
    if fault and fault.name == "localised":
        return locales()[fault.argument or "es-ES"]
    if locale is english():
        return locales().get(query.get("lang", ""), locale)
    return locale
