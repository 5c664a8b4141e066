"""The connections to Trakt: how many, how long they are kept, through which proxy, and what every request says."""

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

_RECEIVED = 1 << 18  # bytes: else megabytes of a long answer are taken from the socket at once


def http_client(api: Api) -> ClientSession:
    """A pool of connections for one application. No request is redirected by itself, nor goes on without an answer."""
    performance = api.performance
    patience = performance.request_timeout
    return ClientSession(
        connector=TCPConnector(
            limit=performance.connection_pool,
            keepalive_timeout=performance.idle_timeout,
            socket_factory=_socket,
            ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # what the system trusts, on macOS and Windows too
        ),
        headers={
            "Content-Type": "application/json",
            "User-Agent": f"cinestream-trakt/{version('cinestream-trakt-export')}",
            "trakt-api-key": api.client_id,
            "trakt-api-version": "2",
        },
        timeout=ClientTimeout(total=None, connect=patience, sock_connect=patience, sock_read=patience),
    )


def fault_of(error: ClientError | TimeoutError) -> ServerFault | TraktError:
    """What a failed connection is: broken, or to a server whose certificate nobody vouches for."""
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
    """The proxy that the environment names for an address; None for none."""
    address, proxies = urlsplit(url), getproxies()
    if proxy_bypass(address.netloc):
        return None
    proxy = proxies.get(address.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _socket(address: tuple[Any, ...]) -> socket.socket:
    made = socket.socket(*address[:3])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED)
    return made
