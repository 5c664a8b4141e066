"""`cinestream` installed from the built wheels with `uv tool install`, in an environment of its own."""

import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.paths import ROOT, SCRIPTS

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]


@dataclass
class Machine:
    """A folder in which uv installs tools, and a directory without a project."""

    home: Path

    @property
    def wheels(self) -> Path:
        """The folder of the wheels."""
        return self.home / "dist"

    def run(self, *command: str | Path, code: int = 0) -> str:
        """Run a command in the empty directory. Return what it printed."""
        own = {
            "UV_TOOL_DIR": str(self.home / "tools"),
            "UV_TOOL_BIN_DIR": str(self.home / "bin"),
            "UV_CONSTRAINT": str(self.home / "locked.txt"),
            "PATH": f"{self.home / 'bin'}:{SCRIPTS}:{os.environ['PATH']}",
        }
        done = subprocess.run(command, cwd=self.home, env=os.environ | own, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Build the wheels of all distributions, and write the locked versions of their dependencies."""
    uv = [str(SCRIPTS / "uv"), "--quiet", "--project", str(ROOT)]
    build = [*uv, "build", "--all-packages", "--wheel", "--out-dir", str(tmp_path / "dist"), str(ROOT)]
    subprocess.run(build, check=True, cwd=ROOT)
    locked = [*uv, "export", "--frozen", "--no-hashes", "--no-emit-workspace", "-o", str(tmp_path / "locked.txt")]
    subprocess.run([*locked, "--all-packages"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return Machine(tmp_path)


def test_a_missing_extra_is_named_and_its_command_installs_it(machine: Machine) -> None:
    """The wheels install without a checkout, and the message of a missing service has the command that works."""
    machine.run("uv", "tool", "install", "--find-links", machine.wheels, "cinestream-cli")
    command = machine.home / "bin" / "cinestream"
    assert machine.run(command, "--version") == "cinestream 0.1.0\n"
    assert "[scraper]" in machine.run(command, "import", "pages", code=5)
    install = machine.run(command, "parse", "page.html", code=5).splitlines()[1]
    machine.run(*shlex.split(install))
    (machine.home / "page.html").write_text("<title>no film</title>")
    assert "is not installed" not in machine.run(command, "parse", "page.html", code=1)
    assert "[etl,trakt]" in machine.run(command, "trakt", code=5)
