"""The checks of ports, clock, settings and certificates, each of them failing, cured, and passing."""

import http.server
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import trustme
from tests.cli.doctor.cures import execute, executed, path_environment, program, surroundings
from tests.paths import SCRIPTS
from tests.ports import free_port

from cinestream.runtime.local_run import LocalRun
from cinestream_cli.doctor.checks.certificates import certificates
from cinestream_cli.doctor.checks.clock import clock
from cinestream_cli.doctor.checks.ports import ports
from cinestream_cli.doctor.checks.settings import settings
from cinestream_cli.doctor.result import Status
from cinestream_cli.doctor.surroundings import Surroundings

pytestmark = pytest.mark.process


@contextmanager
def web_server(
    handler: type[http.server.BaseHTTPRequestHandler], context: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Serve HTTP in a thread, and return the port."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_taken_port_names_its_owner_and_a_free_one(tmp_path: Path) -> None:
    """A port that another process has fails, and passes with the port of the cure."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        before = surroundings(tmp_path, STREAM_PORT=str(taken.getsockname()[1]), DEMO_PORT=str(free_port()))
        result = ports(before)
        assert result.failed
        assert "pid" in result.found
        assert ports(executed(result, before)).status is Status.OK


def test_a_part_of_the_run_that_does_not_listen_names_its_log(tmp_path: Path) -> None:
    """A run whose etl is dead fails with the command that shows its log, and passes when etl listens."""
    data_dir = tmp_path / "a b;'c"
    (data_dir / "logs").mkdir(parents=True)
    (data_dir / "logs/etl.log").write_text("the last words\n")
    with socket.create_server(("127.0.0.1", 0)) as part:
        address, dead = f"http://127.0.0.1:{part.getsockname()[1]}", free_port()
        run = LocalRun(1, "now", address, {}, {"scraper": address, "etl": f"http://127.0.0.1:{dead}"}, address, "")
        before = Surroundings({}, run, data_dir)
        result = ports(before)
        assert result.failed
        assert "etl" in result.found
        execute(result, path_environment())
        with socket.create_server(("127.0.0.1", dead)):
            assert ports(before).status is Status.OK


def test_a_wrong_clock_is_compared_with_the_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is minutes behind that of stream-api fails, and passes when it is set."""
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "sudo", f'[ "$1" = timedatectl ] && : > {tmp_path}/set')

    class LateServer(http.server.BaseHTTPRequestHandler):
        def date_time_string(self, timestamp: float | None = None) -> str:
            ahead = timedelta(seconds=0 if (tmp_path / "set").exists() else 600)
            return format_datetime(datetime.now(UTC) + ahead, usegmt=True)

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with web_server(LateServer) as port:
        before = surroundings(tmp_path, STREAM_PORT=str(port))
        result = clock(before)
        assert result.failed
        assert "-600" in result.found or "-599" in result.found or "-601" in result.found
        execute(result, path_environment())
        assert clock(before).status is Status.OK


def test_a_misspelt_setting_gets_the_nearest_name(tmp_path: Path) -> None:
    """A name that no program knows fails, and passes with the name of the cure."""
    before = Surroundings({"CINESTREAM_STREAM_PROT": "3001"}, None, tmp_path)
    result = settings(before)
    assert result.failed
    cured = executed(result, before)
    assert cured.environment["CINESTREAM_STREAM_PORT"] == "3001"
    assert settings(cured).status is Status.OK


def test_a_deprecated_setting_gets_its_new_name(tmp_path: Path) -> None:
    """An old name is a warning, and passes with the new name that the cure sets."""
    before = Surroundings({"CINESTREAM_STREAM_TICK_MS": "30"}, None, tmp_path)
    result = settings(before)
    assert result.status is Status.WARNING
    cured = executed(result, before)
    assert cured.environment["CINESTREAM_STREAM_PUSH_INTERVAL_MS"] == "30"
    assert settings(cured).status is Status.OK


def test_a_wrong_value_is_reported_with_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that its service refuses fails, and passes after the cure removes it."""
    monkeypatch.setenv("CINESTREAM_STREAM_PORT", "threethousand")
    before = Surroundings({"CINESTREAM_STREAM_PORT": "threethousand"}, None, tmp_path)
    result = settings(before)
    assert result.failed
    assert "CINESTREAM_STREAM_PORT" in result.found
    assert "CINESTREAM_STREAM_PORT" not in executed(result, before).environment
    monkeypatch.delenv("CINESTREAM_STREAM_PORT")
    assert settings(executed(result, before)).status is Status.OK


@pytest.mark.parametrize("content", ["stream_prot = 3000", "stream_port = ", None], ids=["name", "syntax", "absent"])
def test_a_wrong_settings_file_is_reported(tmp_path: Path, content: str | None) -> None:
    """A file with an unknown name, a file that is not TOML, and an absent one fail. A right one passes."""
    path = tmp_path / "settings.toml"
    if content:
        path.write_text(content)
    before = Surroundings({"CINESTREAM_CONFIG": str(path)}, None, tmp_path)
    assert settings(before).failed
    path.write_text("stream_port = 3000")
    assert settings(Surroundings(before.environment, None, tmp_path)).status is Status.OK


@pytest.mark.parametrize(
    ("days", "status"), [(90, Status.OK), (3, Status.WARNING), (-1, Status.FAILED)], ids=["valid", "soon", "expired"]
)
def test_a_certificate_is_reported_before_it_expires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, status: Status
) -> None:
    """A certificate warns 14 days before its end and fails after it. A renewed one passes."""
    authority = trust(tmp_path, monkeypatch)
    now = datetime.now(UTC)
    certificate = authority.issue_cert(
        "localhost", not_before=now - timedelta(days=30), not_after=now + timedelta(days=days, hours=1)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with web_server(http.server.BaseHTTPRequestHandler, context) as port:
        before = surroundings(tmp_path, SELENIUM_URL=f"https://me:s3cret@localhost:{port}/wd/hub")
        result = certificates(before)
        assert result.status is status, result
        assert "s3cret" not in result.found
        assert ("renew" in result.cure) == (status is not Status.OK)
        authority.issue_cert("localhost").configure_cert(context)
        assert certificates(before).status is Status.OK


def test_the_certificate_of_nats_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A NATS server whose certificate has an unknown authority fails, and passes with the file of its authority."""
    authority, port = trustme.CA(), free_port()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    (tmp_path / "nats.conf").write_text(
        f'listen: "127.0.0.1:{port}"\ntls {{ cert_file: "{tmp_path}/server.pem", key_file: "{tmp_path}/server.pem" }}\n'
    )
    server = subprocess.Popen(
        [SCRIPTS / "nats-server", "-c", tmp_path / "nats.conf"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr
        assert any("Server is ready" in line for line in iter(server.stderr.readline, ""))
        before = surroundings(tmp_path, NATS_URL=f"tls://localhost:{port}")
        result = certificates(before)
        assert result.failed
        assert "SSL_CERT_FILE" in result.cure
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert certificates(before).status is Status.OK
    finally:
        server.kill()
        server.communicate()


def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return a certificate authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority
