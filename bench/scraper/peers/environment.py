"""An interpreter with the packages of a peer, in an environment of its own: they are no part of this project."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

PACKAGES = ("scrapy>=2.13,<3", "scrapy-playwright>=0.0.44,<0.1")
_FOLDER = Path(__file__).parents[3] / ".cinestream" / "bench-scrapy"


def scrapy_python() -> str | None:
    """The interpreter that SCRAPY_PYTHON names, else one made and kept for it; None where they cannot be installed."""
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
                print(f"Scrapy takes no part: {' '.join(command[:3])} failed", file=sys.stderr)
                return None
        made.touch()
    return str(python)
