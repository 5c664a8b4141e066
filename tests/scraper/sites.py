"""Sites for browsers in tests: the demo site as a process, and a hand-made one."""

import base64
import http.server
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import NamedTuple

from tests.paths import SCRIPTS
from tests.ports import free_port


class CannedResponse(NamedTuple):
    """A response of the hand-made site. It is sent once `holds` is set."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = {}
    holds: threading.Event | None = None


class HandMade(NamedTuple):
    """A site whose responses a test sets.

    Attributes:
        url: its address.
        answers: the response for each path. Other paths return 404.
        requested: the paths that were requested, without the icon, which browsers request whenever they like.
        credentials: the names and passwords that were sent.
    """

    url: str
    answers: dict[str, CannedResponse]
    requested: list[str]
    credentials: list[str]

    def wait_until_requested(self, *paths: str) -> None:
        """Wait until each of the paths was requested.

        Raises:
            TimeoutError: one was not requested within a minute.
        """
        end = time.monotonic() + 60
        while missing := set(paths) - set(self.requested):
            if time.monotonic() > end:
                raise TimeoutError(f"not requested: {missing}")
            time.sleep(0.01)


@contextmanager
def demo_site(*options: str) -> Iterator[str]:
    """Start a demo site, and yield its address."""
    port = free_port()
    command = [str(SCRIPTS / "cinestream-demo-site"), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()  # it prints its address once it listens
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def hand_made_site() -> Iterator[HandMade]:
    """Start a site that sends the responses of the test, and 404 for all other paths."""
    site = HandMade("", {}, [], [])

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path != "/favicon.ico":
                site.requested.append(self.path)
            if basic := self.headers.get("Authorization"):
                site.credentials.append(base64.b64decode(basic.removeprefix("Basic ")).decode())
            answer = site.answers.get(self.path, CannedResponse(status=404))
            if answer.holds:
                answer.holds.wait(60)
            body = answer.body.encode()
            self.send_response(answer.status)
            headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            with suppress(ConnectionError):  # the browser may be gone by now
                self.end_headers()
                self.wfile.write(body)

        def do_DELETE(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site._replace(url=f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
