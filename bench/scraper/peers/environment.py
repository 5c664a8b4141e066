"""An environment for the packages of a peer, which are no dependencies of this project."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

PACKAGES = ("scrapy>=2.13,<3", "scrapy-playwright>=0.0.44,<0.1")
_FOLDER = Path(__file__).parents[3] / ".cinestream" / "bench-scrapy"


def scrapy_python() -> str | None:
    """Return an interpreter with Scrapy and scrapy-playwright, or None if they cannot be installed.

    The variable SCRAPY_PYTHON may name one. Otherwise an environment is created once and kept.
    """
    if named := os.environ.get("SCRAPY_PYTHON"):
        return named
    python, made = _FOLDER / "bin" / "python", _FOLDER / ".made"
    if not made.exists():
        uv = str(Path(sysconfig.get_path("scripts")) / "uv")
        for command in (
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(_FOLDER)],
            [uv, "pip", "install", "--quiet", "--python", str(python), *PACKAGES],
        ):
            if subprocess.run(command, check=False).returncode:
                print(f"skipping Scrapy: {' '.join(command[:3])} failed", file=sys.stderr)
                return None
        made.touch()
    return str(python)
