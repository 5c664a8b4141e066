"""Messages in the language of the user."""

import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.trakt_export.conftest import command
from tests.trakt_export.server import Account
from typer.main import get_command

import cinestream_trakt_export
from cinestream_trakt_export.__main__ import app
from cinestream_trakt_export.i18n.catalogue import MESSAGES
from cinestream_trakt_export.i18n.french_help import FRENCH, in_french
from cinestream_trakt_export.i18n.messages import say, speak
from cinestream_trakt_export.settings import TraktSettings

_SAID = re.compile(r"""say\(\s*f?"([a-z_.]+)[".{]""")


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    speak("en")


def fields(text: str) -> set[str]:
    """The values that a message has."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", MESSAGES)
def test_both_languages_say_the_same(key: str) -> None:
    """Every message is there in both, differs, and has the same values."""
    text = MESSAGES[key]
    assert text.en
    assert text.fr
    assert text.en != text.fr
    assert fields(text.en) == fields(text.fr)


def test_what_is_said_is_in_the_catalogue_and_the_other_way_round() -> None:
    """No message is missing, and none is there for nobody."""
    folder = Path(cinestream_trakt_export.__file__).parent
    source = "".join(path.read_text() for path in folder.rglob("*.py") if path.name != "catalogue.py")
    said = set(_SAID.findall(source)) | set(re.findall(r'"([a-z_]+\.[a-z_0-9]+)"', source)) & set(MESSAGES)
    templates = source.replace(":,}", "}").replace("!r}", "}").replace("{limit}", "{most}")
    said |= {key for key, text in MESSAGES.items() if text.en.replace("!r}", "}") in templates}  # by Message
    assert {key for key in said if key not in MESSAGES and not key.endswith(".")} <= {"status", "device"}
    families = ("status.", "device.")
    assert {key for key in MESSAGES if key not in said and not key.startswith(families)} == set()


@pytest.mark.parametrize(
    ("variables", "french"),
    [
        ({"LANG": "fr_FR.UTF-8"}, True),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({"LC_MESSAGES": "fr_CA", "LANG": "en_US.UTF-8"}, True),
        ({}, False),
    ],
)
def test_the_environment_says_which_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], french: bool
) -> None:
    """In the order of POSIX; English for every other one."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    speak()
    assert say("logout.done") == ("Déconnecté." if french else "Logged out.")


def helps(command: Any) -> Iterator[str]:
    """All help of a command."""
    things = command, command.get_help_option(typer.Context(command)), *command.params
    yield from (thing.help for thing in things if getattr(thing, "help", None))
    for own in getattr(command, "commands", {}).values():
        yield from helps(own)


def test_all_help_is_there_in_french() -> None:
    """Of every command and every option, and none for what is no longer there."""
    command = get_command(app)
    assert {*helps(command)} == {*FRENCH}
    in_french(command)
    assert {*helps(command)} == {*FRENCH.values()}


@pytest.mark.parametrize("variable", ["LC_ALL", "CINESTREAM_TRAKT_EXPORT__LANGUAGE"])
def test_help_is_in_the_language_of_the_user(settings: TraktSettings, variable: str) -> None:
    """By the environment."""
    told = command(settings, "export", "--help", variables={variable: "fr", "COLUMNS": "200"}).stdout
    assert "Omettre ce qui s'est passé avant ce jour." in told


def test_reasons_are_in_the_language_of_the_user(trakt: Account, settings: TraktSettings, tmp_path: Path) -> None:
    """Also those in the file of what was skipped."""
    trakt.lists["/sync/watchlist/movies"] = [{"id": 2, "type": "show", "show": {"title": "A Series"}}]
    arguments = "export", "watchlist", "--out", str(tmp_path / "out")
    assert command(settings, *arguments, variables={"LC_ALL": "fr_FR.UTF-8"}).returncode == 0
    assert "n'est pas un film mais : show" in (tmp_path / "out" / "skipped.csv").read_text()


def test_the_command_speaks_french(trakt: Account, settings: TraktSettings) -> None:
    """By the environment, or by setting, which goes before it."""
    assert command(settings, "logout", variables={"LC_ALL": "fr_FR.UTF-8"}).stdout == "Déconnecté.\n"
    told = command(settings, "whoami", variables={"CINESTREAM_TRAKT_EXPORT__LANGUAGE": "fr"})
    assert told.stderr == "personne n'est connecté : lancez « cinestream-trakt login »\n"
