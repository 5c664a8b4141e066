"""Sites that a browser can open in tests: the demo site as its own process, and a hand-made one."""

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
    """What the hand-made site answers; with `holds` it waits for that before it does."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = {}
    holds: threading.Event | None = None


class HandMade(NamedTuple):
    """A site whose answers a test sets; `asked` are the paths that were asked for, `credentials` with which names.

    The icon is not among them, which browsers ask for whenever they like.
    """

    url: str
    answers: dict[str, CannedResponse]
    asked: list[str]
    credentials: list[str]

    def wait_until_asked(self, *paths: str) -> None:
        """Wait until each of the paths was asked for.

        Raises:
            TimeoutError: not within a minute.
        """
        end = time.monotonic() + 60
        while missing := set(paths) - set(self.asked):
            if time.monotonic() > end:
                raise TimeoutError(f"nobody asked for {missing}")
            time.sleep(0.01)


@contextmanager
def demo_site(*options: str) -> Iterator[str]:
    """The address of a demo site."""
    port = free_port()
    command = [str(SCRIPTS / "cinestream-demo-site"), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()  # it says where it is once it listens
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def hand_made_site() -> Iterator[HandMade]:
    """A site that answers what the test says, 404 for everything else."""
    site = HandMade("", {}, [], [])

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path != "/favicon.ico":
                site.asked.append(self.path)
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
