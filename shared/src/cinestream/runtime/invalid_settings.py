"""Messages about invalid settings."""

import os
import re

from pydantic_settings import BaseSettings

from cinestream.runtime.renamed import old_names

_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*(?=@)")


def describe(settings: type[BaseSettings], loc: tuple[int | str, ...], message: str, value: object) -> str:
    """Return the message about a wrong setting: the key for settings with sections, the variable for all others.

    It contains the value, unless that is a secret. pydantic's message may quote the value too, so all is masked.
    """
    if settings.model_config.get("env_nested_delimiter"):
        return masked(f"{'.'.join(str(part) for part in loc)}: {message}")
    name = (settings.model_config.get("env_prefix") or "") + "_".join(str(part) for part in loc[:1]).upper()
    secret = "password" in name.lower() or "token" in name.lower()
    return masked(f"{name}: {message}" + ("" if secret else f" (got {value!r})"))


def unknown_variables(settings: type[BaseSettings]) -> list[str]:
    """Return the variables that have the prefix of settings with sections, but belong to none of the sections.

    pydantic checks the names inside of a section. Settings without sections share their prefix with other programs,
    so unknown variables are ignored.
    """
    delimiter = settings.model_config.get("env_nested_delimiter")
    if not delimiter:
        return []
    prefix = settings.model_config.get("env_prefix") or ""
    names = (*settings.model_fields, *old_names(settings).values())
    known = {file_variable(settings), *(f"{prefix}{name}".upper() for name in names)}
    mine = (name for name in sorted(os.environ) if name.startswith(prefix))
    return [name for name in mine if name not in known and prefix + _first(name, prefix, delimiter) not in known]


def _first(name: str, prefix: str, delimiter: str) -> str:
    return name.removeprefix(prefix).partition(delimiter)[0]


def file_variable(settings: type[BaseSettings]) -> str:
    """Return the name of the variable that names the TOML file."""
    return f"{settings.model_config.get('env_prefix') or ''}CONFIG"


def masked(text: str) -> str:
    """Return a text without the user names and passwords in its addresses."""
    return _CREDENTIALS.sub("***", text)
