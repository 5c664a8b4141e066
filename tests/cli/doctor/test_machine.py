"""The checks of the machine, each of them failing, cured, and passing."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.doctor.cures import execute, executed, path_environment, program, surroundings

from cinestream_cli.doctor.checks import machine
from cinestream_cli.doctor.checks.browser import browser
from cinestream_cli.doctor.checks.docker import docker
from cinestream_cli.doctor.result import NotChecked, Status, failed
from cinestream_cli.doctor.surroundings import Surroundings

pytestmark = pytest.mark.process


def test_an_old_python_names_the_version_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python older than the distributions need fails, and passes as the version that the cure installs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "uv", f'echo "$4" > {tmp_path}/version')
    result = machine.python(surroundings(tmp_path), (3, 9))
    assert result.failed
    execute(result, path_environment())
    major, minor = (tmp_path / "version").read_text().split(".")
    assert machine.python(surroundings(tmp_path), (int(major), int(minor))).status is Status.OK


def test_a_driver_of_another_version_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser whose driver has another version fails, and passes when the package manager has updated the driver."""
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "google-chrome", "echo Google Chrome 7.1")
    program(tmp_path, "chromedriver", '[ -e "${0%/*}/new" ] && echo ChromeDriver 7.1 || echo ChromeDriver 6.1')
    program(tmp_path, "sudo", f'[ "$1 $2" = "apt install" ] && : > {tmp_path}/new')
    result = browser(surroundings(tmp_path))
    assert result.failed
    assert "google-chrome is version 7" in result.found
    execute(result, path_environment())
    cured = browser(surroundings(tmp_path))
    assert (cured.status, cured.found) == (Status.OK, "Google Chrome 7.1, driven by ChromeDriver 7.1")


def test_an_absent_scraper_is_named_with_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the scraper its browser is not checked, and the cure installs the extra of this distribution."""
    monkeypatch.setitem(sys.modules, "cinestream_scraper.browser.discovery", None)
    with pytest.raises(NotChecked, match="the scraper is not installed") as missing:
        browser(surroundings(tmp_path))
    assert "cinestream-cli[scraper]" in missing.value.command


def test_a_selenium_server_that_does_not_answer_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address of Selenium where nothing answers fails, and passes when the browser of this machine is used."""
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "google-chrome", "echo Google Chrome 7.1")
    program(tmp_path, "chromedriver", "echo ChromeDriver 7.1")
    before = surroundings(tmp_path, SELENIUM_URL="http://me:s3cret@127.0.0.1:9/wd/hub")
    result = browser(before)
    assert result.failed
    assert "s3cret" not in result.found
    assert browser(executed(result, before)).status is Status.OK


def test_a_full_disk_names_another_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data directory on a file system without space fails, and passes where the cure moves it."""
    monkeypatch.setenv("HOME", f"{tmp_path}/a b;'c")
    before = Surroundings({}, None, Path("/proc/cinestream"))
    result = machine.disk(before)
    assert result.failed
    assert machine.disk(executed(result, before)).status is Status.OK


def test_another_encoding_than_utf_8_is_reported() -> None:
    """A terminal that is not UTF-8 fails, and passes with the locale of the cure."""
    code = (
        "from cinestream_cli.doctor.checks.machine import locale; from cinestream_cli.doctor.surroundings import *\n"
        "result = locale(Surroundings()); print(result.status, result.command, sep='\\n')"
    )

    def look(environment: dict[str, str]) -> list[str]:
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    status, command = look({"PYTHONIOENCODING": "latin-1"})
    assert status == "failed"
    cured = failed("", "-", command)
    assert look(dict(execute(cured, {"PYTHONIOENCODING": "latin-1"})))[0] == "ok"


def test_a_locale_that_is_not_installed_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A locale that the system does not know is a warning, and passes with the locale of the cure."""
    with capsys.disabled():
        before = Surroundings({"LC_ALL": "xx_XX.UTF-8"}, None, tmp_path)
        result = machine.locale(before)
        assert result.status is Status.WARNING
        assert machine.locale(executed(result, before)).status is Status.OK


def test_docker_that_is_absent_or_old_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Docker and with an old compose there is a warning, which disappears with the installation."""
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "sudo", f'[ "$1 $2" = "apt install" ] && echo 2.40.1 > {tmp_path}/compose')
    script = f'[ "$1" = version ] && echo 28.1 || while read -r line; do echo "$line"; done < {tmp_path}/compose'
    assert docker(surroundings(tmp_path)).status is Status.WARNING
    program(tmp_path, "docker", script)
    (tmp_path / "compose").write_text("2.3.0\n")
    old = docker(surroundings(tmp_path))
    assert old.status is Status.WARNING
    execute(old, path_environment())
    assert docker(surroundings(tmp_path)).found == "Docker 28.1, compose 2.40.1"
