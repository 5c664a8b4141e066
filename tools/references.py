"""Generator of the references: settings and their names, metrics and topology, from the code that declares them.

python tools/references.py            write the documents
python tools/references.py --check    exit with 1 and name the documents that are out of date
"""

import ast
import importlib
import inspect
import itertools
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer
from prometheus_client import REGISTRY
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from cinestream.bus import topology
from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.streams import TopologySettings
from cinestream.runtime.renamed import old_names
from cinestream.runtime.settings import PREFIX, BusSettings, CommonSettings, FileSettings, ServiceSettings
from cinestream_cli.watch.settings import WatchSettings
from cinestream_demo.__main__ import app as demo_site
from cinestream_demo.local.settings import LocalSettings
from cinestream_etl.settings import EtlSettings, ToneSettings
from cinestream_scraper.settings import ScraperSettings
from cinestream_stream_api.settings import StreamSettings
from cinestream_trakt_export.settings import PREFIX as TRAKT_PREFIX
from cinestream_trakt_export.settings import OpsSettings, TraktSettings

ROOT = Path(__file__).resolve().parent.parent
METRICS = (
    "cinestream.runtime.http.connections",
    "cinestream_scraper.metrics",
    "cinestream_etl.metrics",
    "cinestream_stream_api.metrics",
    "cinestream_trakt_export.metrics",
)
SETTINGS: tuple[tuple[str, type[CommonSettings]], ...] = (
    ("Every command", CommonSettings),
    ("Every command that reaches NATS", BusSettings),
    ("Every service", ServiceSettings),
    ("`cinestream-scraper`", ScraperSettings),
    ("`cinestream-etl`", EtlSettings),
    ("`cinestream-etl` and its commands `parse`, `reprocess` and `tone`", ToneSettings),
    ("`cinestream-stream-api`", StreamSettings),
    ("`cinestream-trakt export` with `--every` or `--cron`", OpsSettings),
    ("`cinestream-topology`", TopologySettings),
    ("`cinestream-run` (`make run`)", LocalSettings),
    ("`cinestream watch`", WatchSettings),
)

_SETTINGS_CLASS = re.compile(r"^class (\w+)\([^)]*Settings\b[^)]*\):", re.MULTILINE)
SETTINGS_INTRODUCTION = """# Settings

Generated from the code by `make docs`.

Set an environment variable, or write the setting into the TOML file that `CINESTREAM_CONFIG` names.
In the file, a setting has the name of its variable in lower case and without `CINESTREAM_`.
Environment variables override the TOML file, and the file overrides the defaults.
All invalid settings are reported together, each with an example of a valid value.
A variable that begins with `CINESTREAM_`, or a key of the file, that no program knows is refused with the nearest name.
All programs and docker compose may share one `.env`, because each program knows the names of all others.
With `--check`, a service, `cinestream-topology` and `cinestream-run` print their effective settings, secrets masked.

The demo site reads environment variables only, and has command options of the same meaning.
The settings of the Trakt exporter are in [docs/trakt.md](../trakt.md#settings).
"""

EXIT_CODES_INTRODUCTION = """# Exit codes

Generated from the code by `make docs`.

All commands end with one of these codes: `cinestream` and its subcommands, the commands of the services,
`cinestream-topology`, `cinestream-run` and `cinestream-demo-site`. The reason of every code except 0 and 130 is on
stderr, or in the output.

A service ends with 0 after SIGTERM or Ctrl-C, because both stop it in order. So do `cinestream-run` and
`cinestream-demo-site`. Ctrl-C ends every other command with 130.

"""


def settings_table(settings: type[CommonSettings]) -> str:
    """Return the settings that a class adds to its bases or changes, as a Markdown table."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    inherited = {
        name: field for base in settings.__bases__ for name, field in getattr(base, "model_fields", {}).items()
    }
    old = old_names(settings)
    for name, field in settings.model_fields.items():
        if name in inherited and repr(inherited[name]) == repr(field):
            continue
        former = f" (formerly `{PREFIX}{old[name].upper()}`)" if name in old else ""
        rows.append(f"| `{PREFIX}{name.upper()}` | {_default(field)} | {field.description}{former} |")
    return "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    if field.default_factory is list:
        return ""
    if field.default_factory is not None:
        return "from the machine"
    value = sorted(field.default) if isinstance(field.default, frozenset) else field.default
    if isinstance(value, SecretStr) or value in (None, "", []):
        return ""
    return f"`{value}`"


def settings_page() -> str:
    """Return the document of all settings, with one table for each group of commands that reads them."""
    tables = [(title, settings_table(settings)) for title, settings in SETTINGS]
    tables.append(("`cinestream-demo-site`", options_table(demo_site)))
    return SETTINGS_INTRODUCTION + "".join(f"\n## {title}\n\n{table}" for title, table in tables)


def options_table(app: typer.Typer) -> str:
    """Return the options of a command that can be given as environment variables, as a Markdown table."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for option in options(app):
        meaning = getattr(option, "help", "").rstrip(".")
        rows.append(f"| `{option.envvar}` | `{option.default}` | {meaning} |")
    return "\n".join(rows) + "\n"


def options(app: typer.Typer) -> list[Any]:
    """Return the options of a command that can be given as environment variables."""
    return [option for option in typer.main.get_command(app).params if option.envvar]


def trakt_table(section: type[BaseModel] = TraktSettings, path: str = "") -> str:
    """Return the keys of the exporter's TOML file, section by section, as a Markdown table."""
    rows = [] if path else ["| key | variable | default | meaning |", "|---|---|---|---|"]
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            rows.append(trakt_table(field.annotation, f"{path}{name}."))
        else:
            variable = f"{TRAKT_PREFIX}{path}{name}".replace(".", "__").upper()
            rows.append(f"| `{path}{name}` | `{variable}` | {_default(field)} | {field.description} |")
    return "\n".join(rows)


def settings_classes() -> list[type[FileSettings]]:
    """Return all classes of settings in all distributions."""
    found: list[type[FileSettings]] = []
    for path in sorted(ROOT.glob("**/src/cinestream*/**/*.py")):
        if ".venv" not in path.parts and (names := _SETTINGS_CLASS.findall(path.read_text())):
            module = importlib.import_module(".".join(path.with_suffix("").parts[path.parts.index("src") + 1 :]))
            found += [getattr(module, name) for name in names]
    return [found_class for found_class in found if issubclass(found_class, FileSettings)]


def setting_names() -> str:
    """Return the module with the names of all settings."""
    names, old, sections = set[str](), dict[str, str](), set[str]()
    for settings in settings_classes():
        own = f"{settings.model_config.get('env_prefix', '')}".removeprefix(PREFIX).lower()
        is_sections = bool(settings.model_config.get("env_nested_delimiter"))
        (sections if is_sections else names).update(f"{own}{name}" for name in settings.model_fields)
        old |= {former: name for name, former in old_names(settings).items()}
    names |= {option.envvar.removeprefix(PREFIX).lower() for option in options(demo_site)}
    return "\n".join(
        (
            '"""The names of all settings, in lower case and without prefix. `make docs` generates them."""\n',
            _tuple("SETTINGS", names),
            "RENAMED = {",
            *(f'    "{former}": "{name}",' for former, name in sorted(old.items())),
            "}",
            '"""The new name of each old one."""\n',
            _tuple("SECTIONS", sections) + '"""The sections of the Trakt exporter\'s settings."""\n',
        )
    )


def _tuple(name: str, values: Iterable[str]) -> str:
    return "\n".join((f"{name} = (", *(f'    "{value}",' for value in sorted(values)), ")", ""))


def metrics_table() -> str:
    """Return every metric that a service exports, as a Markdown table."""
    for module in METRICS:
        importlib.import_module(module)
    rows = ["| metric | type | meaning |", "|---|---|---|"]
    families = {family.name: family for family in REGISTRY.collect() if family.name.startswith("cinestream_")}
    for name, family in sorted(families.items()):
        suffix = "_total" if family.type == "counter" else ""
        rows.append(f"| `{name}{suffix}` | {family.type} | {family.documentation} |")
    return "\n".join(rows) + "\n"


def exit_codes_table() -> str:
    """Return the exit codes and their meanings, which are the texts below the members, as a Markdown table."""
    (declaration,) = (node for node in ast.parse(inspect.getsource(ExitCode)).body if isinstance(node, ast.ClassDef))
    rows = ["| code | meaning |", "|---|---|"]
    for member, text in itertools.pairwise(declaration.body):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            meaning = " ".join(str(text.value.value).split())
            rows.append(f"| {ExitCode[ast.unparse(member.targets[0])]:d} | {meaning} |")
    return "\n".join(rows) + "\n"


def between(text: str, name: str, content: str) -> str:
    """Return the text with the part between the markers of `name` replaced.

    Raises:
        SystemExit: a marker is missing.
    """
    start, end = f"<!-- generated: {name} -->\n", f"<!-- end: {name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"the markers of {name!r} are missing")
    return f"{before}{start}\n{content}\n{end}{after}"


def references() -> Iterable[tuple[Path, str]]:
    """Yield each generated file and its content."""
    architecture = ROOT / "ARCHITECTURE.md"
    yield architecture, between(architecture.read_text(), "topology", topology.table())
    yield ROOT / "docs" / "reference" / "settings.md", settings_page()
    yield ROOT / "shared" / "src" / "cinestream" / "runtime" / "setting_names.py", setting_names()
    yield ROOT / "docs" / "reference" / "exit-codes.md", EXIT_CODES_INTRODUCTION + exit_codes_table()
    title = "# Metrics\n\nGenerated from the code by `make docs`. Each service exports its own at `/metrics`.\n\n"
    yield ROOT / "docs" / "reference" / "metrics.md", title + metrics_table()
    trakt = ROOT / "docs" / "trakt.md"
    yield trakt, between(trakt.read_text(), "settings", trakt_table())


def main() -> int:
    """Write the documents, or check them. Return the exit code."""
    stale = []
    for path, content in references():
        if not path.exists() or path.read_text() != content:
            stale.append(str(path.relative_to(ROOT)))
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"out of date, run 'make docs': {', '.join(stale)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
