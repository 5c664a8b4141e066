"""Nothing that a user of `cinestream-trakt` reads is left in English when the user speaks French."""

import json
import re
import socket
import sqlite3
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.letterboxd.test_files import WRONG
from tests.trakt_export.server import Account, movie
from typer.main import get_command

import cinestream
import cinestream_flow
from cinestream_trakt_export.__main__ import app
from cinestream_trakt_export.i18n.french_others import OTHERS, in_french
from cinestream_trakt_export.letterboxd.verify import verify_folder
from cinestream_trakt_export.settings import TraktSettings

FRENCH = {"LC_ALL": "fr_FR.UTF-8", "COLUMNS": "200", "NO_COLOR": "1"}
# Words that are in nearly every English sentence of ours or of typer's, and in no French one.
ENGLISH = re.compile(
    r"\b(?:the|is|are|of|in|not|no|with|this|that|than|by|for|from|and|should|must|cannot|Try|Usage:|Commands|Error|"
    r"required|Missing|Invalid|such|names|failed|bytes|instead|there|settings:)\b(?! ?=)"
)


def english(text: str) -> list[str]:
    """English words in a text; paths and what stands in quotes belong to the user."""
    return ENGLISH.findall(re.sub(r"'[^']*'|« [^»]* »|/\S+|--\S+", "", text))


def paths(group: object, *path: str) -> Iterator[tuple[str, ...]]:
    """All commands, by what is typed for them."""
    yield path
    for name, own in getattr(group, "commands", {}).items():
        yield from paths(own, *path, name)


@pytest.mark.parametrize("path", [*paths(get_command(app))], ids=lambda path: " ".join(path) or "all")
def test_help_is_french_from_top_to_bottom(settings: TraktSettings, path: tuple[str, ...]) -> None:
    """With the headings and the marks that typer puts around it."""
    told = command(settings, *path, "--help", variables=FRENCH)
    assert told.returncode == 0
    assert "Usage : cinestream-trakt" in told.stdout
    assert "Afficher ce message" in told.stdout
    assert english(told.stdout.replace("settings ", "")) == []  # the command of this name


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("foo", "Il n'y a pas de commande 'foo'."),
        ("exprt", "Vouliez-vous dire 'export' ?"),
        ("export", "Argument manquant : 'kind'"),
        ("export watched", "Option manquante : '--out'."),
        ("export watched --out", "L'option '--out' demande une valeur."),
        ("export films --out x", "'films' n'est pas parmi 'watched'"),
        ("export watched --out x --since soon", "'soon' n'a pas la forme '%Y-%m-%d'."),
        ("export watched --out x --from-archive none", "le fichier 'none' n'existe pas."),
        ("export watched --out x --from-archive .", "'.' est un dossier."),
        ("export watched --out x --preview=1", "L'option '--preview' ne prend pas de valeur."),
        ("export watched --outt x", "Il n'y a pas d'option --outt (options possibles : --out, --until)"),
        ("export watched --out x y", "Arguments en trop : y"),
        ("verify none", "le dossier 'none' n'existe pas."),
        ("export watched --out x --every 5x", "'5x' n'est pas un intervalle"),
        ("export watched --out x --cron a", "'a' n'est pas une expression cron (nombre de champs)"),
        ("export watched --out x --every 5m --cron *", "utilisez --every ou --cron"),
        ("operations --forget none", "il n'y a pas d'opération none"),
    ],
)
def test_what_was_typed_wrong_is_said_in_french(settings: TraktSettings, arguments: str, says: str) -> None:
    """By typer, or by ourselves; the exit code is that of the English."""
    told = command(settings, *arguments.split(), variables=FRENCH)
    assert told.returncode == command(settings, *arguments.split()).returncode != 0
    assert says in told.stderr
    assert english(told.stderr) == []


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("TRAKT_API__URLS", "1", "api.urls : ce réglage n'existe pas"),
        ("TRAKT_RETRY__MAX_ATTEMPTS", "x", "retry.max_attempts : un nombre entier est attendu"),
        ("TRAKT_RETRY__MAX_ATTEMPTS", "0", "retry.max_attempts : au moins 1 est attendu"),
        ("TRAKT_RETRY__BACKOFF_FACTOR", "99", "retry.backoff_factor : au plus 10 est attendu"),
        ("TRAKT_RETRY__MAX_DELAY", "soon", "retry.max_delay : un nombre est attendu"),
        ("TRAKT_RETRY__RETRY_ON", "5", "retry.retry_on : une liste est attendue"),
        ("TRAKT_RETRY", "5", "retry : une section est attendue"),
        ("TRAKT_STREAMING__BACKPRESSURE__THRESHOLD", "0", "streaming.backpressure.threshold : plus que 0 est attendu"),
        ("TRAKT_API__EXTENDED", "x", "api.extended : 'letterboxd', 'min', 'full', 'metadata' ou 'images' est attendu"),
        ("TRAKT_API__URL", "x", "api.url : la forme"),
        ("TRAKT_CACHE__ENABLED", "x", "cache.enabled : true ou false est attendu"),
        ("TRAKT_CACHE__CACHE_STRATEGY", "x", "cache.cache_strategy : 'lru' est attendu"),
        ("TRAKT_CACHE__ENCRYPTION", "true", "cache : encryption demande encryption_key"),
        ("TRAKT_CACHE__KEEP", "1s", "cache : keep est plus court que ttl"),
        ("TRAKT_FOO", "1", "CINESTREAM_TRAKT_FOO : ce réglage n'existe pas"),
        ("TRAKT_CONFIG", "/none", "CINESTREAM_TRAKT_CONFIG : il n'y a pas de fichier /none"),
        ("LOG_LEVEL", "x", "CINESTREAM_LOG_LEVEL : 'debug', 'info', 'warning' ou 'error' est attendu (et non 'x')"),
        ("OPS_PORT", "x", "CINESTREAM_OPS_PORT : un nombre entier est attendu (et non 'x')"),
    ],
)
def test_wrong_settings_are_said_in_french(settings: TraktSettings, variable: str, value: str, says: str) -> None:
    """By their key, with what is expected instead."""
    told = command(settings, "health", variables={**FRENCH, f"CINESTREAM_{variable}": value})
    assert (told.returncode, told.stdout) == (2, "")
    assert says in told.stderr
    assert english(told.stderr.replace("ou false est", "")) == []


@pytest.mark.parametrize(("content", "_"), WRONG)
def test_what_the_verifier_finds_is_said_in_french(
    settings: TraktSettings, tmp_path: Path, content: str, _: str
) -> None:
    """Every rule that a file can break."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "watched-001.csv").write_text(content)
    told = command(settings, "verify", str(tmp_path / "files"), variables=FRENCH)
    assert told.returncode == 1
    assert "défaut(s)" in told.stderr
    assert english(told.stderr) == []


def test_faults_of_series_and_of_folders_are_said_in_french(tmp_path: Path) -> None:
    """And a file that is no text."""
    (tmp_path / "shows-001.csv").write_text("Series,Season\n,1\n")
    (tmp_path / "ratings-002.csv").write_bytes(b"Title\n\xff\n")
    found = [*verify_folder(tmp_path)[1], *verify_folder(tmp_path / "none")[1]]
    assert [in_french(fault) for fault in found if fault != in_french(fault)] == [
        "ratings-002.csv : pas de l'UTF-8 : octet 7",
        "shows-001.csv : ligne 1 : ne nomme aucune série",
        "ratings : il manque des parties, il y a [2]",
        f"{tmp_path / 'none'} : aucun fichier d'import",
    ]
    assert len(found) == 4


@pytest.fixture
def interrupted(trakt: Account, settings: TraktSettings, tmp_path: Path) -> Path:
    """The checkpoint of an export of ratings that Trakt did not let finish."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    trakt.count_offset = 1
    trakt.most_a_page = 1
    trakt.on_page = lambda account, path, page: account.faults.extend(["426"] * (page == 1))
    trakt.lists["/sync/ratings/movies"] *= 3
    assert command(settings, "export", "ratings", "--out", str(tmp_path / "out")).returncode == 1
    (path,) = settings.checkpoints.dir.glob("ratings-*.checkpoint")
    return path


def test_refusals_of_checkpoints_are_said_in_french(
    interrupted: Path, trakt: Account, settings: TraktSettings, tmp_path: Path
) -> None:
    """Of other options, another account, another process, another version, and of damage, wherever they are shown."""
    out = ("--out", str(tmp_path / "out"))
    trakt.on_page = lambda account, path, page: None
    told = command(settings, "export", "ratings", *out, "--since", "2026-01-01", variables=FRENCH)
    assert f"{interrupted} appartient à since '', pas à since '2026-01-01'. Terminez-le avec" in told.stderr
    trakt.settings["user"]["ids"]["slug"] = "bob"
    assert "appartient à ann, pas à bob" in command(settings, "resume", variables=FRENCH).stderr
    trakt.settings["user"]["ids"]["slug"] = "ann"
    with sqlite3.connect(interrupted, isolation_level=None) as held:
        held.execute("PRAGMA locking_mode = EXCLUSIVE")
        held.execute("BEGIN EXCLUSIVE")
        told = command(settings, "export", "ratings", *out, variables=FRENCH)
        assert "est utilisé par un autre processus" in told.stderr
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
        told = command(settings, "resume", variables=FRENCH)
        assert says in told.stderr + told.stdout
        assert english(re.sub(r"\(.*\)", "", told.stderr)) == []


def test_other_refusals_are_said_in_french(trakt: Account, settings: TraktSettings, tmp_path: Path) -> None:
    """An open circuit, a request that takes too long, a batch, and a port."""
    trakt.lists["/sync/ratings/movies"] = [{"rating": 5, "type": "movie", "movie": movie(1)}]
    export = "export", "ratings", "--out", str(tmp_path / "out")
    ours = "CINESTREAM_TRAKT_"
    trakt.faults = ["502"] * 3
    patient = {f"{ours}BREAKER__FAILURES": "1", f"{ours}RETRY__MAX_ATTEMPTS": "2"}
    told = command(settings, *export, variables={**FRENCH, **patient})
    assert told.stderr.splitlines()[-1] == "Trakt a échoué 1 fois de suite"  # after a line of the log
    trakt.faults = ["hold"]
    impatient = {f"{ours}WORKER_POOL__WORKER_TIMEOUT": "200ms", f"{ours}RETRY__MAX_ATTEMPTS": "1"}
    told = command(settings, *export, variables={**FRENCH, **impatient})
    assert told.stderr == "une requête a pris plus de 0.2 s\n"
    trakt.hold.set()
    told = command(settings, "details", "9", "--fail-fast", variables=FRENCH)
    assert told.stderr.startswith("échec de 9 : il n'y a rien chez Trakt")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        profiling = {f"{ours}PROFILING__ENABLED": "true", f"{ours}PROFILING__PORT": port}
        told = command(settings, "whoami", variables={**FRENCH, **profiling})
    assert told.stderr == f"le port {port} de 127.0.0.1 est pris : donnez-en un autre à profiling.port\n"


def test_health_is_told_in_french(trakt: Account, settings: TraktSettings) -> None:
    """Every name of what is known, which as JSON are the same for everyone."""
    trakt.details["1"] = movie(1)
    command(settings, "details", "1", "9", variables=FRENCH)
    names = {*_names(json.loads(command(settings, "health", "--json", variables=FRENCH).stdout))} - {"source", "cache"}
    assert {"requests", "breaker", "limiter", "hits", "mean_ms", "reason"} < names
    told = command(settings, "health", variables=FRENCH).stdout
    assert [name for name in names if re.search(rf"(^ *|, |: ){re.escape(name)}\b", told, re.MULTILINE)] == []
    assert "disjoncteur: fermé" in told


def _names(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        if name[0] != "/" and not re.fullmatch(r"p\d\d_ms", name):
            yield name
        if isinstance(value, dict):
            yield from _names(value)


def fields(text: str) -> set[str]:
    """The values that a text has."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("text", OTHERS)
def test_a_text_of_others_keeps_its_values(text: str) -> None:
    """No value is lost, and none is made up."""
    assert fields(OTHERS[text]) <= fields(text)
    said = text.format(**{name: f"<{name}>" for name in fields(text)})
    assert in_french(said) == OTHERS[text].format(**{name: f"<{name}>" for name in fields(text)})


def test_every_refusal_of_the_shared_parts_has_its_french() -> None:
    """Found in their source: a new one without French fails here."""
    folder = Path(cinestream.__file__).parent
    raised = re.compile(
        r"raise \w*(?:Refused|Outdated|Open|Full|Timeout|Exceeded|Failed|SystemExit)\(\s*(f?)\"([^\"]+)\"", re.DOTALL
    )
    parts = [*Path(cinestream_flow.__file__).parent.rglob("*.py"), folder / "runtime" / "http.py"]
    found = [text for path in parts for _, text in raised.findall(path.read_text())]
    assert len(found) >= 10
    for text in found:
        said = re.sub(r"\{[^{}]*\}", "X", text)
        assert in_french(said) != said, text
