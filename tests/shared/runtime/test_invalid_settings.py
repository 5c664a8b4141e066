"""Messages about invalid values of all settings of all distributions."""

import itertools
import re
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from tools.references import settings_classes

from cinestream.runtime.settings import FileSettings, ServiceSettings, load_settings
from cinestream_scraper.settings import ScraperSettings
from cinestream_stream_api.settings import StreamSettings

CLASSES = [settings for settings in settings_classes() if settings.model_fields]
WRONG = ("\N{SNOWMAN}", "-1", "1e999", "a b", "9" * 30, "[1", "tls:/x")
MACHINE_ENGLISH = re.compile(r"Input should|String should|Value error|pydantic|\^|\\|Traceback|Annotated|errors\.")


def refused(capsys: pytest.CaptureFixture[str], settings: type[FileSettings]) -> list[str]:
    """Return the messages about settings that are refused with code 2."""
    with pytest.raises(SystemExit, match="2"):
        load_settings(settings)
    return capsys.readouterr().err.splitlines()


def variables(settings: type[BaseModel], path: str) -> dict[str, FieldInfo]:
    """Return the field of each variable, also of those inside of sections."""
    found: dict[str, FieldInfo] = {}
    for name, field in settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= variables(field.annotation, f"{path}{name}__")
        else:
            found[f"{path}{name}".upper()] = field
    return found


@pytest.mark.parametrize("settings", CLASSES, ids=lambda settings: settings.__name__)
def test_every_setting_has_readable_errors(
    settings: type[FileSettings], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each wrong value gives one line per fault that begins with the variable, without a regular expression."""
    fields = variables(settings, str(settings.model_config.get("env_prefix") or ""))
    for value in WRONG:
        for variable in fields:
            monkeypatch.setenv(variable, value)
        for line in refused(capsys, settings):
            assert not MACHINE_ENGLISH.search(line.replace("CINESTREAM_", "")), line
    for variable in fields:
        monkeypatch.delenv(variable)


@pytest.mark.parametrize("settings", CLASSES, ids=lambda settings: settings.__name__)
def test_every_pattern_has_an_example(settings: type[FileSettings]) -> None:
    """The example is one that the pattern accepts."""
    for name, field in variables(settings, "").items():
        patterns = [part for part in field.metadata if getattr(part, "pattern", None)]
        if patterns:
            assert field.examples, name
        for pattern, example in itertools.product(patterns, field.examples or ()):
            TypeAdapter(Annotated[str, pattern]).validate_python(example)


@pytest.mark.parametrize(
    ("settings", "name", "value", "text"),
    [
        (ServiceSettings, "NATS_URL", "localhost:4222", "expected a value like nats://127.0.0.1:4222"),
        (ServiceSettings, "NATS_URL", "nats://a:b", "expected a value like nats://127.0.0.1:4222"),
        (ServiceSettings, "LOG_LEVEL", "loud", "expected one of debug, info, warning, error (got 'loud')"),
        (StreamSettings, "STREAM_PORT", "http", "expected a whole number like 3000 (got 'http')"),
        (StreamSettings, "STREAM_PORT", "0", "expected at least 1 (got '0')"),
        (StreamSettings, "STREAM_PORT", "70000", "expected at most 65535 (got '70000')"),
        (StreamSettings, "STREAM_TRUSTED_PROXIES", "10.0.0.0/99", "expected an address or a network like 10.0.0.0/8"),
        (ScraperSettings, "SCRAPER_OBEY_ROBOTS", "maybe", "expected true or false (got 'maybe')"),
        (ScraperSettings, "SCRAPER_RATE", "fast", "expected a number like 1.0 (got 'fast')"),
        (ScraperSettings, "SCRAPER_RATE", "inf", "expected a number like 1.0 (got 'inf')"),
        (ScraperSettings, "SCRAPER_PAGE_DEADLINE", "0", "expected more than 0 (got '0')"),
        (ScraperSettings, "SCRAPER_PAGE_DEADLINE", "soon", "'soon' is not a duration: write 90, 30m or 24h"),
        (ScraperSettings, "IMDB_URL", "www.imdb.com", "expected a value like https://www.imdb.com"),
    ],
)
def test_errors_have_an_example(
    settings: type[FileSettings],
    name: str,
    value: str,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The message begins with the variable, and shows the value that it got."""
    monkeypatch.setenv(f"CINESTREAM_{name}", value)
    (line,) = refused(capsys, settings)
    assert line.startswith(f"CINESTREAM_{name}: {text}")


def test_a_wrong_value_of_the_file_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The key has the name that it has in the file."""
    file = tmp_path / "cinestream.toml"
    monkeypatch.setenv("CINESTREAM_CONFIG", str(file))
    file.write_text("log_level = 3\n")
    assert refused(capsys, ServiceSettings) == [
        f"log_level in {file}: expected one of debug, info, warning, error (got 3)"
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("log_level = debug", "is not TOML (Invalid value (at line 1, column 13)). Write one setting per line"),
        ('log_level = "\N{LATIN SMALL LETTER E WITH ACUTE}"'.encode("latin-1"), "is not TOML ('utf-8' codec"),
        (None, "there is no file"),
        ("", "cannot be read (Is a directory)"),
    ],
)
def test_an_unreadable_file_is_named(
    content: str | bytes | None,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The message names the variable, the file and the place, with an example of a line."""
    file = tmp_path / "cinestream.toml"
    if content == "":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.setenv("CINESTREAM_CONFIG", str(file))
    (line,) = refused(capsys, ServiceSettings)
    assert line.startswith("CINESTREAM_CONFIG: ")
    assert str(file) in line
    assert text in line


def test_a_wrong_secret_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the value of a secret nor the password in an address is printed."""
    file = tmp_path / "cinestream.toml"
    file.write_text("nats_password = 12345\n")
    monkeypatch.setenv("CINESTREAM_CONFIG", str(file))
    monkeypatch.setenv("CINESTREAM_NATS_URL", "http://me:hush@nats:4222")
    error = "\n".join(refused(capsys, ServiceSettings))
    assert "12345" not in error
    assert "hush" not in error
    assert f"nats_password in {file}: expected a text in quotes" in error


def test_a_hostile_value_or_name_cannot_fill_or_control_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A long value is cut, and escape sequences are removed."""
    monkeypatch.setenv("CINESTREAM_LOG_LEVEL", "x" * 100_000)
    monkeypatch.setenv("CINESTREAM_\x1b[31mRED", "1")
    lines = refused(capsys, ServiceSettings)
    assert len(lines) == 2
    assert all(line.isprintable() and len(line) < 400 for line in lines)
