"""The frame of every `__NEXT_DATA__` document: route, language and request."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from cinestream_demo.films.locales import locales
from cinestream_demo.pages.nodes import Node
from cinestream_demo.pages.page_context import PageContext


def next_document(page: str, query: dict[str, str], props: Node, context: PageContext) -> Node:
    """Build the document. `page` is the route (`/title/[tconst]`), `props` is the content of this page alone."""
    return {
        "props": {"pageProps": props, "__N_SSP": True},
        "page": page,
        "query": query,
        "buildId": "cinestream-demo",
        "runtimeConfig": {"env": "demo"},
        "isFallback": False,
        "gssp": True,
        "locale": context.locale.tag,
        "locales": list(locales()),
        "defaultLocale": "en-US",
        "scriptLoader": [],
    }


def request_context(
    page_type: str, context: PageContext, *, sub_page: str = "main", subject: str | None = None
) -> Node:
    """Build the description of the request.

    `timestamp` is the time when the page was built. For a cached page it is earlier than the request.
    """
    document: dict[str, Any] = {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "sidecar": {
            "account": {"userName": None, "userId": None, "isLoggedIn": False},
            "placementMap": {},
            "weblabs": {},
            "localizationResponse": _localization(context),
            "isReferenceViewPreferred": False,
            "isNewUser": True,
        },
        "weblabs": {},
        "pageType": page_type,
        "subPageType": sub_page,
        "refTagPrefix": page_type[:2],
        "requestId": blake2b(context.path.encode(), digest_size=10).hexdigest().upper(),
        "isInternal": False,
        "queryParams": {},
        "isIMDbAppWebView": False,
        "requestPath": context.path,
        "requestUri": context.origin,
    }
    return document if subject is None else document | {"pageConst": subject}


def common_props(context: PageContext) -> Node:
    """Build the properties that every page carries and that no parser needs."""
    return {
        "cmsContext": {"transformedPlacements": {}, "isValid": True, "isDebug": False},
        "translationContext": {"i18n": {"translations": {}, "locale": context.locale.tag}},
        "urqlState": None,
        "fetchState": None,
    }


def _localization(context: PageContext) -> Node:
    return {
        "userCountryCode": context.locale.country,
        "userLanguage": context.locale.tag,
        "languageForTranslations": context.locale.tag,
        "geolocationCountryCode": context.locale.country,
        "gdprCompliantLanguage": context.locale.tag,
        "isOriginalTitlePreferenceSet": False,
        "isFullLocalizationEnabled": True,
    }
