"""Sockets that are bound before a service starts, so that a taken port is reported at once."""

import errno
import socket

from cinestream_flow.message import Message


def bind(host: str, port: int, *, setting: str, shared: bool = False) -> socket.socket:
    """Return a socket that is bound to an address.

    Args:
        host: IPv4 or IPv6 address, or a host name.
        port: Port number.
        setting: Name of the setting for the port, for the error message.
        shared: True lets several sockets of one user have the same port. The system distributes new connections among
            those that listen.

    Raises:
        SystemExit: The port cannot be used. The message names the setting to change.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        where = {"port": port, "host": host, "setting": setting}
        if error.errno == errno.EADDRINUSE:
            raise SystemExit(Message("port {port} on {host} is taken: set {setting} to another one", **where)) from None
        if error.errno != errno.EACCES:  # the host is not an address of this machine, or is unknown
            where["setting"] = setting.replace("_PORT", "_HOST")
            raise SystemExit(
                Message(
                    "{host} is not an address of this machine ({error}): set {setting}, for example to 127.0.0.1",
                    error=error.strerror,
                    **where,
                )
            ) from None
        raise SystemExit(
            Message(
                "port {port} on {host} cannot be used ({error}): set {setting} to one above 1023",
                error=error.strerror,
                **where,
            )
        ) from None
    return sock
