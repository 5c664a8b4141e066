"""The ops endpoints of the services, as the local run reads them: clients of the stream, and reported problems."""

import http.client
import json
import re

_TIMEOUT_SECONDS = 0.5
_CLIENTS = re.compile(r"^cinestream_stream_clients(?:\{[^}]*\})? ([\d.e+]+)$", re.MULTILINE)


def read_clients(port: int) -> int | None:
    """Return the number of clients of the stream, or None if stream-api does not respond."""
    text = _get(port, "/metrics")
    return sum(int(float(value)) for value in _CLIENTS.findall(text)) if text else None


def read_problems(port: int) -> list[str]:
    """Return the problems that a service reports itself, as a host that is paused. Empty if it does not respond."""
    try:
        return [str(problem) for problem in json.loads(_get(port, "/readyz")).get("degraded", [])]
    except (ValueError, AttributeError):
        return []


def _get(port: int, path: str) -> str:
    """Return the body of a response, or an empty text if the service does not respond."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException, UnicodeDecodeError):
        return ""
    finally:
        connection.close()
