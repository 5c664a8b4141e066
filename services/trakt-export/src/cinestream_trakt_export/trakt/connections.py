"""The connections to Trakt: the pool and its limits, the proxy, and the headers of every request."""

import socket
import ssl
from functools import lru_cache
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import truststore
from aiohttp import ClientConnectorCertificateError, ClientError, ClientSession, ClientTimeout, TCPConnector

from cinestream_flow.message import Message
from cinestream_trakt_export.settings import Api
from cinestream_trakt_export.trakt.errors import ServerFault, TraktError

# The system's default lets megabytes of a long response pile up in the socket before they can be processed.
_RECEIVE_BUFFER = 1 << 18  # bytes


def http_client(api: Api) -> ClientSession:
    """Open a pool of connections for one application.

    `request_timeout` limits the connection and each pause within a response, not the whole response.
    """
    performance = api.performance
    timeout = performance.request_timeout
    return ClientSession(
        connector=TCPConnector(
            limit=performance.connection_pool,
            keepalive_timeout=performance.idle_timeout,
            socket_factory=_socket,
            # Trust the certificates that the system trusts, on macOS and Windows too.
            ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        ),
        headers={
            "Content-Type": "application/json",
            "User-Agent": f"cinestream-trakt/{version('cinestream-trakt-export')}",
            "trakt-api-key": api.client_id,
            "trakt-api-version": "2",
        },
        timeout=ClientTimeout(total=None, connect=timeout, sock_connect=timeout, sock_read=timeout),
    )


def connection_error(error: ClientError | TimeoutError) -> ServerFault | TraktError:
    """Return the error to raise for a failed connection.

    A certificate that is not trusted is refused for good. Every other failure may be over at the next attempt.
    """
    if isinstance(error, ClientConnectorCertificateError):
        return TraktError(
            Message(
                "the certificate of {host} is not trusted ({error}): if this is a proxy of your network, have its "
                "authority trusted by the system, or name its file in SSL_CERT_FILE",
                host=error.host,
                error=error.certificate_error,
            )
        )
    return ServerFault(Message("Trakt cannot be reached ({error})", error=type(error).__name__), fault="network")


@lru_cache(maxsize=8)
def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for an address, or None."""
    address, proxies = urlsplit(url), getproxies()
    if proxy_bypass(address.netloc):
        return None
    proxy = proxies.get(address.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _socket(address: tuple[Any, ...]) -> socket.socket:
    made = socket.socket(*address[:3])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    return made
