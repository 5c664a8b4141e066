"""How the site says no: each fault that is an answer of its own, in the form in which the live site sends it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import orjson
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cinestream_demo.pages.faults import Fault
from cinestream_demo.pages.markup import render
from cinestream_demo.site.asking import Asked

NO_STORE = {"cache-control": "no-store"}
TOKEN = "aws-waf-token"  # noqa: S105
"""The cookie of a browser that passed the challenge."""
_WAF = {"x-amzn-waf-action": "challenge", **NO_STORE}
_PLAIN = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1><hr>{1}</center></body></html>"


def let_in(fault: Fault, page: Asked, cookies: Mapping[str, str]) -> bool:
    """Whether the visitor has passed the challenge of this place before."""
    return fault.name == "challenge" and cookies.get(TOKEN) == _context(page)[::-1]


def refuse(fault: Fault, page: Asked) -> Response | None:
    """The answer instead of the page; None for faults that change the page or its time."""
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
    """There is no such page."""
    return HTMLResponse(render("not_found.html"), 404, NO_STORE)


def _context(page: Asked) -> str:
    return blake2b(page.scope.encode(), digest_size=24).hexdigest()


def _challenge(fault: Fault, page: Asked) -> Response:
    context = _context(page)
    passes = fault.name == "challenge"
    props = {"key": "demo", "iv": context[:16], "context": context, "path": page.scope, "passes": passes}
    script = f"window.gokuProps = {orjson.dumps(props).decode()};".replace("<", "\\u003c")
    return HTMLResponse(render("challenge.html", script=script), 202, _WAF)


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None, server: str = "nginx") -> Response:
    return HTMLResponse(_PLAIN.format(text, server), status, {**NO_STORE, **(headers or {})})
