"""The faults that can be asked for, and which titles get one by lot (`--faults slow=0.1,503=0.1`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from cinestream_demo.films.locales import locales

FAULTS = {
    "slow": "answers after 3 s, or after slow:SECONDS",
    "404": "not found",
    "503": "the server has a fault",
    "429": "too many requests, Retry-After 2, or 429:SECONDS",
    "403": "refused by the CDN",
    "challenge": "HTTP 202 and a script that lets a browser through after a second, by a cookie for this path",
    "challenge-forever": "the same, but nobody gets through",
    "empty": "HTTP 202 with an empty body",
    "redirect": "sends to another title, tt0068646 or redirect:ID (title pages only)",
    "incomplete": "cut in the middle of the data; incomplete:bare is whole but without data (title pages only)",
    "localised": "in Spanish, or localised:TAG (de-DE, fr-FR)",
    "unreleased": "the film without rating, votes and exact date (title pages only)",
    "series": "the film as a series (title pages only)",
    "consent": "the consent dialog covers the page until it is answered, whatever the site's options",
    "consent-wall": "nothing but the consent dialog until it is answered",
}
"""Every fault and what it does."""

TEMPORARY = frozenset({"slow", "503", "429", "403", "challenge", "empty", "incomplete"})
"""Faults that pass: by lot they show on the first request (or first few) of a title only."""


class UnknownFault(ValueError):
    """A fault that is not in the table, or an argument it does not take."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and what follows its colon."""

    name: str
    argument: str = ""

    @property
    def seconds(self) -> float:
        """The seconds of slow and 429."""
        return float(self.argument or {"slow": 3, "429": 2}.get(self.name, 0))


def parse_fault(text: str) -> Fault:
    """`name` or `name:argument`. Raises UnknownFault."""
    fault = Fault(*text.split(":", 1))
    if fault.name not in FAULTS or (fault.argument and not _takes(fault.name, fault.argument)):
        raise UnknownFault(f"unknown fault {text!r}; there are {', '.join(FAULTS)}")
    return fault


class Lots:
    """Draws a fault for some of the titles: always the same ones, by the hash of the id."""

    def __init__(self, shares: Mapping[str, float], shown: int = 1) -> None:
        """`shares`: fault -> share of the titles, 0 to 1; temporary faults show `shown` times per title.

        Raises UnknownFault when the shares are not shares.
        """
        if any(share < 0 for share in shares.values()) or sum(shares.values()) > 1 + 1e-9:
            raise UnknownFault("the shares of all faults must be 0 to 1 together")
        self._shares = [(parse_fault(name), share) for name, share in shares.items()]
        self._shown = shown
        self._drawn: Counter[str] = Counter()

    def draw(self, film_id: str) -> Fault | None:
        """The fault of this request of a title; counts the request."""
        fault = self.of(film_id)
        if fault is None or fault.name not in TEMPORARY:
            return fault
        self._drawn[film_id] += 1
        return fault if self._drawn[film_id] <= self._shown else None

    def of(self, film_id: str) -> Fault | None:
        """The fault that fell to a title, whether or not it has passed."""
        place = int.from_bytes(blake2b(film_id.encode(), digest_size=6).digest(), "big") / 256**6
        for fault, share in self._shares:
            if place < share:
                return fault
            place -= share
        return None


def parse_shares(text: str) -> dict[str, float]:
    """`slow=0.1,503=0.1` as a mapping. Raises UnknownFault."""
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    try:
        return {name.strip(): float(share) for name, _, share in pairs}
    except ValueError as error:
        raise UnknownFault(f"a share must be a number from 0 to 1: {text}") from error


def _takes(name: str, argument: str) -> bool:
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
