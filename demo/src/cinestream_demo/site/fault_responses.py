"""Responses that replace a page: every fault that is a response of its own, in the form of the live site."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import orjson
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cinestream_demo.pages.faults import Fault
from cinestream_demo.pages.markup import render
from cinestream_demo.site.page_request import PageRequest

NO_STORE = {"cache-control": "no-store"}
CHALLENGE_COOKIE = "aws-waf-token"
"""The cookie of a browser that has passed the challenge."""
_WAF = {"x-amzn-waf-action": "challenge", **NO_STORE}
_PLAIN = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1><hr>{1}</center></body></html>"


def has_passed_challenge(fault: Fault, page: PageRequest, cookies: Mapping[str, str]) -> bool:
    """Return True if the cookies prove that this visitor has passed the challenge of this page."""
    return fault.name == "challenge" and cookies.get(CHALLENGE_COOKIE) == _challenge_context(page)[::-1]


def fault_response(fault: Fault, page: PageRequest) -> Response | None:
    """Return the response that replaces the page, or None for faults that change or delay the page."""
    match fault.name:
        case "404":
            return not_found()
        case "503":
            return _plain(503, "503 Service Temporarily Unavailable")
        case "429":
            return _plain(429, "429 Too Many Requests", {"retry-after": f"{fault.seconds:g}"})
        case "403":
            return _plain(403, "403 Forbidden", server="CloudFront")
        case "empty":
            return Response(status_code=202, headers=_WAF, media_type="text/html")
        case "challenge" | "challenge-forever":
            return _challenge(fault, page)
        case "redirect" if page.kind == "title":
            return RedirectResponse(f"/title/{fault.argument or 'tt0068646'}/", 301, NO_STORE)
    return None


def not_found() -> Response:
    """Return the 404 page."""
    return HTMLResponse(render("not_found.html"), 404, NO_STORE)


def _challenge_context(page: PageRequest) -> str:
    """Return the token that the challenge sends. The script answers with the reversed token."""
    return blake2b(page.cookie_path.encode(), digest_size=24).hexdigest()


def _challenge(fault: Fault, page: PageRequest) -> Response:
    context = _challenge_context(page)
    passes = fault.name == "challenge"
    props = {"key": "demo", "iv": context[:16], "context": context, "path": page.cookie_path, "passes": passes}
    script = f"window.gokuProps = {orjson.dumps(props).decode()};".replace("<", "\\u003c")
    return HTMLResponse(render("challenge.html", script=script), 202, _WAF)


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None, server: str = "nginx") -> Response:
    return HTMLResponse(_PLAIN.format(text, server), status, {**NO_STORE, **(headers or {})})
