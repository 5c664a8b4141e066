"""The output of the doctor: lines for people, or JSON for programs."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cinestream_cli.doctor.masking import without_logins
from cinestream_cli.doctor.result import Status
from cinestream_cli.doctor.runner import Line
from cinestream_flow.message import Message

_MARKS = {Status.OK: "✓", Status.WARNING: "!", Status.FAILED: "✗"}
_ASCII_MARKS = {Status.OK: "ok", Status.WARNING: "!", Status.FAILED: "x"}
Translate = Callable[[str], str]


def text_lines(lines: Sequence[Line], translate: Translate) -> Iterator[str]:
    """Yield a line for each check, and below it the cure with its command."""
    marks, arrow = (_MARKS, "→") if _can_write("✓✗→") else (_ASCII_MARKS, "->")
    width = max(len(translate(line.check.title)) for line in lines)
    for check, result in lines:
        yield f"{marks[result.status]:<2} {translate(check.title):<{width}}  {without_logins(translate(result.found))}"
        if result.cure:
            cure = (
                Message("{cure}: {command}", cure=result.cure, command=result.command)
                if result.command
                else result.cure
            )
            yield f"{' ' * (width + 3)}  {arrow} {translate(cure)}"


def as_json(lines: Sequence[Line]) -> dict[str, Any]:
    """Return the results as a JSON object. Its texts are English in every language."""
    checks = [
        {
            "name": check.name,
            "status": result.status.value,
            "found": without_logins(result.found),
            "cure": str(result.cure),
            "command": result.command,
        }
        for check, result in lines
    ]
    return {"ok": not any(line.result.failed for line in lines), "checks": checks}


def _can_write(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
