"""The frame of every `__NEXT_DATA__` document: which page, which language, how it was asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from cinestream_demo.films.locales import locales
from cinestream_demo.pages.nodes import Node, Visit


def next_document(page: str, query: dict[str, str], props: Node, visit: Visit) -> Node:
    """The whole document: `page` as in the router (`/title/[tconst]`), `props` what only this page has."""
    return {
        "props": {"pageProps": props, "__N_SSP": True},
        "page": page,
        "query": query,
        "buildId": "cinestream-demo",
        "runtimeConfig": {"env": "demo"},
        "isFallback": False,
        "gssp": True,
        "locale": visit.locale.tag,
        "locales": list(locales()),
        "defaultLocale": "en-US",
        "scriptLoader": [],
    }


def request_context(page_type: str, visit: Visit, *, sub_page: str = "main", subject: str | None = None) -> Node:
    """Who asked for what; `timestamp` is when the page was made, which for a kept page is earlier than the request."""
    context: dict[str, Any] = {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "sidecar": {
            "account": {"userName": None, "userId": None, "isLoggedIn": False},
            "placementMap": {},
            "weblabs": {},
            "localizationResponse": _localization(visit),
            "isReferenceViewPreferred": False,
            "isNewUser": True,
        },
        "weblabs": {},
        "pageType": page_type,
        "subPageType": sub_page,
        "refTagPrefix": page_type[:2],
        "requestId": blake2b(visit.path.encode(), digest_size=10).hexdigest().upper(),
        "isInternal": False,
        "queryParams": {},
        "isIMDbAppWebView": False,
        "requestPath": visit.path,
        "requestUri": visit.origin,
    }
    return context if subject is None else context | {"pageConst": subject}


def surroundings(visit: Visit) -> Node:
    """What every page carries and no reader needs."""
    return {
        "cmsContext": {"transformedPlacements": {}, "isValid": True, "isDebug": False},
        "translationContext": {"i18n": {"translations": {}, "locale": visit.locale.tag}},
        "urqlState": None,
        "fetchState": None,
    }


def _localization(visit: Visit) -> Node:
    return {
        "userCountryCode": visit.locale.country,
        "userLanguage": visit.locale.tag,
        "languageForTranslations": visit.locale.tag,
        "geolocationCountryCode": visit.locale.country,
        "gdprCompliantLanguage": visit.locale.tag,
        "isOriginalTitlePreferenceSet": False,
        "isFullLocalizationEnabled": True,
    }
