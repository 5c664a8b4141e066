"""The check of the NATS server: its address, its version and JetStream."""

import re
from urllib.parse import urlsplit

from cinestream_cli.doctor.nats_access import cure_of_absence, in_containers
from cinestream_cli.doctor.nats_info import server_info
from cinestream_cli.doctor.result import Result, failed, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

MIN_VERSION = (2, 12)
"""The first version with message schedules (NATS ADR-51)."""


def nats(surroundings: Surroundings) -> Result:
    """Check that NATS answers, and that its version is new enough."""
    url = surroundings.nats_url
    try:
        info = server_info(url)
    except (OSError, ValueError) as error:
        found = Message("NATS at {url} cannot be reached ({error})", url=_address(url), error=str(error) or "no answer")
        level = warning if in_containers(surroundings) else failed
        return level(found, *cure_of_absence(surroundings))
    version = str(info.get("version", ""))
    if tuple(map(int, re.findall(r"\d{1,6}", version)[:2])) < MIN_VERSION:
        wanted = ".".join(map(str, MIN_VERSION))
        found = Message(
            "NATS {version} at {url} is older than {wanted}", version=version, url=_address(url), wanted=wanted
        )
        return failed(
            found, Message("use the server of the local run, or install a newer one"), surroundings.start_command
        )
    if not info.get("jetstream"):
        found = Message("NATS {version} at {url} stores no streams", version=version, url=_address(url))
        return failed(found, Message("start it with JetStream"), "nats-server --jetstream")
    return ok(Message("{version} at {url}", version=version, url=_address(url)))


def _address(url: str) -> str:
    """Return host and port of an address, without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]
