"""The check of the ports that a local run listens on."""

import json
import shlex
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from cinestream.runtime.local_run import LocalRun
from cinestream_cli.doctor import web
from cinestream_cli.doctor.listeners import listener
from cinestream_cli.doctor.nats_info import server_info
from cinestream_cli.doctor.result import Result, failed, ok, warning
from cinestream_cli.doctor.surroundings import LOOPBACK, Surroundings
from cinestream_flow.message import Message

_SECONDS = 2.0


class _Port(NamedTuple):
    """A port of 127.0.0.1, and the setting with which it is changed. `value` has the port as {port}."""

    port: int
    setting: str
    value: str = "{port}"


def ports(surroundings: Surroundings) -> Result:
    """Check that the ports are free, or that the run which has the data directory listens on its ports."""
    if surroundings.run:
        return _of_run(surroundings, surroundings.run)
    taken = [port for port in _wanted(surroundings) if not _is_free(port.port)]
    if not taken:
        return ok(Message("free: {ports}", ports=_numbers(_wanted(surroundings))))
    foreign = next((port for port in taken if not _is_ours(port.port)), None)
    if foreign is None:
        found = Message("CineStream of docker compose, or of another directory, has {ports}", ports=_numbers(taken))
        return warning(found, Message("stop it before you start a local run"), "docker compose down")
    owner = listener(foreign.port)
    who = f"{owner.command}, pid {owner.pid}" if owner else "?"
    found = Message("port {port} of 127.0.0.1 is taken ({owner})", port=foreign.port, owner=who)
    value = foreign.value.format(port=_free_port(foreign.port))
    return failed(found, Message("use another port"), f"export {foreign.setting}={value}")


def _of_run(surroundings: Surroundings, run: LocalRun) -> Result:
    addresses = {"nats": run.nats_url, **run.ops, "stream-api": run.stream_url}
    silent = [name for name, address in addresses.items() if not _answers(address)]
    if not silent:
        return ok(Message("the local run listens on its ports (pid {pid})", pid=run.pid))
    found = Message("{names} of the local run (pid {pid}) does not listen", names=", ".join(silent), pid=run.pid)
    log = surroundings.data_dir / "logs" / f"{silent[0]}.log"
    return failed(found, Message("read why, then start the run again"), f"tail -n 20 {shlex.quote(str(log))}")


def _wanted(surroundings: Surroundings) -> list[_Port]:
    return list(_wanted_ports(surroundings))


def _wanted_ports(surroundings: Surroundings) -> Iterator[_Port]:
    nats = urlsplit(surroundings.nats_url)
    if nats.hostname in LOOPBACK and not (surroundings.setting("nats_url") and _is_nats(surroundings.nats_url)):
        yield _Port(nats.port or 4222, "CINESTREAM_NATS_URL", "nats://127.0.0.1:{port}")
    yield _Port(surroundings.number("stream_port", 3000), "CINESTREAM_STREAM_PORT")
    if not surroundings.setting("imdb_url"):
        yield _Port(surroundings.number("demo_port", 8080), "CINESTREAM_DEMO_PORT")
    for offset in range(3):
        yield _Port(surroundings.number("ops_port", 9101) + offset, "CINESTREAM_OPS_PORT")


def _numbers(ports: list[_Port]) -> str:
    return ", ".join(str(port.port) for port in ports)


def _is_free(port: int) -> bool:
    with socket.socket() as sock, suppress(OSError, OverflowError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        return True
    return False


def _free_port(after: int) -> int:
    # The ops ports are three in a row, so the next candidate is the end of a row.
    return next(port for port in range(after + 10, 65_000, 10) if all(map(_is_free, range(port, port + 3))))


def _is_ours(port: int) -> bool:
    """Return True if the port answers as a service of CineStream does."""
    answer = web.get(f"http://127.0.0.1:{port}/livez", seconds=1.0)
    with suppress(ValueError, AttributeError):
        return answer is not None and json.loads(answer.body).get("status") == "alive"
    return False


def _is_nats(url: str) -> bool:
    with suppress(OSError, ValueError):
        return bool(server_info(url))
    return False


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), _SECONDS).close()
    except OSError:
        return False
    return True
