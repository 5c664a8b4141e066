"""Settings that have a new name and accept their old one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from cinestream.runtime.renamed import warn_renamed
from cinestream.runtime.settings import CommonSettings, load_settings, print_settings, renamed
from tools import references

OLD, NEW = "CINESTREAM_TEST_HANDS", "CINESTREAM_TEST_CONCURRENCY"


class Example(CommonSettings):
    """Settings of which two were renamed."""

    test_concurrency: int = renamed(16, old="test_hands", ge=1, description="Pages processed at once")
    test_password: SecretStr = renamed(SecretStr(""), old="test_secret", description="A password")


@pytest.fixture(autouse=True)
def _forget_warnings() -> Iterator[None]:
    warn_renamed.cache_clear()
    yield
    structlog.reset_defaults()


def write_toml(path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a settings file and set the variable that names it."""
    path.write_text(text)
    monkeypatch.setenv("CINESTREAM_CONFIG", str(path))


def refused(capsys: pytest.CaptureFixture[str], settings: type[BaseSettings] = Example) -> str:
    """Return the message of settings that are refused."""
    with pytest.raises(SystemExit) as stopped:
        load_settings(settings)  # type: ignore[type-var]
    assert stopped.value.code == 2
    return capsys.readouterr().err


def test_old_variable_works_and_one_warning_names_both(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old variable sets the field, and one line on stderr names the old and the new variable."""
    monkeypatch.setenv(OLD, "3")
    assert load_settings(Example).test_concurrency == 3
    assert load_settings(Example).test_concurrency == 3
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert OLD in line
    assert NEW in line
    assert "warning" in line


def test_warning_uses_the_configured_log_format(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The warning is a JSON line where logs are JSON."""
    monkeypatch.setenv(OLD, "3")
    monkeypatch.setenv("CINESTREAM_LOG_FORMAT", "json")
    load_settings(Example)
    assert f'"new": "{NEW}"' in capsys.readouterr().err


def test_old_toml_key_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old key of the file sets the field and is named by the warning."""
    write_toml(tmp_path / "c.toml", "test_hands = 4\n", monkeypatch)
    assert load_settings(Example).test_concurrency == 4
    error = capsys.readouterr().err
    assert f"test_hands in {tmp_path / 'c.toml'}" in error


def test_new_name_gives_no_warning(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The new variable alone is read without a warning."""
    monkeypatch.setenv(NEW, "5")
    assert load_settings(Example).test_concurrency == 5
    assert capsys.readouterr().err == ""


def test_equal_values_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both names may be set to the same value, however it is written."""
    monkeypatch.setenv(OLD, "6")
    monkeypatch.setenv(NEW, "06")
    assert load_settings(Example).test_concurrency == 6
    monkeypatch.delenv(NEW)
    write_toml(tmp_path / "c.toml", "test_concurrency = 6\n", monkeypatch)
    assert load_settings(Example).test_concurrency == 6


def test_different_values_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Different values are an error with code 2 that names both, in the environment, in the file, or across the two."""
    monkeypatch.setenv(OLD, "6")
    monkeypatch.setenv(NEW, "7")
    error = refused(capsys)
    assert OLD in error
    assert NEW in error
    monkeypatch.delenv(OLD)
    write_toml(tmp_path / "c.toml", "test_hands = 6\n", monkeypatch)
    error = refused(capsys)
    assert "test_hands in" in error
    assert NEW in error
    monkeypatch.delenv(NEW)
    write_toml(tmp_path / "c.toml", "test_hands = 6\ntest_concurrency = 7\n", monkeypatch)
    error = refused(capsys)
    assert "test_hands in" in error
    assert "test_concurrency in" in error


def test_empty_variables_count_as_unset(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty variable, as docker compose passes one through, is unset by either name."""
    monkeypatch.setenv(OLD, "")
    monkeypatch.setenv(NEW, "7")
    assert load_settings(Example).test_concurrency == 7
    monkeypatch.setenv(NEW, "")
    assert load_settings(Example).test_concurrency == 16
    assert capsys.readouterr().err == ""
    monkeypatch.setenv(OLD, "8")
    assert load_settings(Example).test_concurrency == 8


def test_wrong_value_by_the_old_name_names_both(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong value that was set by the old name is reported with both names."""
    monkeypatch.setenv(OLD, "0")
    error = refused(capsys)
    assert OLD in error
    assert NEW in error


def test_conflict_of_secrets_shows_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error about two different secrets shows neither."""
    monkeypatch.setenv("CINESTREAM_TEST_SECRET", "first-secret")
    monkeypatch.setenv("CINESTREAM_TEST_PASSWORD", "other-secret")
    error = refused(capsys)
    assert "CINESTREAM_TEST_SECRET" in error
    assert "first-secret" not in error
    assert "other-secret" not in error


def test_check_prints_the_new_name_and_the_reference_names_both(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` prints the new name only. The generated reference gives the old name as the former one."""
    monkeypatch.setenv(OLD, "3")
    settings = load_settings(Example)
    capsys.readouterr()
    print_settings(settings)
    output = capsys.readouterr().out
    assert f"{NEW}=3" in output
    assert OLD not in output
    assert f"| `{NEW}` | `16` | Pages processed at once (formerly `{OLD}`) |" in references.settings_table(Example)


def test_the_new_name_of_a_toml_key_is_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The warning about a key of the file gives the new key, because the file does not read variables."""
    write_toml(tmp_path / "c.toml", "test_hands = 4\n", monkeypatch)
    load_settings(Example)
    error = capsys.readouterr().err
    assert f"test_concurrency in {tmp_path / 'c.toml'}" in error
    assert NEW not in error


def test_an_old_name_beside_the_new_one_is_to_be_removed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The warning asks to remove the old name if both are set to the same value."""
    monkeypatch.setenv(OLD, "6")
    monkeypatch.setenv(NEW, "6")
    load_settings(Example)
    assert f"remove {OLD}" in capsys.readouterr().err


def test_a_conflict_is_reported_together_with_other_errors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One start reports every wrong setting, conflicts included."""
    monkeypatch.setenv(OLD, "6")
    monkeypatch.setenv(NEW, "7")
    monkeypatch.setenv("CINESTREAM_LOG_LEVEL", "loud")
    error = refused(capsys)
    assert OLD in error
    assert "CINESTREAM_LOG_LEVEL" in error
