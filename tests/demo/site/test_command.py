"""The command `cinestream-demo-site`, as a process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

pytestmark = pytest.mark.process
COMMAND = [sys.executable, "-m", "cinestream_demo"]


@pytest.fixture
def running() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the site in a process of its own, on a free port."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, int(line.rstrip("/\n").rsplit(":", 1)[-1])
        process.kill()


def test_sigterm_ends_it_with_exit_code_0(running: tuple[subprocess.Popen[str], int]) -> None:
    """SIGTERM ends the site at once, without output, despite an idle connection and an unfinished slow response."""
    process, port = running
    idle, slow = HTTPConnection("127.0.0.1", port), HTTPConnection("127.0.0.1", port)
    idle.request("GET", "/livez")
    assert idle.getresponse().read() == b"ok\n"
    slow.request("GET", "/fault/slow:60/title/tt0111161/")
    # The server has received the slow request before it answers this one.
    idle.request("GET", "/livez")
    assert idle.getresponse().read() == b"ok\n"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    idle.close()
    slow.close()


def test_a_taken_port_is_one_sentence(running: tuple[subprocess.Popen[str], int]) -> None:
    """A taken port gives one sentence that names the setting, exit code 1 and no traceback."""
    second = subprocess.run(
        COMMAND,
        env=os.environ | {"CINESTREAM_DEMO_PORT": str(running[1])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert len(second.stderr.splitlines()) == 1
    assert "CINESTREAM_DEMO_PORT" in second.stderr


def test_a_wrong_host_is_not_a_taken_port() -> None:
    """The sentence names the setting of the host, for an address that no machine has."""
    done = subprocess.run(
        [*COMMAND, "--host", "192.0.2.1", "--port", "0"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "CINESTREAM_DEMO_HOST" in done.stderr


@pytest.mark.parametrize(
    ("options", "message"), [(["--faults", "nope=0.1"], "unknown fault 'nope'"), (["--faults", "503=2"], "shares")]
)
def test_a_wrong_option_is_one_sentence(options: list[str], message: str) -> None:
    """A fault that does not exist, or a wrong share, gives one sentence and exit code 2."""
    response = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, check=False)
    assert (response.returncode, len(response.stderr.splitlines())) == (2, 1)
    assert message in response.stderr


def test_real_http(served: str) -> None:
    """One connection serves a redirect, the page and its style sheet over real HTTP."""
    connection = HTTPConnection(served.removeprefix("http://"))
    for path, status in (("/title/tt0111161", 308), ("/title/tt0111161/", 200), ("/static/site.css", 200)):
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == status
        response.read()
    connection.close()
