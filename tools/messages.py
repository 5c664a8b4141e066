"""The check of the catalogues of translations against the messages in the sources, and their update.

python tools/messages.py            add new messages without a translation, and remove those that no source has
python tools/messages.py --check    exit with 1 and name everything that is not translated, not used or not alike
"""

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

from cinestream.commands.dead_letters import dead_letters_app
from cinestream.commands.language import LANGUAGES, catalogue_path

CALLS = {"Message": 1, "translate": 1, "_rule": 1, "deferred": 1, "Plural": 2}
"""The calls whose first argument is a message. The second argument of `Plural` is its plural."""
APPS: dict[str, tuple[Any, ...]] = {
    "cinestream_flow": (),
    "cinestream": ("cinestream.commands.declare:app", dead_letters_app("etl")),
    "cinestream_scraper": ("cinestream_scraper.cli.app:app",),
    "cinestream_etl": ("cinestream_etl.commands.app:app",),
    "cinestream_stream_api": ("cinestream_stream_api.commands.app:app",),
    "cinestream_cli": (
        "cinestream_cli.app:app",
        "cinestream_cli.watch.command:app",
        "cinestream_cli.doctor.command:app",
    ),
    "cinestream_demo": ("cinestream_demo.__main__:app", "cinestream_demo.local.app:app"),
    "cinestream_trakt_export": ("cinestream_trakt_export.cli.app:app",),
}
"""The command lines of each package."""
SHARED = ("cinestream_flow", "cinestream")
"""The packages whose catalogues all others use, too. They stand first in `APPS`."""
HEADER = r"""# Texts of {package} by their English. `make messages` adds new ones and removes unused ones.
msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plurals}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
PLURALS = {"fr": "nplurals=2; plural=(n > 1);"}
WIDTH = 110
Id = str | tuple[str, ...]


def messages() -> dict[str, set[Id]]:
    """Return the messages of each package, without those of the shared packages."""
    found: dict[str, set[Id]] = {}
    for package, apps in APPS.items():
        own = {*sources(package), *(text for app in apps for text in helps(command(app)))}
        found[package] = own.difference(*(found[shared] for shared in SHARED if shared in found))
    return found


def sources(package: str) -> Iterator[Id]:
    """Yield the messages in the sources of a package: the texts that are the first arguments of `CALLS`."""
    for path in sorted(Path(importlib.import_module(package).__file__ or "").parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                count = CALLS.get(getattr(node.func, "id", getattr(node.func, "attr", "")), 0)
                texts = [str(arg.value) for arg in node.args[:count] if isinstance(arg, ast.Constant)]
                if len(texts) == count > 0:
                    yield tuple(texts) if count > 1 else texts[0]


def command(app: Any) -> Any:
    """Return the command of an application, or of the name of one."""
    if isinstance(app, str):
        module, _, name = app.partition(":")
        app = getattr(importlib.import_module(module), name)
    return get_command(app)


def helps(command: Any) -> Iterator[str]:
    """Yield the help of a command, of its parameters, and of the commands that it contains."""
    yield from (part.help for part in (command, *command.params) if getattr(part, "help", None))
    for contained in getattr(command, "commands", {}).values():
        yield from helps(contained)


def read(path: Path, language: str) -> Catalog:
    """Read a catalogue. A missing one is empty."""
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def faults(package: str, language: str, expected: set[Id]) -> Iterator[str]:
    """Yield everything that is wrong with the catalogue of a package."""
    catalogue = read(catalogue_path(package, language), language)
    entries = {_id(message.id): message for message in catalogue if message.id}
    where = f"{package}, {language}"
    yield from (f"{where}: no source has {id!r}: run 'make messages'" for id in {*entries} - expected)
    yield from (f"{where}: obsolete: {id!r}: run 'make messages'" for id in catalogue.obsolete)
    for id in expected:
        entry = entries.get(id)
        forms = () if entry is None else entry.string if isinstance(entry.string, tuple) else (entry.string,)
        if entry is None or not forms or not all(forms):
            yield f"{where}: not translated: {id!r}"
        elif entry.fuzzy:
            yield f"{where}: fuzzy: {id!r}"
        elif any(_fields(str(form)) != _fields(id if isinstance(id, str) else id[-1]) for form in forms):
            yield f"{where}: the translation has other values: {id!r}"


def update(package: str, language: str, expected: set[Id]) -> None:
    """Write the catalogue of a package with exactly the expected messages, sorted."""
    path = catalogue_path(package, language)
    old = read(path, language)
    header = HEADER.format(package=package, language=language, plurals=PLURALS[language]).encode()
    new = read_po(BytesIO(header), locale=language)
    for id in expected:
        entry = old.get(id if isinstance(id, str) else id[0])
        new.add(id, entry.string if entry else None, flags={"python-brace-format"} if _fields(id) else ())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(header)
        write_po(file, new, width=WIDTH, omit_header=True, sort_output=True)


def main(arguments: Iterable[str]) -> int:
    """Check or update the catalogues. Return the exit code."""
    languages = [language for language in LANGUAGES if language != "en"]
    wanted = [(package, language, ids) for package, ids in messages().items() for language in languages]
    if "--check" not in arguments:
        for each in wanted:
            update(*each)
    found = [fault for each in wanted for fault in faults(*each)]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


def _id(id: Any) -> Id:
    return id if isinstance(id, str) else tuple(id)


def _fields(text: Id) -> set[str]:
    """Return the names of the values of a template."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text if isinstance(text, str) else text[-1]) if name}
    except ValueError:  # a help with a brace is no template
        return set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
