"""The marks `nats`, `browser`, `e2e` and `process`, which name what a test starts.

`mark` adds `nats`. The others are written by hand. A test without any of them is fast, and must not start a process.
"""

import asyncio
import multiprocessing.process
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from tests.scheduler import heavy_kind

MARKS = ("nats", "browser", "e2e", "process")

_STARTERS: tuple[tuple[Any, str], ...] = (
    (subprocess.Popen, "__init__"),
    (asyncio, "create_subprocess_exec"),
    (asyncio, "create_subprocess_shell"),
    (multiprocessing.process.BaseProcess, "start"),
    (os, "fork"),
    (os, "posix_spawn"),
    (os, "system"),
)


def mark(item: pytest.Item) -> None:
    """Add the mark `nats` to a test that uses the fixture of that name.

    Raises:
        pytest.UsageError: The test is marked as `browser` or `e2e`, but not by the `pytestmark` of its file.
    """
    heavy = item.get_closest_marker("browser") or item.get_closest_marker("e2e")
    if heavy and not heavy_kind(item.nodeid.partition("::")[0]):
        raise pytest.UsageError(f"{item.nodeid}: only the pytestmark of a file can have the mark `{heavy.name}`")
    # The fixture `nats` is the same in every folder.
    if "nats" in getattr(item, "fixturenames", ()):
        item.add_marker("nats")


def order(item: pytest.Item) -> int:
    """Return a sort key that puts slow tests first, so that no worker starts a slow test at the end."""
    return 1 if is_fast(item) else 0


def is_fast(item: pytest.Item) -> bool:
    """Return True if the test has none of the marks."""
    return not any(item.get_closest_marker(name) for name in MARKS)


@contextmanager
def no_processes(test: str) -> Iterator[None]:
    """Fail the test if it starts a process, in the test itself or in one of its fixtures."""

    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail(f"{test} starts a process: give it the mark `process`, or `nats`, `browser` or `e2e`")

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in _STARTERS:
            patch.setattr(owner, name, refuse)
        yield
