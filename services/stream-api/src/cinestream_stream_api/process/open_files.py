"""The file descriptors of a process, divided among its streams and everything else.

A process without a free descriptor accepts no connection, also none of the ops endpoints, and cannot reconnect to NATS.
"""

import resource

from cinestream.runtime.ops import OPS_LIMITS
from cinestream_flow.logger import get_logger
from cinestream_stream_api.settings import StreamSettings

_OWN = 64
"""Files of the process besides those of its clients, and its spare connections."""

_OPS = OPS_LIMITS.connections + OPS_LIMITS.spare

_MAX_SHORT = 128
"""Connections for short requests, `busy` answers among them. Each may have a file of the page open as well."""

log = get_logger("stream")


def within_open_files(settings: StreamSettings) -> StreamSettings:
    """Raise this process's limit of open files to fit all clients, as far as the system permits.

    Returns:
        The settings with the number of clients that fit.
    """
    clients = settings.stream_max_clients
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = clients + _OWN + _OPS + 2 * _MAX_SHORT
    if soft != resource.RLIM_INFINITY and soft < needed:
        limit = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    if (fit := max(1, _available() - 2 * _short())) < clients:
        log.warning("service.open_files_limited", max_clients=fit, setting=clients, cure=f"allow {needed} open files")
        return settings.model_copy(update={"stream_max_clients": fit})
    return settings


def max_connections(clients: int) -> int:
    """Return the maximum number of connections of the API, so that `clients` streams leave room for short requests."""
    return max(2, min(clients + _MAX_SHORT, _available() - _short()))


def _short() -> int:
    return min(_MAX_SHORT, _available() // 6)


def _available() -> int:
    """Return the number of open files that are left for connections of the API."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = 1 << 30 if soft == resource.RLIM_INFINITY else soft
    return max(0, limit - _OWN - _OPS)
