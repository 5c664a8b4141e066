"""The checks of the machine: Python, disk and locale."""

import codecs
import locale as system_locale
import platform
import re
import shlex
import shutil
import sys
from importlib.metadata import distributions
from pathlib import Path

from cinestream_cli.doctor.result import Result, failed, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message

MIN_FREE_BYTES = 2_000_000_000
"""Bytes that the streams of a run, the browser and the logs need."""
_REQUIRES = re.compile(r">=\s*(\d{1,3})\.(\d{1,3})")


def python(_: Surroundings, running: tuple[int, int] = sys.version_info[:2]) -> Result:
    """Check that this Python is as new as the installed distributions of CineStream need."""
    requires = [
        (int(found[1]), int(found[2]), distribution.name)
        for distribution in distributions()
        if distribution.name.startswith("cinestream")
        and (found := _REQUIRES.search(distribution.metadata["Requires-Python"] or ""))
    ]
    major, minor, name = max(requires, default=(3, 11, "cinestream"))
    version = ".".join(map(str, running))
    if running < (major, minor):
        wanted = f"{major}.{minor}"
        found_text = Message(
            "Python {version} is older than {wanted}, which {name} needs", version=version, wanted=wanted, name=name
        )
        return failed(
            found_text,
            Message("install CineStream with a newer Python"),
            f"uv tool install --python {wanted} cinestream-cli",
        )
    return ok(Message("{version} ({path})", version=platform.python_version(), path=sys.executable))


def disk(surroundings: Surroundings) -> Result:
    """Check the free space of the file system that has the data directory."""
    directory = surroundings.data_dir.absolute()
    while not directory.exists() and directory != directory.parent:
        directory = directory.parent
    free = shutil.disk_usage(directory).free
    found = Message("{free:.1f} GB free in {directory}", free=free / 1e9, directory=directory)
    if free >= MIN_FREE_BYTES:
        return ok(found)
    cure = Message("free {needed:g} GB there, or use another directory", needed=MIN_FREE_BYTES / 1e9)
    return failed(found, cure, f"export CINESTREAM_DATA_DIR={shlex.quote(str(Path.home() / '.cinestream'))}")


def locale(surroundings: Surroundings) -> Result:
    """Check that text is written in UTF-8, and that the locale of the environment is installed."""
    encoding = codecs.lookup(sys.stdout.encoding or "ascii").name
    if encoding != "utf-8":
        found = Message("text is written as {encoding}", encoding=encoding)
        return failed(found, Message("use a UTF-8 locale"), "unset PYTHONIOENCODING; export LC_ALL=C.UTF-8")
    names = (surroundings.environment.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    name = next((name for name in names if name), "C")
    if name not in ("C", "POSIX") and not _is_installed(name):
        found = Message("the locale {name} is not installed", name=name)
        return warning(found, Message("use an installed one, or install it"), "export LC_ALL=C.UTF-8")
    return ok(Message("UTF-8 ({name})", name=name))


def _is_installed(name: str) -> bool:
    """Return True if the system has a locale. The locale of the process stays as it is."""
    before = system_locale.setlocale(system_locale.LC_CTYPE)
    try:
        system_locale.setlocale(system_locale.LC_CTYPE, name)
    except system_locale.Error:
        return False
    system_locale.setlocale(system_locale.LC_CTYPE, before)
    return True
