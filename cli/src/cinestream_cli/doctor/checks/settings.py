"""The check of the settings: unknown and deprecated names, and wrong values."""

import tomllib
from importlib import import_module
from pathlib import Path

from cinestream.commands.streams import TopologySettings
from cinestream.runtime.setting_names import RENAMED
from cinestream.runtime.settings import wrong_settings
from cinestream.runtime.variables import PREFIX, unknown_keys, unknown_variables
from cinestream_cli.doctor.result import Result, failed, joined, ok, warning
from cinestream_cli.doctor.surroundings import Surroundings
from cinestream_flow.message import Message, Plural

_CLASSES = (
    ("cinestream_scraper.settings", "ScraperSettings"),
    ("cinestream_etl.settings", "EtlSettings"),
    ("cinestream_stream_api.settings", "StreamSettings"),
)
"""The settings of the services by module and name, because this command imports no service."""


def settings(surroundings: Surroundings) -> Result:
    """Check each variable that begins with `CINESTREAM_`, and each key of the TOML file."""
    path = surroundings.environment.get(f"{PREFIX}CONFIG", "")
    if path and (error := _file_error(Path(path))):
        unreadable = Message("{path} cannot be read ({error})", path=path, error=error)
        return failed(unreadable, Message("correct it, or do without it"), "unset CINESTREAM_CONFIG")
    unknown = [*unknown_variables(surroundings.environment), *unknown_keys(surroundings.file, path)]
    if unknown:
        cure = Message("correct the names, or remove them")
        return failed(joined(unknown), cure, "; ".join(filter(None, map(_correction, unknown))))
    if wrong := _wrong_values():
        return failed(joined(wrong), Message("correct the values, or remove them"), _unset(wrong, surroundings))
    old = [name for name in RENAMED if surroundings.setting(name)]
    if old:
        pairs = [(f"{PREFIX}{name}".upper(), f"{PREFIX}{RENAMED[name]}".upper()) for name in old]
        found = joined([Message("{old} is now {new}", old=before, new=after) for before, after in pairs])
        command = "; ".join(_rename(*pair) for pair in pairs if pair[0] in surroundings.environment)
        return warning(found, Message("use the new names. The old ones will be removed"), command)
    count = len(surroundings.file) + sum(name.startswith(PREFIX) for name in surroundings.environment)
    return ok(Plural("{count} setting, all known", "{count} settings, all known", count=count))


def _wrong_values() -> list[Message]:
    """Return a message about each wrong value in the environment of this process, for the installed services."""
    found = wrong_settings(TopologySettings)
    for module, name in _CLASSES:
        try:
            found += wrong_settings(getattr(import_module(module), name))
        except ModuleNotFoundError:
            continue  # the service is not installed
    return list(dict.fromkeys(found))


def _unset(wrong: list[Message], surroundings: Surroundings) -> str:
    names = dict.fromkeys(str(message.values.get("name", "")).partition(" ")[0] for message in wrong)
    return " ".join(["unset", *set_names]) if (set_names := [n for n in names if n in surroundings.environment]) else ""


def _file_error(path: Path) -> str:
    try:
        tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        return error.strerror or type(error).__name__
    except ValueError as error:
        return str(error)
    return ""


def _correction(unknown: Message) -> str:
    """Return the shell's line for a wrong variable, or an empty text for a key of the file."""
    name, nearest = unknown.values["name"], unknown.values.get("nearest", "")
    if " " in name:
        return ""
    return _rename(name, nearest) if nearest else f"unset {name}"


def _rename(old: str, new: str) -> str:
    return f'export {new}="${old}"; unset {old}'
