"""Refusals that are sent before the application sees a request (RFC 9457)."""

import json
from collections.abc import Iterable
from http import HTTPStatus

PROBLEM = "application/problem+json"

Headers = list[tuple[str, str]]

SECURITY: Headers = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
]
"""The headers of every answer of every server."""

STRICT_POLICY: Headers = [("content-security-policy", "default-src 'none'; frame-ancestors 'none'")]
"""The policy of an answer that is no page: a browser loads nothing for it and shows it in no frame."""


def body(status: int, detail: str) -> bytes:
    """Return problem details as JSON."""
    title = HTTPStatus(status).phrase
    return json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()


def refusal(status: int, detail: str, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a whole HTTP/1.1 response that ends the connection.

    Args:
        status: Status code.
        detail: Reason, for the client's developer.
        headers: The headers of every answer of the server.
    """
    content = body(status, detail)
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
    own = [
        *STRICT_POLICY,
        ("content-type", PROBLEM),
        ("content-length", str(len(content))),
        ("cache-control", "no-store"),
        ("connection", "close"),
    ]
    known = {name.lower() for name, _ in headers}
    head += [b"%b: %b" % header for header in headers]
    head += [f"{name}: {value}".encode() for name, value in own if name.encode() not in known]
    return b"\r\n".join([*head, b"", content])
