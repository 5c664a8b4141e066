"""The French catalogue and the texts of the program have the same templates."""

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from typer.main import get_command

import cinestream
import cinestream_flow
import cinestream_trakt_export
from cinestream_flow.message import Message, Plural
from cinestream_trakt_export.__main__ import app
from cinestream_trakt_export.cli.language import CATALOGUES, set_language, translate, translate_help

KEYWORDS: dict[str, Any] = {"Message": None, "translate": None, "Plural": (1, 2)}
Template = str | tuple[str, ...]


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    set_language("en")


def french() -> Catalog:
    """Read the catalogue."""
    with (CATALOGUES / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="fr")


def templates() -> set[Template]:
    """Find the templates of all messages in the sources of the exporter and of the shared parts."""
    packages = cinestream_trakt_export, cinestream_flow, cinestream
    paths = [path for package in packages for path in Path(str(package.__file__)).parent.rglob("*.py")]
    found: set[Template] = set()
    for path in paths:
        with path.open("rb") as file:
            found |= {template for _, template, _, _ in extract("python", file, keywords=KEYWORDS)}
    return found


def helps(command: Any) -> Iterator[str]:
    """Yield the help of a command, of its parameters, and of the commands that it contains."""
    yield from (part.help for part in (command, *command.params) if getattr(part, "help", None))
    for contained in getattr(command, "commands", {}).values():
        yield from helps(contained)


def fields(text: str) -> set[str]:
    """Return the names of the values of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def entries() -> dict[Template, tuple[str, ...]]:
    """Return the French forms of each template: one, or one for each plural."""
    found: dict[Template, tuple[str, ...]] = {}
    for message in filter(lambda message: message.id, french()):
        template = message.id if isinstance(message.id, str) else tuple(message.id)
        found[template] = message.string if isinstance(message.string, tuple) else (str(message.string),)
    return found


def test_every_text_has_its_french_and_every_french_its_text() -> None:
    """A new text without French fails here, and so does the French of a text that was removed."""
    texts = templates() | {*helps(get_command(app))}
    assert texts - {*entries()} == set()
    assert {*entries()} - texts == set()


def test_both_languages_have_the_same_values() -> None:
    """A French form is not empty, is not English, and has the values of its template."""
    for template, forms in entries().items():
        english = template if isinstance(template, tuple) else (template,)
        assert all(forms), template
        assert len(forms) == len(english)
        for form in forms:
            assert form not in english
            assert fields(form) == fields(english[-1]), template


def test_the_catalogue_is_sorted_and_has_no_leftovers() -> None:
    """Neither fuzzy nor obsolete entries, so that a change is one entry in a diff."""
    catalogue = french()
    assert not catalogue.obsolete
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []
    ids = [message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.id]
    assert ids == sorted(ids)


def test_all_help_is_translated() -> None:
    """The help of every command and every option."""
    command = get_command(app)
    english = {*helps(command)}
    set_language("fr")
    translate_help(command)
    assert english.isdisjoint(helps(command))


def test_numbers_and_plurals_are_those_of_the_language() -> None:
    """French groups digits by a narrow space, and has the singular for 0, too."""
    deleted = [Plural("{count:,} response deleted.", "{count:,} responses deleted.", count=n) for n in (0, 1, 12345)]
    assert [*map(translate, deleted)] == ["0 responses deleted.", "1 response deleted.", "12,345 responses deleted."]
    set_language("fr")
    assert [*map(translate, deleted)] == [
        "0 réponse supprimée.",
        "1 réponse supprimée.",
        "12\N{NARROW NO-BREAK SPACE}345 réponses supprimées.",
    ]


def test_messages_inside_of_a_message_are_translated() -> None:
    """A value may be a message, or an exception that carries one."""
    set_language("fr")
    inner = ValueError(Message("there is nothing at Trakt under this address"))
    assert translate(Message("{name} failed: {error}", name="9", error=inner)) == (
        "échec de 9 : il n'y a rien chez Trakt à cette adresse"
    )
    assert translate(ValueError("{other}")) == "{other}"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "fr_FR.UTF-8"}, True),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({"LC_MESSAGES": "fr_CA", "LANG": "en_US.UTF-8"}, True),
        ({}, False),
    ],
)
def test_the_environment_sets_the_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    """The variables count in the order of POSIX. Every language but French is English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    set_language()
    assert translate("Logged out.") == ("Déconnecté." if expected else "Logged out.")
