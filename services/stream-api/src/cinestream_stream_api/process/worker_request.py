"""Requests of the parent process to the ops ports of its workers."""

import http.client
import json
import socket
from contextlib import suppress
from functools import partial
from typing import Any

import anyio.to_thread

_TIMEOUT = 5.0


async def request(port: int, method: str, path: str) -> tuple[int, Any]:
    """Send a request to a worker's ops port on the loopback interface.

    Returns:
        The status, and the body as JSON. None for an empty body.

    Raises:
        OSError: the worker does not answer within 5 s, or not with JSON.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        return await anyio.to_thread.run_sync(partial(_exchange, connection, method, path), abandon_on_cancel=True)
    except BaseException:
        # At the end of the process Python waits for its threads, so wake the one that waits for an answer.
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        raise


def _exchange(connection: http.client.HTTPConnection, method: str, path: str) -> tuple[int, Any]:
    try:
        connection.request(method, path)
        response = connection.getresponse()
        body = response.read()
        return response.status, json.loads(body) if body else None
    except (http.client.HTTPException, ValueError) as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
