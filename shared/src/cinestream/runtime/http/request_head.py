"""The checks of a request's head that uvicorn leaves to the application."""

import httptools

Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """A request that is answered without the application, with a status and its reason."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail


def too_large(limit: int, status: int) -> Refused:
    """Return the refusal of a request whose headers (431) or body (413) exceed a limit in bytes."""
    return Refused(status, f"the {'headers' if status == 431 else 'body'} must not be larger than {limit} bytes")


def head_length(target: bytes, headers: Headers) -> int:
    """Return the length of a target and its headers, as they are sent."""
    return len(target) + sum(len(name) + len(value) + len(": \r\n") for name, value in headers)


def host_of(headers: Headers, version: str) -> bytes:
    """Return the `Host` header, empty if there is none (RFC 9112, 3.2).

    Raises:
        Refused: there are several, or none in HTTP/1.1.
    """
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or (not hosts and version == "1.1"):
        raise Refused(400, "the request needs one Host header")
    return hosts[0] if hosts else b""


def body_length(headers: Headers) -> int:
    """Return the length of the body that the client announces. The parser has checked its form."""
    return next((int(value) for name, value in headers if name == b"content-length"), 0)


def origin_form(target: bytes, headers: Headers, host: bytes) -> bytes:
    """Return a request's target as path and query (RFC 9112, 3.2.1).

    A whole URL names the host as well. It replaces the `Host` header, as RFC 9112, 3.2.2 requires.

    Args:
        target: the target as it was sent.
        headers: the headers with names in lower case. They are changed.
        host: the value of the `Host` header.

    Raises:
        Refused: the target is neither a path nor a URL.
    """
    if target.startswith(b"/"):
        return target
    try:
        url = httptools.parse_url(target)
    except httptools.HttpParserInvalidURLError:
        raise Refused(400, "the target of the request is not valid") from None
    if not url.host:
        raise Refused(400, "the target of the request is not valid")
    name = b"[%b]" % url.host if b":" in url.host else url.host
    authority = b"%b:%d" % (name, url.port) if url.port else name
    headers[:] = [header for header in headers if header != (b"host", host)] + [(b"host", authority)]
    return (url.path or b"/") + (b"?%b" % url.query if url.query else b"")
