"""The marks `nats`, `browser`, `e2e` and `process`, which tell what a test starts.

A test without any of them is fast, and must not start a process.
"""

import asyncio
import multiprocessing.process
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest

MARKS = ("nats", "browser", "e2e", "process")

# A fixture of this name is the same in every folder.
_MARK_OF_FIXTURE = {"nats": "nats"}

# A browser or a whole pipeline uses more than one core. Two of them at once might miss their deadlines.
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
    """Add the marks that follow from the fixtures of a test. Put heavy tests into one group, so on one worker."""
    for name in getattr(item, "fixturenames", ()):
        if name in _MARK_OF_FIXTURE:
            item.add_marker(_MARK_OF_FIXTURE[name])
    if _is_heavy(item):
        item.add_marker(pytest.mark.xdist_group(_HEAVY))


def order(item: pytest.Item) -> int:
    """Return a sort key that puts slow tests first, so that no worker starts a slow test at the end."""
    if _is_heavy(item):
        return 0
    return 2 if is_fast(item) else 1


def without_group(nodeid: str) -> str:
    """Remove the name of the group that pytest-xdist appends to the id of a test."""
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
