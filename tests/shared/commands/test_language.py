"""The language of the user: the environment sets it, and catalogues of several packages translate into it."""

from collections.abc import Iterator

import pytest

from cinestream.commands.language import add_catalogue, set_language, translate
from cinestream_flow.message import Message, Plural

ENGLISH, FRENCH = "Print the effective settings and exit.", "Afficher les réglages en vigueur et quitter."


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    set_language("en")


def test_numbers_and_plurals_are_those_of_the_language() -> None:
    """French groups digits by a narrow space, has a decimal comma, and has the singular for 0, too."""
    add_catalogue("cinestream_trakt_export")
    deleted = [Plural("{count:,} response deleted.", "{count:,} responses deleted.", count=n) for n in (0, 1, 12345)]
    assert [*map(translate, deleted)] == ["0 responses deleted.", "1 response deleted.", "12,345 responses deleted."]
    set_language("fr")
    assert [*map(translate, deleted)] == [
        "0 réponse supprimée.",
        "1 réponse supprimée.",
        "12\N{NARROW NO-BREAK SPACE}345 réponses supprimées.",
    ]
    assert translate("{mib:,.1f} MiB", mib=1234.56) == "1\N{NARROW NO-BREAK SPACE}234,6 MiB"
    assert translate("since {year}, version {version}", year=1994, version="2.10.1") == "since 1994, version 2.10.1"


def test_messages_inside_of_a_message_are_translated() -> None:
    """A value may be a message, or an exception that carries one, also of another package."""
    set_language("fr")
    inner = ValueError(Message("{path} is damaged ({error})", path="9", error="x"))
    assert translate(Message("{api}: {error}", api="a", error=inner)) == "a : 9 est endommagé (x)"
    assert translate(ValueError("{other}")) == "{other}"


def test_a_package_without_a_catalogue_stays_english() -> None:
    """A catalogue can also be added after the language is set."""
    set_language("fr")
    add_catalogue("no_such_package")
    assert translate("There is no such text.") == "There is no such text."


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "fr_FR.UTF-8"}, FRENCH),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"}, ENGLISH),
        ({"LANG": "de_DE.UTF-8"}, ENGLISH),
        ({"LC_MESSAGES": "fr_CA", "LANG": "en_US.UTF-8"}, FRENCH),
        ({"LC_ALL": "fr_FR.UTF-8", "CINESTREAM_LANGUAGE": "en"}, ENGLISH),
        ({"LC_ALL": "C", "CINESTREAM_LANGUAGE": "fr"}, FRENCH),
        ({"LC_ALL": "fr_FR.UTF-8", "CINESTREAM_LANGUAGE": "auto"}, FRENCH),
        ({}, ENGLISH),
    ],
)
def test_the_environment_sets_the_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    """CINESTREAM_LANGUAGE overrides the variables of POSIX. Every language but French is English."""
    for name in ("CINESTREAM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    set_language()
    assert translate(ENGLISH) == expected
