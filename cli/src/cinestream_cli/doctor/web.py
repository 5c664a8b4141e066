"""Requests to the services over HTTP."""

import urllib.error
import urllib.request
from email.message import Message as Headers
from http.client import HTTPException
from typing import NamedTuple

_MAX_BYTES = 4 << 20
# A proxy of the environment must not see requests to this machine and its containers.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Answer(NamedTuple):
    """A response of any status."""

    status: int
    headers: Headers
    body: bytes


def get(url: str, *, seconds: float = 3.0) -> Answer | None:
    """Return the response of an http address, or None if nothing answers there in time."""
    try:
        with _opener.open(url, timeout=seconds) as response:
            return Answer(response.status, response.headers, response.read(_MAX_BYTES))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, b"")
    except (OSError, HTTPException, ValueError):
        return None
