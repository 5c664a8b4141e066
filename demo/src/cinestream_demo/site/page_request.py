"""Parser of the site's addresses: from path and query to a page, a language and a fault.

    /title/tt0111161/                       a page
    /es-es/title/tt0111161/                 the same page in another language (also ?lang=es-ES)
    /title/tt0111161/?fault=slow:5          with a fault
    /fault/slow:5/es-es/title/tt0111161/    the same, so that a base address can carry the fault

The last slash of an address is optional here. The site redirects to the address that has it.
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
class PageRequest:
    """A request of one page.

    `subject` is the id of the page, or the name of the chart.
    `address` is the canonical path of the page, which ends in a slash.
    `cookie_path` is the path for which the page's cookies are valid.
    """

    kind: str
    subject: str
    locale: Locale
    fault: Fault | None
    address: str
    cookie_path: str


def parse_page_request(path: str, query: Mapping[str, str]) -> PageRequest | None:
    """Return the page that an address names, or None when there is no such page.

    Raises:
        InvalidFault: the address names a fault that does not exist.
    """
    parts = _PATH.fullmatch(path)
    locale = by_prefix(parts["locale"] or "") if parts else None
    if parts is None or locale is None:
        return None
    fault_text = parts["fault"] or query.get("fault")
    fault = parse_fault(fault_text) if fault_text else None
    for kind, pattern in _PAGES.items():
        if page := pattern.fullmatch(parts["page"]):
            address = path if path.endswith("/") else path + "/"
            cookie_path = f"{parts['prefix']}/" if parts["prefix"] else address
            return PageRequest(kind, page[1], _select_locale(locale, fault, query), fault, address, cookie_path)
    return None


def _select_locale(locale: Locale, fault: Fault | None, query: Mapping[str, str]) -> Locale:
    """Return the language of the fault `localised`, else of the path, else of the query, else English."""
    if fault and fault.name == "localised":
        return locales()[fault.argument or "es-ES"]
    if locale is english():
        return locales().get(query.get("lang", ""), locale)
    return locale
