"""Commands that run inside of the test's process. Starting Python for each would take over a second."""

import asyncio
import gc
import io
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import reload
from typing import NamedTuple
from unittest.mock import patch

from cinestream.commands.language import current_language, set_language


class CommandResult(NamedTuple):
    """The exit code and the output of a command."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Everything that was printed."""
        return self.stdout + self.stderr


def run_main(
    main: Callable[[], object], command_line: Sequence[str], environment: Mapping[str, str], input: str = ""
) -> subprocess.CompletedProcess[str]:
    """Call the entry point of a command as its script does, and return the result that a process would have.

    Args:
        main: Entry point of the command.
        command_line: Name of the command, and its arguments.
        environment: All environment variables.
        input: Text of the standard input.
    """
    code = 0
    output, errors = io.BytesIO(), io.BytesIO()
    streams = [_text_file(buffer) for buffer in (io.BytesIO(input.encode()), output, errors)]

    def call() -> None:
        nonlocal code
        code = _exit_code(main)

    with _as_process(command_line, environment, streams):
        if _in_event_loop():  # the command runs a loop of its own
            thread = threading.Thread(target=call)
            thread.start()
            thread.join()
        else:
            call()
    for stream in streams:
        stream.flush()
    return subprocess.CompletedProcess(list(command_line), code, output.getvalue().decode(), errors.getvalue().decode())


def invoke(
    main: Callable[[], object], arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> CommandResult:
    """Call the entry point of a command in the environment of the tests, and return its result.

    Args:
        main: Entry point of the command.
        arguments: Its arguments.
        environment: Variables that differ from those of the tests.
    """
    done = run_main(main, ["command", *arguments], os.environ | (environment or {}))
    return CommandResult(done.returncode, done.stdout, done.stderr)


def _exit_code(main: Callable[[], object]) -> int:
    """Call `main`, and print and return what Python would: its message at exit, and its exit code."""
    try:
        main()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    return 0


@contextmanager
def _as_process(
    command_line: Sequence[str], environment: Mapping[str, str], streams: list[io.TextIOWrapper]
) -> Iterator[None]:
    """Give the block its own arguments, environment and standard streams. Undo what a command changes for good."""
    threshold, interrupt = gc.get_threshold(), signal.getsignal(signal.SIGINT)
    with (
        patch.dict(os.environ, environment, clear=True),
        patch.multiple(sys, argv=[*command_line], stdin=streams[0], stdout=streams[1], stderr=streams[2]),
    ):
        yield
    _speak_english()
    gc.set_threshold(*threshold)
    gc.unfreeze()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, interrupt)


def _speak_english() -> None:
    """Undo the language of a command. Typer reads some of its headings while it is imported."""
    if current_language() != "en":
        set_language("en")
        if headings := sys.modules.get("typer.rich_utils"):
            reload(headings)


def _text_file(buffer: io.BytesIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(buffer, encoding="utf-8", write_through=True)


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
