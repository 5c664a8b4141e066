"""A French user reads French: help, results, refusals, reports. Only typer keeps its English."""

import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.letterboxd.test_files import WRONG
from tests.trakt_export.server import FakeTrakt, movie
from typer.main import get_command

import cinestream_flow
from cinestream.commands.language import add_catalogue, set_language, translate
from cinestream_trakt_export.cli.app import app
from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.settings import TraktSettings


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    set_language("en")


FRENCH = {"LC_ALL": "fr_FR.UTF-8", "COLUMNS": "200", "NO_COLOR": "1"}
# Words that are in nearly every English sentence of ours, and in no French one.
ENGLISH = re.compile(
    r"\b(?:the|is|are|of|in|not|no|with|this|that|than|by|for|from|and|should|must|cannot|Missing|Invalid|such|names|"
    r"failed|bytes|instead|there|settings:)\b(?! ?=)"
)

# The names of the default values.
DEFAULTS = re.compile(r"\[par défaut : [^\[\]]*\]")


def english(text: str) -> list[str]:
    """Return the English words of a text, without paths and quoted values."""
    return ENGLISH.findall(re.sub(r"'[^']*'|« [^«»]* »|/\S+|--\S+", "", text))


def paths(group: object, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield all commands as the words of the command line."""
    yield path
    for name, own in getattr(group, "commands", {}).items():
        yield from paths(own, *path, name)


@pytest.mark.parametrize("path", [*paths(get_command(app))], ids=lambda path: " ".join(path) or "all")
def test_help_is_french(settings: TraktSettings, path: tuple[str, ...]) -> None:
    """The help of each command and option, and the headings around it."""
    result = command(settings, *path, "--help", variables=FRENCH)
    assert result.returncode == 0
    assert "Utilisation : cinestream-trakt" in result.stdout
    assert "Afficher ce message et quitter." in result.stdout
    assert english(DEFAULTS.sub("", result.stdout).replace("settings ", "")) == []  # the command of this name


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("export watched --out x --every 5x", "'5x' n'est pas un intervalle"),
        ("export watched --out x --cron a", "'a' n'est pas une expression cron (Wrong number of fields)"),
        ("export watched --out x --every 5m --cron *", "utilisez --every ou --cron"),
        ("operations --forget none", "il n'y a pas d'opération none"),
    ],
)
def test_refused_arguments_are_reported_in_french(settings: TraktSettings, arguments: str, text: str) -> None:
    """The exit code is the same in both languages. What a library reports stands in parentheses."""
    result = command(settings, *arguments.split(), variables=FRENCH)
    assert result.returncode == command(settings, *arguments.split()).returncode != 0
    assert text in result.stderr
    assert english(result.stderr.replace("(Wrong number of fields)", "")) == []


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("exprt", "la commande 'exprt' n'existe pas. Vouliez-vous dire 'export' ?"),
        ("export", "il manque l'argument 'kind'"),
        ("export watched", "il manque l'option '--out'."),
        ("export watched --out", "l'option '--out' demande une valeur."),
        ("export films --out x", "'films' n'est pas l'un de 'watched'"),
        ("export watched --out x --since soon", "'soon' n'a aucun des formats '%Y-%m-%d'."),
        ("export watched --out x --from-archive none", "le fichier 'none' n'existe pas."),
        ("export watched --out x --from-archive .", "'.' est un dossier, pas un fichier."),
        ("export watched --out x --preview=1", "l'option '--preview' ne prend pas de valeur."),
        ("export watched --outt x", "l'option --outt n'existe pas (options possibles : --"),
        ("export watched --out x y", "arguments en trop (y)"),
        ("verify none", "none' n'existe pas."),
    ],
)
def test_arguments_that_typer_refuses_are_reported_in_french(
    settings: TraktSettings, arguments: str, text: str
) -> None:
    """Typer has no translations of its own."""
    result = command(settings, *arguments.split(), variables=FRENCH)
    assert (result.returncode, result.stdout) == (2, "")
    assert text in result.stderr
    assert english(result.stderr) == []


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("TRAKT_CACHE__ENCRYPTION", "true", "cache : encryption demande encryption_key"),
        ("TRAKT_CACHE__KEEP", "1s", "cache : keep est plus court que ttl"),
        ("TRAKT_FOO", "1", "CINESTREAM_TRAKT_FOO : ce réglage n'existe pas"),
        ("TRAKT_CONFIG", "/none", "CINESTREAM_TRAKT_CONFIG : il n'y a pas de fichier /none"),
        ("TRAKT_API__URLS", "1", "ce réglage n'existe pas. Vouliez-vous dire CINESTREAM_TRAKT_API__URL ?"),
        ("TRAKT_RETRY__MAX_ATTEMPTS", "x", "RETRY__MAX_ATTEMPTS : un nombre entier comme 6 est attendu (reçu : 'x')"),
        ("TRAKT_RETRY__MAX_ATTEMPTS", "0", "RETRY__MAX_ATTEMPTS : 1 au moins est attendu (reçu : '0')"),
        ("TRAKT_RETRY__BACKOFF_FACTOR", "99", "RETRY__BACKOFF_FACTOR : 10.0 au plus est attendu (reçu : '99')"),
        ("TRAKT_RETRY__MAX_DELAY", "soon", "RETRY__MAX_DELAY : 'soon' n'est pas une durée : écrivez 90, 30m ou 24h"),
        ("TRAKT_RETRY__RETRY_ON", "5", "RETRY__RETRY_ON : valeurs possibles : network, timeout, server"),
        ("TRAKT_RETRY", "5", "CINESTREAM_TRAKT_RETRY : une section avec des clés est attendue"),
        ("TRAKT_STREAMING__BACKPRESSURE__THRESHOLD", "0", "plus de 0.0 est attendu (reçu : '0')"),
        ("TRAKT_STREAMING__MEMORY_LIMIT", "much", "une taille comme 100MB est attendue (reçu : 'much')"),
        ("TRAKT_API__EXTENDED", "x", "valeurs possibles : letterboxd, min, full, metadata, images"),
        ("TRAKT_API__URL", "x", "une valeur comme https://api.trakt.tv est attendue (reçu : 'x')"),
        ("TRAKT_CACHE__ENABLED", "x", "true ou false est attendu"),
        ("LOG_LEVEL", "x", "CINESTREAM_LOG_LEVEL : valeurs possibles : debug, info, warning, error (reçu : 'x')"),
        ("OPS_PORT", "x", "CINESTREAM_OPS_PORT : un nombre entier comme 9104 est attendu (reçu : 'x')"),
    ],
)
def test_refused_settings_are_reported_in_french(settings: TraktSettings, variable: str, value: str, text: str) -> None:
    """By their variable or key, with an example of what is expected instead."""
    result = command(settings, "health", variables={**FRENCH, f"CINESTREAM_{variable}": value})
    assert (result.returncode, result.stdout) == (2, "")
    assert text in result.stderr
    assert english(result.stderr) == []


@pytest.mark.parametrize(("content", "_"), WRONG)
def test_faults_of_files_are_reported_in_french(settings: TraktSettings, tmp_path: Path, content: str, _: str) -> None:
    """Every rule that a file can break."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "watched-001.csv").write_text(content)
    result = command(settings, "verify", str(tmp_path / "files"), variables=FRENCH)
    assert result.returncode == 1
    assert re.search(r"\d défauts? dans \d+ lignes?\n", result.stderr)
    assert not re.search(r"\b[01] (défauts|lignes)|\b[2-9] (défaut|ligne)\b", result.stderr)
    assert english(result.stderr) == []


def test_faults_of_series_and_folders_are_reported_in_french(tmp_path: Path) -> None:
    """A file that is not text is a fault, too."""
    (tmp_path / "shows-001.csv").write_text("Series,Season\n,1\n")
    (tmp_path / "ratings-002.csv").write_bytes(b"Title\n\xff\n")
    found = [*verify_folder(tmp_path)[1], *verify_folder(tmp_path / "none")[1]]
    add_catalogue("cinestream_trakt_export")
    set_language("fr")
    assert [translate(fault) for fault in found if fault != translate(fault)] == [
        "ratings-002.csv : pas de l'UTF-8 : octet 7",
        "shows-001.csv : ligne 1 : ne nomme aucune série",
        "ratings : il manque des parties, il y a [2]",
        f"{tmp_path / 'none'} : aucun fichier d'import",
    ]
    assert len(found) == 4


@pytest.fixture
def interrupted(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> Path:
    """Return the checkpoint of an export that Trakt interrupted."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    trakt.count_offset = 1
    trakt.max_page_size = 1
    trakt.on_page = lambda account, path, page: account.faults.extend(["426"] * (page == 1))
    trakt.lists["/sync/ratings/movies"] *= 3
    assert command(settings, "export", "ratings", "--out", str(tmp_path / "out")).returncode == 1
    (path,) = settings.checkpoints.dir.glob("ratings-*.checkpoint")
    return path


def test_refused_checkpoints_are_reported_in_french(
    interrupted: Path, trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path
) -> None:
    """Other options, accounts, processes and versions, and damage, are refused in French by each command."""
    out = ("--out", str(tmp_path / "out"))
    trakt.on_page = lambda account, path, page: None
    result = command(settings, "export", "ratings", *out, "--since", "2026-01-01", variables=FRENCH)
    assert f"{interrupted} appartient à since '', pas à since '2026-01-01'. Terminez-le avec" in result.stderr
    trakt.settings["user"]["ids"]["slug"] = "bob"
    assert "appartient à ann, pas à bob" in command(settings, "resume", variables=FRENCH).stderr
    trakt.settings["user"]["ids"]["slug"] = "ann"
    with sqlite3.connect(interrupted, isolation_level=None) as held:
        held.execute("PRAGMA locking_mode = EXCLUSIVE")
        held.execute("BEGIN EXCLUSIVE")
        result = command(settings, "export", "ratings", *out, variables=FRENCH)
        assert "est utilisé par un autre processus" in result.stderr
        assert "en cours" in command(settings, "operations", variables=FRENCH).stdout
        held.execute("COMMIT")
    held.close()
    for damage, says in (
        ("UPDATE steps SET crc = crc + 1", "est endommagée (checksum)"),
        ("UPDATE identity SET version = 1", "est de la version 1, ce programme écrit la version 2"),
        ("DROP TABLE identity", "est endommagé"),
    ):
        with sqlite3.connect(interrupted, isolation_level=None) as found:
            found.execute(damage)
        found.close()
        result = command(settings, "resume", variables=FRENCH)
        assert says in result.stderr + result.stdout
        assert english(re.sub(r"\([^(\n]*\)", "", result.stderr)) == []


def test_other_refusals_are_reported_in_french(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """An open circuit, a timeout, a failed batch and a used port."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    export = "export", "ratings", "--out", str(tmp_path / "out")
    ours = "CINESTREAM_TRAKT_"
    trakt.faults = ["502"] * 3
    patient = {f"{ours}BREAKER__FAILURES": "1", f"{ours}RETRY__MAX_ATTEMPTS": "2"}
    result = command(settings, *export, variables={**FRENCH, **patient})
    assert result.stderr.splitlines()[-1] == "Trakt a échoué 1 fois de suite"  # after a line of the log
    trakt.faults = ["hold"]
    impatient = {f"{ours}WORKER_POOL__WORKER_TIMEOUT": "200ms", f"{ours}RETRY__MAX_ATTEMPTS": "1"}
    result = command(settings, *export, variables={**FRENCH, **impatient})
    assert result.stderr == "une requête a pris plus de 0,2 s\n"
    trakt.hold.set()
    result = command(settings, "details", "9", "--fail-fast", variables=FRENCH)
    assert result.stderr.startswith("échec de 9 : il n'y a rien chez Trakt")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        profiling = {f"{ours}PROFILING__ENABLED": "true", f"{ours}PROFILING__PORT": port}
        result = command(settings, "whoami", variables={**FRENCH, **profiling})
    assert result.stderr == f"le port {port} de 127.0.0.1 est pris : donnez-en un autre à profiling.port\n"


def test_health_is_shown_in_french(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """Every name is translated. The JSON has the English names."""
    trakt.details["1"] = movie(1)
    command(settings, "details", "1", "9", variables=FRENCH)
    names = {*_names(json.loads(command(settings, "health", "--json", variables=FRENCH).stdout))} - {"source", "cache"}
    assert {"requests", "breaker", "limiter", "hits", "mean_ms", "reason"} < names
    result = command(settings, "health", variables=FRENCH).stdout
    assert [name for name in names if re.search(rf"(^ *|, |: ){re.escape(name)}\b", result, re.MULTILINE)] == []
    assert "disjoncteur: fermé" in result


def _names(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        if name[0] != "/" and not re.fullmatch(r"p\d\d_ms", name):
            yield name
        if isinstance(value, dict):
            yield from _names(value)


def test_every_refusal_of_the_flow_library_can_be_translated() -> None:
    """An error for the user carries a message. A bare text fails here."""
    bare = re.compile(r"raise \w*(?:Refused|Outdated|Open|Full|Timeout|Exceeded|Failed|SystemExit)\(\s*f?\"", re.DOTALL)
    sources = [path.read_text() for path in Path(str(cinestream_flow.__file__)).parent.rglob("*.py")]
    assert [bare.findall(source) for source in sources if bare.search(source)] == []
    assert sum(source.count(" Message(") + source.count("(Message(") for source in sources) >= 8


@pytest.mark.parametrize("variable", ["LC_ALL", "CINESTREAM_TRAKT_EXPORT__LANGUAGE"])
def test_help_has_the_language_of_the_environment(settings: TraktSettings, variable: str) -> None:
    """Help is shown before the settings are read."""
    result = command(settings, "export", "--help", variables={variable: "fr", "COLUMNS": "200"})
    assert "Omettre tout ce qui précède ce jour." in result.stdout


def test_reasons_in_skipped_csv_are_french(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """The reasons are for the user, too."""
    trakt.lists["/sync/watchlist/movies"] = [{"id": 2, "type": "show", "show": {"title": "A Series"}}]
    arguments = "export", "watchlist", "--out", str(tmp_path / "out")
    assert command(settings, *arguments, variables={"LC_ALL": "fr_FR.UTF-8"}).returncode == 0
    assert "n'est pas un film mais : show" in (tmp_path / "out" / "skipped.csv").read_text()


def test_the_setting_overrides_the_environment(trakt: FakeTrakt, settings: TraktSettings) -> None:
    """Without the setting, the environment decides."""
    assert command(settings, "logout", variables={"LC_ALL": "fr_FR.UTF-8"}).stdout == "Déconnecté.\n"
    result = command(settings, "whoami", variables={"CINESTREAM_TRAKT_EXPORT__LANGUAGE": "fr"})
    assert result.stderr == "personne n'est connecté : lancez « cinestream-trakt login »\n"
