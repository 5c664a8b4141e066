"""The file of the position."""

import os
from pathlib import Path

import pytest
import typer

from cinestream_cli.watch.cursor import Cursor
from cinestream_cli.watch.request import WatchRequest
from cinestream_flow.errors import Invalid

URL = "http://localhost:3000/api/movies/stream"
DRAMAS = WatchRequest(URL, (("genre", "Drama"),))


def stored(path: Path) -> Cursor:
    """Return a cursor with a position in its file."""
    cursor = Cursor(path, DRAMAS)
    cursor.move("epoch-7", at_rest=True)
    return cursor


def test_the_next_run_continues(tmp_path: Path) -> None:
    """The position is that of the last event, with the same stream and another start."""
    stored(tmp_path / "cursor").unlock()
    again = Cursor(tmp_path / "cursor", WatchRequest(URL, DRAMAS.filters, (("replay", "5"),)))
    assert again.last_id == "epoch-7"


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (WatchRequest(URL), "genre=Drama"),
        (WatchRequest(URL, (("genre", "Crime"),)), "genre=Crime"),
        (WatchRequest("http://other/api/movies/stream", DRAMAS.filters), "http://other"),
    ],
)
def test_another_stream_needs_another_file(tmp_path: Path, request_: WatchRequest, named: str) -> None:
    """Other filters or another server are refused, with both streams and the cure. The file is unchanged."""
    stored(tmp_path / "cursor").unlock()
    before = (tmp_path / "cursor").read_bytes()
    with pytest.raises(Invalid, match="delete this one to start anew") as error:
        Cursor(tmp_path / "cursor", request_)
    assert named in str(error.value)
    assert (tmp_path / "cursor").read_bytes() == before


@pytest.mark.parametrize("content", [b"[]", b"{}", b'"x"', b"\xff", b'{"id":"a\\nb"}', b'{"id":7}'])
def test_another_file_is_no_cursor(tmp_path: Path, content: bytes) -> None:
    """A file with other content is named and kept."""
    (tmp_path / "films.csv").write_bytes(content)
    with pytest.raises(Invalid, match=r"films.csv is no cursor file"):
        Cursor(tmp_path / "films.csv", DRAMAS)
    assert (tmp_path / "films.csv").read_bytes() == content


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that a link names gets the position."""
    (tmp_path / "link").symlink_to(tmp_path / "cursor")
    stored(tmp_path / "link").unlock()
    assert (tmp_path / "link").is_symlink()
    assert Cursor(tmp_path / "cursor", DRAMAS).last_id == "epoch-7"


def test_a_pipe_is_no_cursor(tmp_path: Path) -> None:
    """A file of another kind is refused at once and kept."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Invalid, match="pipe is no cursor file"):
        Cursor(tmp_path / "pipe", DRAMAS)
    assert (tmp_path / "pipe").is_fifo()


def test_no_password_of_an_address_is_stored(tmp_path: Path) -> None:
    """Everybody may read the file."""
    cursor = Cursor(tmp_path / "cursor", WatchRequest("http://user:pass@localhost:3000/api/movies/stream"))
    cursor.move("epoch-7", at_rest=True)
    assert b"pass" not in (tmp_path / "cursor").read_bytes()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The command does not start and fail at the first film."""
    with pytest.raises(Invalid, match="no folder"):
        Cursor(tmp_path / "missing" / "cursor", DRAMAS)


def test_two_processes_cannot_share_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second one exits with 4, before the first position and after the file was replaced by a later one."""
    first = Cursor(tmp_path / "cursor", DRAMAS)
    for position in ("epoch-7", "epoch-8"):
        with pytest.raises(typer.Exit) as end:
            Cursor(tmp_path / "cursor", DRAMAS)
        assert end.value.exit_code == 4
        first.move(position, at_rest=True)
    assert "is used by another" in capsys.readouterr().err
    first.unlock()
    assert Cursor(tmp_path / "cursor", DRAMAS).last_id == "epoch-8"


def test_a_burst_of_films_writes_the_file_once(tmp_path: Path) -> None:
    """Positions of a burst are stored together, and the last one when the stream is at rest."""
    cursor = stored(tmp_path / "cursor")
    for number in range(8, 20):
        cursor.move(f"epoch-{number}", at_rest=False)
    assert b"epoch-7" in (tmp_path / "cursor").read_bytes()
    cursor.store()
    assert b"epoch-19" in (tmp_path / "cursor").read_bytes()
