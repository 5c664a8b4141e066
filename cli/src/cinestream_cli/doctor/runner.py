"""The run of all checks at the same time, each with a time limit."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cinestream_cli.doctor.result import NotChecked, Result, failed, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

LIMIT_SECONDS = 10.0
"""Seconds that a check may take."""


@dataclass(frozen=True)
class Check:
    """A check with its stable name, which `--json` shows, and its title for people."""

    name: str
    title: Message
    look: Callable[[Surroundings], Result]


class Line(NamedTuple):
    """The result of one check."""

    check: Check
    result: Result


def run_checks(
    checks: Sequence[Check], surroundings: Surroundings, *, limit_seconds: float = LIMIT_SECONDS
) -> list[Line]:
    """Run all checks at the same time, and return their results in the order of the checks.

    A check that does not finish in time fails. Its thread is left behind, and does not keep the process alive.
    """
    results: dict[str, Result] = {}

    def run(check: Check) -> None:
        results[check.name] = _result(check, surroundings)

    threads = [threading.Thread(target=run, args=(check,), name=check.name, daemon=True) for check in checks]
    deadline = time.monotonic() + limit_seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = failed(
        Message("the check did not finish within {seconds:g} s", seconds=limit_seconds),
        Message("look for a server or a disk that does not respond, then run it again"),
        "cinestream doctor",
    )
    return [Line(check, results.get(check.name, late)) for check in checks]


def _result(check: Check, surroundings: Surroundings) -> Result:
    try:
        return check.look(surroundings)
    except NotChecked as missing:
        return warning(Message("not checked: {reason}", reason=missing), missing.cure, missing.command)
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        found = Message("the check itself failed ({error})", error=what)
        return failed(found, Message("report it with the bundle that this command writes"), _REPORT)


_REPORT = "cinestream doctor --report doctor.tar.gz"
