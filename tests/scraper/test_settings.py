"""The settings of the scraper that have a new name."""

import pytest

from cinestream.runtime.settings import load_settings
from cinestream_scraper.settings import ScraperSettings

RENAMED = [
    ("SCRAPER_BLOCK", "SCRAPER_BLOCK_RESOURCES", "false", False),
    ("SCRAPER_TRIES", "SCRAPER_MAX_ATTEMPTS", "7", 7),
    ("SCRAPER_FRESH_FOR", "SCRAPER_FRESHNESS_TTL", "2h", 7200.0),
]


@pytest.mark.parametrize(("old", "new", "text", "value"), RENAMED)
def test_an_old_name_is_still_read(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], old: str, new: str, text: str, value: object
) -> None:
    """One log line names the old and the new name."""
    monkeypatch.setenv(f"CINESTREAM_{old}", text)
    assert getattr(load_settings(ScraperSettings), new.lower()) == value
    (line,) = capfd.readouterr().err.splitlines()
    assert f"CINESTREAM_{old}" in line
    assert f"CINESTREAM_{new}" in line


@pytest.mark.parametrize(("old", "new", "text", "value"), RENAMED)
def test_a_new_name_is_read_without_a_warning(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], old: str, new: str, text: str, value: object
) -> None:
    """The new name means the same."""
    monkeypatch.setenv(f"CINESTREAM_{new}", text)
    assert getattr(load_settings(ScraperSettings), new.lower()) == value
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("old", "new", "text", "value"), RENAMED)
def test_names_that_contradict_each_other_are_refused(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], old: str, new: str, text: str, value: object
) -> None:
    """Both names are set, and differ."""
    monkeypatch.setenv(f"CINESTREAM_{old}", text)
    monkeypatch.setenv(f"CINESTREAM_{new}", {"false": "true", "7": "8", "2h": "3h"}[text])
    with pytest.raises(SystemExit) as exit:
        load_settings(ScraperSettings)
    assert exit.value.code == 2
    assert f"CINESTREAM_{old}" in capfd.readouterr().err
