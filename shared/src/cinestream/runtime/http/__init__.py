"""The HTTP server of every service: uvicorn with limits for connections, checked host names and common headers."""

from cinestream.runtime.http.bind import bind
from cinestream.runtime.http.hosts import HostRule
from cinestream.runtime.http.limits import Limits
from cinestream.runtime.http.protocol import LimitedProtocol
from cinestream.runtime.http.server import EmbeddedServer, serve, server

__all__ = ["EmbeddedServer", "HostRule", "LimitedProtocol", "Limits", "bind", "serve", "server"]
