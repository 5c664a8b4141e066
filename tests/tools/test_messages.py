"""The catalogues of translations have exactly the messages of the sources."""

import gettext
from pathlib import Path

import pytest

from cinestream.commands.language import add_catalogue, set_language, translate_help
from tools import messages

PO = """msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n > 1);"

{entries}
"""
FILLED = """msgid "{name} failed"
msgstr "échec de {name}"

msgid "{count:,} row"
msgid_plural "{count:,} rows"
msgstr[0] "{count:,} ligne"
msgstr[1] "{count:,} lignes"
"""
EXPECTED: set[messages.Id] = {"{name} failed", ("{count:,} row", "{count:,} rows")}


def test_every_message_is_translated() -> None:
    """A new message without French fails here, and so does the French of a message that was removed."""
    assert messages.main(["--check"]) == 0


@pytest.mark.parametrize("package", messages.APPS)
def test_all_help_is_french(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """The help of every command and every option, and that of typer's own option."""
    monkeypatch.setattr("gettext.dgettext", gettext.dgettext)  # it is replaced, and restored at the end of the test
    add_catalogue(package)
    commands = [messages.command(app) for app in messages.APPS[package]]
    english = {text for command in commands for text in messages.helps(command)}
    try:
        set_language("fr")
        for command in commands:
            translate_help(command)
            assert "Utilisation : " in command.get_usage(command.context_class(command))
            assert command.get_help_option(command.context_class(command)).help == "Afficher ce message et quitter."
    finally:
        set_language("en")
    assert english.isdisjoint(text for command in commands for text in messages.helps(command))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("", ""), None),
        (('"{name} failed"', '"{name} broke"'), "no source has '{name} broke'"),
        (("échec de {name}", ""), "not translated: '{name} failed'"),
        (("échec de {name}", "échec de {nom}"), "other values: '{name} failed'"),
        (("{count:,} lignes", "lignes"), "other values: ('{count:,} row', '{count:,} rows')"),
        (("{count:,} lignes", ""), "not translated: ('{count:,} row', '{count:,} rows')"),
        (('msgid "{name}', '#, fuzzy\nmsgid "{name}'), "fuzzy: '{name} failed'"),
        (('msgid "{name} failed"\nmsgstr', '#~ msgid "{name} failed"\n#~ msgstr'), "obsolete: '{name} failed'"),
    ],
)
def test_each_fault_of_a_catalogue_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: tuple[str, str], fault: str | None
) -> None:
    """Missing, unused, fuzzy, obsolete, and other values. An update repairs what needs no translator."""
    path = tmp_path / "messages.po"
    path.write_text(PO.format(entries=FILLED).replace(*change) if change[0] else PO.format(entries=FILLED))
    monkeypatch.setattr(messages, "catalogue_path", lambda package, language: path)
    found = [*messages.faults("one", "fr", EXPECTED)]
    assert any(fault in each for each in found) if fault else found == []
    messages.update("one", "fr", EXPECTED)
    left = [*messages.faults("one", "fr", EXPECTED)]
    assert not any("no source" in each or "obsolete" in each for each in left)
