"""The pipelines on which the documented commands run: one of `make run`, and one of `docker compose up`."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.conftest import wait_until
from tests.paths import ROOT
from tests.ports import free_port

_SECONDS = 90.0
_IGNORED = {".git", ".cinestream", ".env", "dist", "letterboxd"}


@dataclass
class Pipeline:
    """A running pipeline and the folder in which a reader types the commands.

    Attributes:
        folder: a folder that looks like a checkout.
        environment: the environment of the reader's shell, which has no setting of CineStream.
        stream_url: the address of the stream.
        ops: the address of the ops endpoints of each service.
        values: what stands for a placeholder of a document, such as the number of a dead letter.
        scraper: the command of the scraper.
        scraper_python: the Python that runs a program from standard input with the scraper's login.
    """

    folder: Path
    environment: dict[str, str]
    stream_url: str
    ops: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    scraper: str = ".venv/bin/cinestream-scraper"
    scraper_python: str = ".venv/bin/python -"

    def command(self, text: str, **values: str) -> str:
        """Return a command with the addresses of this pipeline, and with values in the place of its examples."""
        addresses = {"http://localhost:3000": self.stream_url, "http://127.0.0.1:9103": self.ops["stream-api"]}
        for example, value in {**addresses, **values}.items():
            text = text.replace(example, value)
        return text

    def run(self, text: str, *, code: int = 0, values: dict[str, str] | None = None, **environment: str) -> str:
        """Run a command in a shell, and return what it prints.

        Args:
            text: the command as the document shows it.
            code: the expected exit code.
            values: values that stand in the place of examples.
            environment: variables that the document says to set.

        Raises:
            AssertionError: the exit code is another one. The text is the output.
        """
        command = self.command(text, **(values or {}))
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == code, f"{command}\nended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def follow(self, text: str, *expected: str, **environment: str) -> None:
        """Run a command that does not end by itself, until it has printed every expected text.

        Raises:
            AssertionError: it did not do so in time.
        """
        with self.started(text, **environment) as output:

            def missing() -> list[str]:
                return [each for each in expected if each not in output.read_text()]

            wait_until(lambda: not missing(), timeout=_SECONDS, what=lambda: f"{missing()} in {output.read_text()}")

    @contextmanager
    def started(self, text: str, **environment: str) -> Iterator[Path]:
        """Run a command for the length of a block, and yield the file of its output. It is ended as by Ctrl-C."""
        output = self.folder / f"output-{time.monotonic_ns()}"
        with output.open("wb") as file:
            process = subprocess.Popen(
                ["bash", "-c", self.command(text)],
                cwd=self.folder,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield output
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=60)

    def get(self, path: str, *, base: str = "") -> Any:
        """Return the JSON of an answer of the API."""
        with urllib.request.urlopen(f"{base or self.stream_url}{path}", timeout=60) as answer:
            return json.load(answer)

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the pipeline has done something."""
        wait_until(condition, timeout=_SECONDS, what=lambda: what)


@contextmanager
def made_run(folder: Path) -> Iterator[Pipeline]:
    """Start `make run` in a copy of this checkout, wait for its first film, and press Ctrl-C at the end of the block.

    The copy has links to the files, and its own data in `.cinestream`.
    """
    # Links have the times of their files, so that `make` in the copy has nothing to set up.
    subprocess.run(["make", "-s", "setup"], cwd=ROOT, check=True)
    for path in ROOT.iterdir():
        if path.name not in _IGNORED:
            (folder / path.name).symlink_to(path)
    # Python's own settings go too: without its compiled files a command would start in ten seconds.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CINESTREAM_", "PYTHON"))}
    stream, ops = free_port(), free_port(consecutive=3)
    pipeline = Pipeline(
        folder,
        clean | {"LC_ALL": "C.UTF-8", "HOME": str(folder)},
        f"http://localhost:{stream}",
        {name: f"http://127.0.0.1:{ops + n}" for n, name in enumerate(("scraper", "etl", "stream-api"))},
    )
    settings = {
        "NATS_URL": f"nats://127.0.0.1:{free_port()}",
        "STREAM_PORT": str(stream),
        "OPS_PORT": str(ops),
        "DEMO_PORT": str(free_port()),
        "SCRAPER_STATE_DIR": str(folder / "browsers"),
        "SCRAPER_RATE": "2",
    }
    environment = {f"CINESTREAM_{name}": value for name, value in settings.items()}
    with pipeline.started(MAKE_RUN, **environment, HOME=os.environ["HOME"]) as output:
        wait_until(lambda: "first film after" in output.read_text(), timeout=150, what=output.read_text)
        yield pipeline
    assert "Traceback" not in output.read_text()


MAKE_RUN = 'make run TARGETS="tt0068646 tt0111161"'
"""The command that starts the run, in the form of the README."""


@contextmanager
def composed(folder: Path) -> Iterator[Pipeline]:
    """Yield the running stack of docker compose, which `tools/compose-smoke.sh` has started."""
    for name in ("docker-compose.yml", "deploy", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    url = f"http://localhost:{os.environ.get('CINESTREAM_STREAM_PORT', '3000')}"
    pipeline = Pipeline(
        folder,
        {**os.environ, "COMPOSE_FILE": str(ROOT / "docker-compose.yml"), "CINESTREAM_WATCH_URL": url},
        url,
        {name: f"http://127.0.0.1:{9101 + n}" for n, name in enumerate(("scraper", "etl", "stream-api"))},
    )
    pipeline.wait_for(lambda: _has_film(pipeline, "tt0111161"), "the film that the documents show")
    yield pipeline


def _has_film(pipeline: Pipeline, film: str) -> bool:
    try:
        return bool(pipeline.get(f"/api/movies/{film}"))
    except OSError:  # also a 404 or a 503
        return False
