"""The npm packages of the clients on Node, installed from `node/package-lock.json`."""

import fcntl
import shutil
import subprocess
from functools import cache

from tests.paths import ROOT

NODE = ROOT / "tests/foreign/node"
"""Folder of the packages and of programs for Node."""


@cache
def missing_node() -> str:
    """Install the packages once for each lock file. Return the reason if that is not possible, else an empty text."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "node and npm are not installed"
    lock = (NODE / "package-lock.json").read_text()
    installed = NODE / "node_modules/.cinestream-lock"
    # Tests run in several processes.
    with (NODE / "package.json").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if installed.exists() and installed.read_text() == lock:
            return ""
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            return f"npm cannot install the clients: {done.stderr[-300:]}"
        installed.write_text(lock)
    return ""
