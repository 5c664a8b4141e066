"""The request-dependent part of a page: host, path, language and consent."""

from __future__ import annotations

from dataclasses import dataclass

from cinestream_demo.films.locales import Locale


@dataclass(frozen=True, slots=True)
class PageContext:
    """The address and language of one request.

    `origin` is scheme and host, `path` the path in the address bar.
    `consent_path` is the cookie path for which the page asks for consent. "" means that it does not ask.
    """

    origin: str
    path: str
    locale: Locale
    consent_path: str = ""

    @property
    def consent_cookie(self) -> str:
        """The cookie that stores the answer. Consent for the site and consent for a fault are separate questions."""
        return "consent" if self.consent_path == "/" else "consent-here"
