"""A subcommand whose service is not installed, and the command that installs it."""

import shlex
import sys
import tomllib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cinestream_cli.table import Entry
from cinestream_flow.message import Message

_PROJECT = "cinestream-cli"
_RECEIPT = "uv-receipt.toml"
"""The file in which `uv tool install` keeps its arguments, in the environment that it makes."""


def is_missing(entry: Entry) -> bool:
    """Return True if a package that the subcommand needs is not installed."""
    return any(find_spec(package) is None for package in (entry.module.partition(".")[0], *entry.needs))


def explain(entry: Entry) -> Message:
    """Return the message for a subcommand that is not installed, with the command that installs it."""
    return Message(
        "cinestream {command}: the extra {extra} is not installed. Install it with\n  {install}",
        command=entry.words,
        extra=entry.extra,
        install=install_command(entry.extra),
    )


def install_command(extra: str, environment: Path | None = None) -> str:
    """Return the shell command that adds an extra to this installation.

    Args:
        extra: name of the extra.
        environment: the virtual environment. By default that of this process.
    """
    receipt = _receipt(environment or Path(sys.prefix))
    if receipt is None:
        pip = [sys.executable, "-m", "pip"] if find_spec("pip") else ["uv", "pip"]
        target = [] if find_spec("pip") else ["--python", sys.executable]
        return shlex.join([*pip, "install", *target, "--find-links", "dist", f"{_PROJECT}[{extra}]"])
    extras = {extra, *(name for required in _own(receipt) for name in required.get("extras", ()))}
    sources = [part for link in receipt.get("options", {}).get("find-links", ()) for part in ("--find-links", link)]
    return shlex.join(["uv", "tool", "install", *sources, f"{_PROJECT}[{','.join(sorted(extras))}]"])


def _own(receipt: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return (required for required in receipt.get("requirements", ()) if required.get("name") == _PROJECT)


def _receipt(environment: Path) -> dict[str, Any] | None:
    try:
        with (environment / _RECEIPT).open("rb") as file:
            return dict(tomllib.load(file)["tool"])
    except (OSError, ValueError, KeyError):
        return None
