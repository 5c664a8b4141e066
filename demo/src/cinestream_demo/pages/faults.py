"""The faults that the site can show on request."""

from __future__ import annotations

from dataclasses import dataclass

from cinestream_demo.films.locales import locales
from cinestream_flow.message import Message

FAULTS = {
    "slow": "responds after 3 s, or after slow:SECONDS",
    "404": "not found",
    "503": "service unavailable",
    "429": "too many requests, Retry-After 2, or 429:SECONDS",
    "403": "refused by the CDN",
    "challenge": "HTTP 202 and a script that lets a browser in after a second, by a cookie for this path",
    "challenge-forever": "the same, but the script never lets a browser in",
    "empty": "HTTP 202 with an empty body",
    "redirect": "redirects to tt0068646, or to redirect:ID (title pages only)",
    "incomplete": "cut in the middle of the data; incomplete:bare is complete but without data (title pages only)",
    "localised": "in Spanish, or localised:TAG (de-DE, fr-FR)",
    "unreleased": "the film without rating, votes and exact date (title pages only)",
    "series": "the film as a series (title pages only)",
    "consent": "the consent dialog covers the page until it is answered, whatever the site's options",
    "consent-wall": "nothing but the consent dialog until it is answered",
}
"""Every fault and its effect."""


class InvalidFault(ValueError):
    """A fault that is not in the table, an argument that the fault does not take, or a wrong share."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and its argument, which follows a colon in `slow:5`."""

    name: str
    argument: str = ""

    @property
    def seconds(self) -> float:
        """Seconds to wait (`slow`) or to send as `Retry-After` (`429`)."""
        return float(self.argument or {"slow": 3, "429": 2}.get(self.name, 0))


def parse_fault(text: str) -> Fault:
    """Parse `name` or `name:argument`.

    Raises:
        InvalidFault: there is no such fault, or it does not take this argument.
    """
    fault = Fault(*text.split(":", 1))
    if fault.name not in FAULTS or (fault.argument and not _accepts(fault.name, fault.argument)):
        names = ", ".join(FAULTS)
        raise InvalidFault(Message("unknown fault {fault!r}; known faults: {names}", fault=text, names=names))
    return fault


def _accepts(name: str, argument: str) -> bool:
    match name:
        case "slow" | "429":
            return _is_seconds(argument)
        case "redirect":
            return argument.startswith("tt") and argument[2:].isdecimal()
        case "incomplete":
            return argument == "bare"
        case "localised":
            return argument in locales()
    return False


def _is_seconds(argument: str) -> bool:
    try:
        return 0 <= float(argument) <= 600
    except ValueError:
        return False
