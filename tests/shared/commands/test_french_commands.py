"""Commands of all distributions report in French what was wrong, and their JSON stays English."""

import os
import subprocess
from importlib.metadata import entry_points

import orjson
import pytest
from tests.main_function import run_main

FRENCH = {"LC_ALL": "fr_FR.UTF-8", "COLUMNS": "200", "NO_COLOR": "1"}


def run(line: str, *, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in French."""
    command, *_ = words = line.split()
    (script,) = entry_points(group="console_scripts", name=command)
    return run_main(script.load(), words, {**os.environ, **FRENCH, **variables}, stdin)


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        (
            "cinestream-etl reprocess --since soon",
            2,
            "--since : attendu une date comme 2026-11-21T08:00:00Z, reçu 'soon'",
        ),
        ("cinestream-etl parse none", 2, "le fichier 'none' n'existe pas."),
        ("cinestream-scraper scrape ftp", 2, "'ftp' n'est pas une cible"),
        ("cinestream-stream-api remove chart:top", 2, "chart:top n'est pas un titre"),
        ("cinestream-demo-site --faults x=1", 2, "défaut inconnu : 'x'"),
        ("cinestream-run ftp", 2, "'ftp' n'est pas une cible"),
        ("cinestream watch --until live", 2, "--until demande un début"),
        ("cinestream dead-letters etl retry", 2, "choisissez les messages rejetés d'une seule façon"),
    ],
)
def test_refused_arguments_are_reported_in_french(line: str, code: int, text: str) -> None:
    """Each distribution has its own catalogue."""
    result = run(line)
    assert text in result.stderr
    assert result.returncode == code


def test_refused_settings_are_reported_in_french() -> None:
    """Settings are checked in a shared part, which does not know the language."""
    result = run("cinestream-topology --check", CINESTREAM_TOPOLOGY_PAGES_BYTES="1", CINESTREAM_LOG_LEVL="info")
    assert "CINESTREAM_TOPOLOGY_PAGES_BYTES : 1048576 au moins est attendu" in result.stderr
    assert "Vouliez-vous dire CINESTREAM_LOG_LEVEL ?" in result.stderr
    assert result.returncode == 2


def test_headings_are_those_of_the_language() -> None:
    """Typer reads some of them once, when its help is used for the first time."""
    for french, heading in ((True, "Commandes"), (False, "Commands"), (True, "Commandes")):
        language = "fr" if french else "en"
        assert f" {heading} " in run("cinestream-etl --help", CINESTREAM_LANGUAGE=language).stdout


def test_json_stays_english() -> None:
    """Programs read stdout, people read stderr."""
    result = run("cinestream-etl tone", stdin='{"plot": 5}\n')
    assert orjson.loads(result.stdout)["error"].startswith("line 1: expected ")
    assert result.stderr.startswith("invalide : ligne 1 : attendu ")
    assert result.returncode == 1
