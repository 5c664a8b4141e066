"""The list of all variables of CineStream, and the refusal of names that are not in it."""

import re
import subprocess
from pathlib import Path

import pytest
from tests.main_function import run_main
from tests.paths import ROOT

from cinestream.commands.declare import main as topology
from cinestream.commands.streams import TopologySettings
from cinestream.runtime.settings import CommonSettings, load_settings
from cinestream.runtime.variables import KNOWN, PREFIX, SECTIONS, main, unknown_variables

_READ_BY_PYTHON = re.compile(r'(?:environ(?:\.get)?|getenv)[\[(]\s*"CINESTREAM_(\w+)"')
_WRONG = {"STREAM_PROT", "STREAM_API_SERVICE_HOST"}
"""Names in texts about misspelt variables and those of Kubernetes."""

_NAMED = re.compile(r"CINESTREAM_(\w+)")
_SOURCES_OF_NAMES = ("*.yml", "*.conf", "*.env", "*.sh", "*.md", "*.Dockerfile", "Makefile")


def refused(capsys: pytest.CaptureFixture[str], settings: type[CommonSettings] = CommonSettings) -> list[str]:
    """Return the messages about settings that are refused with code 2."""
    with pytest.raises(SystemExit, match="2"):
        load_settings(settings)
    return capsys.readouterr().err.splitlines()


def test_a_misspelt_variable_is_refused_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command refuses it, also if the setting belongs to another service."""
    monkeypatch.setenv("CINESTREAM_STREAM_PROT", "4000")
    monkeypatch.setenv("CINESTREAM_TRAKT_APY__URL", "https://trakt.example")
    monkeypatch.setenv("CINESTREAM_XYZ", "secret")
    assert refused(capsys) == [
        "CINESTREAM_STREAM_PROT: there is no such setting. Did you mean CINESTREAM_STREAM_PORT?",
        "CINESTREAM_TRAKT_APY__URL: there is no such setting. Did you mean CINESTREAM_TRAKT_API__URL?",
        "CINESTREAM_XYZ: there is no such setting. docs/reference/settings.md lists all",
    ]


def test_a_shared_environment_passes_everywhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command accepts the names of all other commands, of compose, of the tests, and old names."""
    for name in KNOWN - {*TopologySettings.model_fields, "config"}:
        monkeypatch.setenv(f"{PREFIX}{name}".upper(), "1")
    for section in SECTIONS:
        monkeypatch.setenv(f"{PREFIX}{section}__KEY".upper(), "1")
    load_settings(TopologySettings)
    assert capsys.readouterr().err == ""


def test_a_misspelt_key_of_the_file_is_refused_with_the_nearest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file may have the settings of all services. Names of variables that are not settings are unknown in it."""
    file = tmp_path / "cinestream.toml"
    file.write_text('log_level = "info"\nstream_prot = 1\nscraper_rate = 2\nCINESTREAM_OPS_PORT = 3\nfuzz = 1\n')
    monkeypatch.setenv("CINESTREAM_CONFIG", str(file))
    wrong = refused(capsys)
    assert wrong[:2] == [
        f"stream_prot in {file}: there is no such setting. Did you mean stream_port?",
        f"CINESTREAM_OPS_PORT in {file}: there is no such setting. Did you mean ops_port?",
    ]
    assert wrong[2].startswith(f"fuzz in {file}: there is no such setting.")


def test_variables_of_kubernetes_are_no_settings() -> None:
    """Kubernetes names variables after its services, which a user may have called cinestream-…."""
    theirs = {
        "CINESTREAM_SERVICE_HOST": "10.0.0.1",
        "CINESTREAM_STREAM_API_SERVICE_PORT_HTTP": "3000",
        "CINESTREAM_STREAM_API_PORT": "tcp://10.0.0.1:3000",
        "CINESTREAM_STREAM_API_PORT_3000_TCP_ADDR": "10.0.0.1",
    }
    assert [*unknown_variables(theirs)] == []
    assert len([*unknown_variables({"CINESTREAM_STREAM_API_PORT": "3000"})]) == 1


def test_the_check_of_the_environment_has_an_exit_code() -> None:
    """The code is 2 for an unknown name, and 0 otherwise."""
    done = run_main(main_of_module, ["variables"], {"CINESTREAM_OPS_PROT": "1"})
    assert (done.returncode, done.stderr.count("CINESTREAM_OPS_PORT")) == (2, 1)
    assert run_main(main_of_module, ["variables"], {"CINESTREAM_OPS_PORT": "1"}).returncode == 0


def main_of_module() -> None:
    """Run the module as a script does."""
    raise SystemExit(main())


def test_a_command_exits_with_2() -> None:
    """A real command line with a misspelt variable does nothing."""
    done = run_main(topology, ["cinestream-topology"], {"CINESTREAM_NATS_URI": "nats://127.0.0.1:1"})
    assert done.returncode == 2
    assert "Did you mean CINESTREAM_NATS_URL?" in done.stderr


@pytest.mark.process
def test_every_name_of_the_project_is_known() -> None:
    """Compose, tools, documents and tests use no other names. A new setting needs `make docs`."""
    unknown = set[str]()
    for path in files("*.py"):
        unknown |= {name for name in _READ_BY_PYTHON.findall(path.read_text()) if not is_known(name)}
    for path in files(*_SOURCES_OF_NAMES):
        # A name that ends with an underscore stands for several, and one in lower case is a part of a metric.
        named = {name for name in _NAMED.findall(path.read_text()) if name.isupper() and not name.endswith("_")}
        unknown |= {name for name in named if not is_known(name)}
    assert unknown - _WRONG == set()


def files(*patterns: str) -> list[Path]:
    """Return the files of the repository that match a pattern."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines()]


def is_known(name: str) -> bool:
    """Return True if the name without prefix is in the list, or below a section in it."""
    return name.lower() in KNOWN or name.lower().partition("__")[0] in SECTIONS
