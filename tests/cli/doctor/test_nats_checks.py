"""The checks that need NATS, each of them failing, cured, and passing on a real nats-server."""

import http.server
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import anyio.from_thread
import pytest
from anyio.to_thread import run_sync
from tests.cli.doctor.cures import execute, executed, of_server, surroundings
from tests.etl.command import run_with_bus
from tests.etl.pages import SamplePage
from tests.main_function import run_main
from tests.nats_server import NatsServer
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.bus.jetstream import Bus
from cinestream.commands import declare
from cinestream.contracts import DeadLetter, subjects
from cinestream.runtime.local_run import LocalRun
from cinestream_cli.doctor.checks.backlog import lag
from cinestream_cli.doctor.checks.clock import clock
from cinestream_cli.doctor.checks.data_sets import data_sets
from cinestream_cli.doctor.checks.dead_letters import dead_letters
from cinestream_cli.doctor.checks.nats_server import nats as nats_check
from cinestream_cli.doctor.checks.permissions import permissions
from cinestream_cli.doctor.checks.streams import streams
from cinestream_cli.doctor.result import NotChecked, Result, Status
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_etl.directors import Contribution, DirectorRecord

pytestmark = pytest.mark.anyio


def test_an_absent_server_is_cured_by_its_start(
    nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NATS that does not listen fails with the command that starts the run, and passes when it listens."""
    monkeypatch.chdir(tmp_path)
    place = of_server(nats, tmp_path)
    nats.kill()
    result = nats_check(place)
    assert (result.status, result.command) == (Status.FAILED, "cinestream run")
    for check in (permissions, streams, lag, dead_letters, data_sets):
        with pytest.raises(NotChecked) as missing:
            check(place)
        assert missing.value.command == "cinestream run"
    nats.start()
    assert nats_check(place).status is Status.OK
    assert clock(place).found.endswith("against NATS")


@pytest.mark.process
def test_nats_of_docker_compose_is_no_fault(tmp_path: Path) -> None:
    """Services that answer without a local run are those of containers, which is a warning."""
    place = Surroundings({"CINESTREAM_OPS_PORT": str(free_port(3))}, None, tmp_path)
    if nats_check(place).status is Status.OK:
        pytest.skip("a NATS server of someone else listens on port 4222")

    class Service(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", int(place.setting("ops_port")) + 2), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        result = nats_check(place)
        server.shutdown()
    assert (result.status, result.command) == (Status.WARNING, "docker compose ps")
    assert nats_check(place).failed


@pytest.mark.parametrize(
    ("greeting", "fault"),
    [
        (b'INFO {"version":"2.11.9","jetstream":true}\r\n', "older than 2.12"),
        (b'INFO {"version":"2.15.1"}\r\n', "stores no streams"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "another server"),
    ],
)
@pytest.mark.process
def test_a_server_that_cannot_do_the_work_is_reported(tmp_path: Path, greeting: bytes, fault: str) -> None:
    """An old NATS, one without streams, and a server that is no NATS fail, each with its own text."""
    code = "import socket, sys\ns = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print(flush=True)\n"
    code += "c, _ = s.accept(); c.sendall(sys.argv[2].encode()); c.close()"
    port = free_port()
    command = [sys.executable, "-c", code, str(port), greeting.decode()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout
        server.stdout.readline()
        result = nats_check(surroundings(tmp_path, NATS_URL=f"nats://127.0.0.1:{port}"))
    assert result.failed
    assert fault in result.found
    assert result.cure


def test_a_missing_permission_names_user_and_subject(nats: NatsServer, tmp_path: Path) -> None:
    """A user without a permission fails, and passes after the file is corrected and read again, as the cure says."""
    nats.kill()
    right = nats.config.read_text()
    nats.config = tmp_path / "nats.conf"
    nats.config.write_text(right.replace('"$JS.ACK.PAGES.etl.>",', "").replace('"_INBOX_takedown.>"', '"_INBOX_t.>"'))
    nats.start()
    place = of_server(nats, tmp_path)
    result = permissions(place)
    assert result.failed
    assert "etl may not publish on $JS.ACK.PAGES.etl.>" in result.found
    assert "takedown" in result.found
    nats.config.write_text(right)
    execute(result, {"PATH": f"{SCRIPTS}:{os.environ['PATH']}"})
    wait_until(lambda: permissions(place).status is Status.OK)


def test_a_server_that_tells_no_permissions_names_the_subject(nats: NatsServer, tmp_path: Path) -> None:
    """A user who may not ask for its own permissions lacks the permission to ask."""
    nats.kill()
    right = nats.config.read_text()
    nats.config = tmp_path / "nats.conf"
    nats.config.write_text(right.replace('"$SYS.REQ.USER.INFO", ', ""))
    nats.start()
    result = permissions(of_server(nats, tmp_path))
    assert result.failed
    assert "etl may not publish to $SYS.REQ.USER.INFO" in result.found


def test_a_wrong_password_is_reported_and_not_shown(nats: NatsServer, tmp_path: Path) -> None:
    """A user whom the server refuses fails, and passes with the right password."""
    wrong = of_server(nats, tmp_path, NATS_USER="etl", NATS_PASSWORD="s3cret")
    result = permissions(wrong)
    assert result.failed
    assert "etl" in result.found
    assert "s3cret" not in result.found
    right = of_server(nats, tmp_path, NATS_USER="etl", NATS_PASSWORD=nats.passwords["etl"])
    assert permissions(right).status is Status.OK


async def test_a_missing_and_a_changed_stream_are_declared_again(nats: NatsServer, tmp_path: Path) -> None:
    """Missing streams and a changed field fail with their names, and pass after `cinestream-topology`."""
    place = of_server(nats, tmp_path)
    result = await run_sync(streams, place)
    assert "MOVIES is missing" in result.found
    await run_topology(result, nats)
    assert (await run_sync(streams, place)).status is Status.OK
    bus = await nats.connect("topology")
    config = (await bus.declare("STREAM.INFO.PAGES", {}))["config"]
    await bus.declare("STREAM.UPDATE.PAGES", {**config, "max_age": 3_600_000_000_000})
    await bus.close()
    await nats.shorten_ack_wait("PAGES", "etl", seconds=3)
    result = await run_sync(streams, place)
    assert result.failed
    assert "PAGES: max_age is 3600000000000, declared" in result.found
    assert "PAGES/etl: ack_wait is 3000000000" in result.found
    await run_topology(result, nats)
    assert (await run_sync(streams, place)).status is Status.OK


async def run_topology(result: Result, nats: NatsServer) -> None:
    """Execute the command of the cure inside this process."""
    assert result.command == "cinestream-topology"
    done = await run_sync(partial(run_main, declare.main, [result.command], nats.environment("topology")))
    assert done.returncode == 0, done.stderr


async def test_pages_that_nobody_reads_start_the_reader(topology: NatsServer, scraper_bus: Bus, tmp_path: Path) -> None:
    """A backlog without a reader fails with the command that starts it, and passes when that runs."""
    place, port = of_server(topology, tmp_path), free_port()
    run = LocalRun(
        1, "now", topology.url, topology.passwords, {"etl": f"http://127.0.0.1:{port}"}, "http://localhost", ""
    )
    place = Surroundings(place.environment, run, tmp_path)
    page = SamplePage("tt0000001")
    await scraper_bus.publish(subjects.page("title", page.id), page.raw_page().encode())
    result = await run_sync(lag, place)
    assert (result.status, result.command) == (Status.FAILED, "cinestream-etl")
    environment = os.environ | topology.environment("etl") | {"CINESTREAM_OPS_PORT": str(port)}
    start = partial(subprocess.Popen, [SCRIPTS / result.command], env=environment, stderr=subprocess.DEVNULL)
    service = await run_sync(start)
    try:
        await run_sync(wait_until, lambda: lag(place).status is Status.OK)
    finally:
        service.kill()
        service.wait()


async def test_dead_letters_are_counted_until_they_are_purged(
    topology: NatsServer, etl_bus: Bus, tmp_path: Path
) -> None:
    """A dead letter is a warning with the command that lists it, and the line is ✓ after it is purged."""
    letter = DeadLetter(
        stage="etl",
        reason="no title",
        deliveries=1,
        died_at=datetime.now(UTC),
        original_subject="cinestream.pages.imdb.title.tt0000001",
        original_headers={},
        original_body=b"",
    )
    await etl_bus.publish(letter.subject, letter.encode())
    place = of_server(topology, tmp_path)
    result = await run_sync(dead_letters, place)
    assert result.status is Status.WARNING
    assert "etl 1" in result.found
    listed = await run_with_bus(topology, *result.command.split()[1:])
    assert "no title" in listed.stdout
    await run_with_bus(topology, "dead-letters", "purge", listed.stdout.split()[0])
    assert (await run_sync(dead_letters, place)).status is Status.OK


async def test_films_of_data_sets_are_served_to_this_machine_only(
    topology: NatsServer, etl_bus: Bus, tmp_path: Path
) -> None:
    """Directors from IMDb's data sets are a warning while other machines can reach the stream."""
    of_pages = {"tt0000001": Contribution(7.0, datetime.now(UTC), "print")}
    of_data_sets = {"tt0000002": Contribution(8.0, datetime.now(UTC), "")}
    open_place = of_server(topology, tmp_path, STREAM_HOST="0.0.0.0", STREAM_TRUSTED_PROXIES="10.0.0.1")
    await etl_bus.publish(subjects.director("nm0000001"), DirectorRecord(of_pages).encode())
    assert (await run_sync(data_sets, open_place)).status is Status.OK
    await etl_bus.publish(subjects.director("nm0000002"), DirectorRecord(of_pages | of_data_sets).encode())
    result = await run_sync(data_sets, open_place)
    assert result.status is Status.WARNING
    assert "0.0.0.0" in result.found
    cured = executed(result, open_place)
    assert (await run_sync(data_sets, cured)).status is Status.OK
    with socket.create_server(("0.0.0.0", cured.stream_port)):
        assert (await run_sync(data_sets, cured)).status is Status.WARNING


def wait_until(true: Callable[[], bool]) -> None:
    """Repeat a check until its cure takes effect."""
    with anyio.from_thread.start_blocking_portal() as portal:
        portal.call(_wait_until, true)


async def _wait_until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(60):
        while not await run_sync(true):
            await anyio.sleep(0.02)
