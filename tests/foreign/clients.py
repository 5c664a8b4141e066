"""The clients of other projects, each with the program that docs/clients.md has for it."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.foreign.documented import URL, program
from tests.foreign.node_packages import NODE, missing_node
from tests.foreign.running_client import RunningClient

_SUFFIXES = {"js": "mjs", "python": "py", "sh": "sh"}
_INTERPRETERS = {"js": "node", "python": sys.executable, "sh": "sh"}


@dataclass(frozen=True)
class Client:
    """A client of another project.

    Args:
        name: its name, unique among the clients.
        heading: the heading above its program in docs/clients.md.
        changes: pairs of a text of the program and its replacement, for clients that share a program.
        preload: a file of the folder `node` that runs before the program.
    """

    name: str
    heading: str
    changes: tuple[tuple[str, str], ...] = ()
    preload: str = ""

    @property
    def missing(self) -> str:
        """The reason why this client cannot run here, or an empty text."""
        language, _ = program(self.heading)
        if language == "js":
            return missing_node()
        return (
            ""
            if language == "python" or shutil.which(self.name)
            else f"{self.name} is not installed (tools/foreign.sh installs it)"
        )

    @contextmanager
    def running(self, url: str, folder: Path) -> Iterator[RunningClient]:
        """Run the program with this address of the stream while the block runs, in its own folder below `folder`."""
        language, text = program(self.heading)
        for old, new in ((URL, url), *self.changes):
            assert old in text, f"the program of {self.heading} has no {old!r}"
            text = text.replace(old, new)
        home = folder / self.name
        home.mkdir(parents=True)
        path = home / f"program.{_SUFFIXES[language]}"
        path.write_text(text)
        if language == "js":
            (home / "node_modules").symlink_to(NODE / "node_modules")
        preload = [f"--import={NODE / self.preload}"] if self.preload else []
        client = RunningClient.start(self.name, home, [_INTERPRETERS[language], *preload, str(path)])
        try:
            yield client
        finally:
            client.end()


def _event_source(package: str, version: str = "") -> Client:
    """Return a client with the interface of a browser's EventSource, which its package exports by that name."""
    return Client(package + version, "EventSource", (('"eventsource"', f'"{package}{version}"'),))


CLIENTS = (
    Client("eventsource2", "EventSource", (('{ EventSource } from "eventsource"', 'EventSource from "eventsource2"'),)),
    _event_source("eventsource", "3"),
    _event_source("eventsource", "4"),
    _event_source("eventsource", "5"),
    _event_source("undici"),
    Client("undici-fetch", "eventsource-parser", (("import", 'import { fetch } from "undici";\nimport'),)),
    Client("eventsource-parser", "eventsource-parser"),
    Client("fetch-event-source", "fetch-event-source", preload="dom.mjs"),
    Client("httpx-sse", "httpx-sse"),
    Client("sseclient-py", "sseclient-py"),
    Client("aiosseclient", "aiosseclient"),
    Client("requests-sse", "requests-sse"),
    Client("curl", "curl"),
    Client("wget", "wget"),
)
