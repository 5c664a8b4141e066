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
    """The site in a process of its own, on a free port."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, int(line.rstrip("/\n").rsplit(":", 1)[-1])
        process.kill()


def test_sigterm_ends_it_with_exit_code_0(running: tuple[subprocess.Popen[str], int]) -> None:
    """SIGTERM ends the site at once and without complaint, with an idle connection open and a slow answer under way."""
    process, port = running
    idle, slow = HTTPConnection("127.0.0.1", port), HTTPConnection("127.0.0.1", port)
    idle.request("GET", "/livez")
    assert idle.getresponse().read() == b"ok\n"
    slow.request("GET", "/fault/slow:60/title/tt0111161/")
    # Answered after the slow one was received, so that is under way.
    idle.request("GET", "/livez")
    assert idle.getresponse().read() == b"ok\n"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    idle.close()
    slow.close()


def test_a_taken_port_is_one_sentence(running: tuple[subprocess.Popen[str], int]) -> None:
    """A port that is taken: one sentence that names the setting, exit code 1, no traceback."""
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


@pytest.mark.parametrize(
    ("options", "said"), [(["--faults", "nope=0.1"], "unknown fault 'nope'"), (["--faults", "503=2"], "shares")]
)
def test_a_wrong_option_is_one_sentence(options: list[str], said: str) -> None:
    """A fault that there is not: one sentence, exit code 1."""
    answer = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, check=False)
    assert (answer.returncode, len(answer.stderr.splitlines())) == (1, 1)
    assert said in answer.stderr


def test_real_http(served: str) -> None:
    """A page, its redirect and its style come over real HTTP, on one connection."""
    connection = HTTPConnection(served.removeprefix("http://"))
    for path, status in (("/title/tt0111161", 308), ("/title/tt0111161/", 200), ("/static/site.css", 200)):
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == status
        answer.read()
    connection.close()
