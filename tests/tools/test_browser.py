"""The search for a browser before `make run`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.paths import ROOT

pytestmark = pytest.mark.process


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project whose scraper ends with the code and the text of two variables, without a real apt-get."""
    (tmp_path / "tools").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "browser.sh", tmp_path / "tools")
    for path, script in {
        "tools/apt-install.sh": 'echo "$@" >>installed\n',
        ".venv/bin/cinestream-scraper": '[ -e installed ] || { echo "$SAYS" >&2; exit "$CODE"; }\n',
    }.items():
        (tmp_path / path).write_text(f"#!/bin/sh\n{script}")
        (tmp_path / path).chmod(0o755)
    return tmp_path


def find(project: Path, code: int, says: str = "") -> subprocess.CompletedProcess[str]:
    """Run the script, with a scraper that ends with this code and text."""
    environment = os.environ | {"CODE": str(code), "SAYS": says}
    command = [project / "tools" / "browser.sh"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_wrong_setting_is_not_a_missing_browser(project: Path) -> None:
    """The reason is printed, the code is kept, and nothing is installed."""
    done = find(project, 2, "CINESTREAM_STREAM_PROT: there is no such setting")
    assert (done.returncode, done.stderr) == (2, "CINESTREAM_STREAM_PROT: there is no such setting\n")
    assert not (project / "installed").exists()


def test_a_missing_browser_is_installed(project: Path) -> None:
    """Code 5 of the scraper is the only one that installs a browser."""
    done = find(project, 5)
    assert done.returncode == 0
    assert "no browser found" in done.stderr
    assert (project / "installed").read_text() == "chromium-headless-shell chromium-driver\n"


def test_a_browser_is_not_installed_twice(project: Path) -> None:
    """Nothing is printed if there is one."""
    done = find(project, 0)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (project / "installed").exists()
