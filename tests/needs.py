"""The marks `nats`, `browser`, `e2e` and `process`: what a test starts. Tests without any of them are the fast ones."""

import asyncio
import multiprocessing.process
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest

MARKS = ("nats", "browser", "e2e", "process")

# Fixtures of this name mean the same in every folder.
_MARK_OF_FIXTURE = {"nats": "nats"}

# A browser or a whole pipeline uses more than one core: two of them at once would be slow enough to fail.
_HEAVY = "heavy"

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
    """Add the marks that follow from the fixtures of a test, and the group that keeps heavy tests on one worker."""
    for name in getattr(item, "fixturenames", ()):
        if name in _MARK_OF_FIXTURE:
            item.add_marker(_MARK_OF_FIXTURE[name])
    if _is_heavy(item):
        item.add_marker(pytest.mark.xdist_group(_HEAVY))


def order(item: pytest.Item) -> int:
    """Return the place of a test in the run: the slow kinds come first, so that no worker ends with a slow test."""
    if _is_heavy(item):
        return 0
    return 2 if is_fast(item) else 1


def without_group(nodeid: str) -> str:
    """Return the id of a test without the name of its group, which pytest-xdist appends."""
    return nodeid.removesuffix(f"@{_HEAVY}")


def _is_heavy(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("browser", "e2e"))


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
