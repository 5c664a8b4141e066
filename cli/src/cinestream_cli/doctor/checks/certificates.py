"""The check of the certificates of NATS and of the https addresses in the settings."""

import socket
import ssl
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from cinestream.runtime.variables import PREFIX
from cinestream_cli.doctor.result import Result, Status, failed, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

WARN_DAYS = 14
"""Days before the end of a certificate from which on it is reported."""
_SECONDS = 2.0
_MAX_SERVERS = 4
_SEVERITY = (Status.FAILED, Status.WARNING, Status.OK)


class _Server(NamedTuple):
    """A server with a certificate. `is_nats` is True for NATS, which sends a line before the handshake."""

    host: str
    port: int
    is_nats: bool


def certificates(surroundings: Surroundings) -> Result:
    """Check that each certificate is trusted and does not expire soon. The worst one is reported."""
    servers = list(dict.fromkeys(_servers(surroundings)))[:_MAX_SERVERS]
    results = sorted((_check(server) for server in servers), key=lambda result: _SEVERITY.index(result.status))
    if not results:
        return ok(Message("no setting has an address with TLS"))
    if results[0].status is not Status.OK:
        return results[0]
    return ok(Message("valid: {servers}", servers=", ".join(result.found for result in results)))


def _servers(surroundings: Surroundings) -> Iterator[_Server]:
    """Yield the servers of all addresses with TLS in the settings."""
    names = [name.removeprefix(PREFIX).lower() for name in surroundings.environment if name.startswith(PREFIX)]
    for name in sorted({*names, *surroundings.file, "nats_url"}):
        for value in surroundings.setting(name).split(","):
            if not value.strip().startswith(("tls://", "https://")):
                continue
            try:
                parts = urlsplit(value.strip())
                port = parts.port or (4222 if parts.scheme == "tls" else 443)
            except ValueError:
                continue
            yield _Server(parts.hostname or "", port, parts.scheme == "tls")


def _check(server: _Server) -> Result:
    host = f"{server.host}:{server.port}"
    try:
        days = (_not_after(server) - time.time()) / 86_400
    except ssl.SSLCertVerificationError as error:
        found = Message("the certificate of {host} is not valid ({reason})", host=host, reason=error.verify_message)
        return failed(found, Message("renew it, or set SSL_CERT_FILE to the certificate of its authority"))
    except (OSError, ValueError) as error:
        found = Message("the certificate of {host} cannot be read ({error})", host=host, error=error)
        return warning(found, Message("correct the address, or start the server"))
    text = Message("{host} for {days:.0f} days", host=host, days=days)
    if days < WARN_DAYS:
        return warning(
            Message("the certificate of {host} expires in {days:.0f} days", host=host, days=days), Message("renew it")
        )
    return ok(text)


def _not_after(server: _Server) -> float:
    """Return the Unix time at which the certificate of a server expires.

    Raises:
        ssl.SSLCertVerificationError: the certificate is not valid.
        OSError: there is no connection.
        ValueError: the server answers otherwise.
    """
    with socket.create_connection((server.host, server.port), _SECONDS) as connection:
        if server.is_nats:
            _read_line(connection)
        with ssl.create_default_context().wrap_socket(connection, server_hostname=server.host) as secure:
            certificate = secure.getpeercert() or {}
    return ssl.cert_time_to_seconds(str(certificate["notAfter"]))


def _read_line(connection: socket.socket) -> None:
    """Read the line INFO byte by byte, because the handshake follows on the same connection."""
    for _ in range(1 << 16):
        if connection.recv(1) in (b"\n", b""):
            return
    raise ValueError(Message("the server sends no line"))
