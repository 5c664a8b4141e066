"""Writes the generated references: settings, metrics and topology, from the code that declares them.

python tools/references.py            write them
python tools/references.py --check    exit 1, naming the files, if any is out of date
"""

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import REGISTRY
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from cinestream.bus import topology
from cinestream.bus.declare import TopologySettings
from cinestream.runtime.settings import PREFIX, BusSettings, CommonSettings, ServiceSettings
from cinestream_demo.local.settings import LocalSettings
from cinestream_etl.settings import EtlSettings, ToneSettings
from cinestream_scraper.settings import ScraperSettings
from cinestream_stream_api.settings import StreamSettings
from cinestream_trakt_export.settings import PREFIX as TRAKT_PREFIX
from cinestream_trakt_export.settings import OpsSettings, TraktSettings

ROOT = Path(__file__).resolve().parent.parent
METRICS = (
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
    ("`cinestream-trakt export` with `--every` or `--cron` (all else in [docs/trakt.md](docs/trakt.md))", OpsSettings),
    ("`cinestream-topology`", TopologySettings),
    ("`cinestream-run` (`make run`)", LocalSettings),
)


def settings_table(settings: type[CommonSettings]) -> str:
    """The settings that this class adds or changes, as a Markdown table."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    inherited = {
        name: field for base in settings.__bases__ for name, field in getattr(base, "model_fields", {}).items()
    }
    for name, field in settings.model_fields.items():
        if name in inherited and repr(inherited[name]) == repr(field):
            continue
        rows.append(f"| `{PREFIX}{name.upper()}` | {_default(field)} | {field.description} |")
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


def all_settings() -> str:
    """Every setting, by who reads it."""
    return "\n".join(f"**{title}**\n\n{settings_table(settings)}" for title, settings in SETTINGS)


def trakt_table(section: type[BaseModel] = TraktSettings, path: str = "") -> str:
    """The keys of the exporter's file, section by section, as a Markdown table."""
    rows = [] if path else ["| key | variable | default | meaning |", "|---|---|---|---|"]
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            rows.append(trakt_table(field.annotation, f"{path}{name}."))
        else:
            variable = f"{TRAKT_PREFIX}{path}{name}".replace(".", "__").upper()
            rows.append(f"| `{path}{name}` | `{variable}` | {_default(field)} | {field.description} |")
    return "\n".join(rows)


def metrics_table() -> str:
    """Every metric that a service exports, as a Markdown table."""
    for module in METRICS:
        importlib.import_module(module)
    rows = ["| metric | type | meaning |", "|---|---|---|"]
    families = {family.name: family for family in REGISTRY.collect() if family.name.startswith("cinestream_")}
    for name, family in sorted(families.items()):
        suffix = "_total" if family.type == "counter" else ""
        rows.append(f"| `{name}{suffix}` | {family.type} | {family.documentation} |")
    return "\n".join(rows) + "\n"


def between(text: str, name: str, content: str) -> str:
    """The text with what stands between the markers of `name` replaced."""
    start, end = f"<!-- generated: {name} -->\n", f"<!-- end: {name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"the markers of {name!r} are missing")
    return f"{before}{start}\n{content}\n{end}{after}"


def references() -> Iterable[tuple[Path, str]]:
    """Each generated file and what it should hold."""
    readme, architecture = ROOT / "README.md", ROOT / "ARCHITECTURE.md"
    yield readme, between(readme.read_text(), "settings", all_settings())
    yield architecture, between(architecture.read_text(), "topology", topology.table())
    title = "# Metrics\n\nGenerated from the code by `make docs`. Each service exports its own at `/metrics`.\n\n"
    yield ROOT / "docs" / "reference" / "metrics.md", title + metrics_table()
    trakt = ROOT / "docs" / "trakt.md"
    yield trakt, between(trakt.read_text(), "settings", trakt_table())


def main() -> int:
    """Write or check."""
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
