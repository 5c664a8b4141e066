"""The settings of stream-api that have a new name."""

import pytest

from cinestream.runtime.renamed import warn_renamed
from cinestream.runtime.settings import load_settings
from cinestream_stream_api.settings import StreamSettings


def test_the_push_interval_is_still_read_by_its_old_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old variable has the same effect, and one log line names the new one."""
    warn_renamed.cache_clear()
    monkeypatch.setenv("CINESTREAM_STREAM_TICK_MS", "40")
    assert load_settings(StreamSettings).stream_push_interval_ms == 40
    assert "CINESTREAM_STREAM_PUSH_INTERVAL_MS" in "".join(capsys.readouterr())


def test_two_different_push_intervals_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If the old and the new name differ, the service does not start."""
    monkeypatch.setenv("CINESTREAM_STREAM_TICK_MS", "40")
    monkeypatch.setenv("CINESTREAM_STREAM_PUSH_INTERVAL_MS", "50")
    with pytest.raises(SystemExit) as exit:
        load_settings(StreamSettings)
    assert exit.value.code == 2
    assert "CINESTREAM_STREAM_TICK_MS" in capsys.readouterr().err
