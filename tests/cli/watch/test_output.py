"""The lines that `cinestream watch` prints."""

import json
from typing import Any

import httpx2
import pytest
from rich.cells import cell_len

from cinestream_cli.watch.backoff import Backoff
from cinestream_cli.watch.columns import film_line
from cinestream_cli.watch.output import Columns, JsonLines

FILM: dict[str, Any] = {
    "id": "tt0111161",
    "title": "The Shawshank Redemption",
    "year": "1994",
    "rating": 9.3,
    "director": ["Frank Darabont", "Someone Else"],
    "sentiment_analysis": {"plot_tone": "Hopeful"},
}


def event(name: str, data: object, id: str = "epoch-1") -> httpx2.ServerSentEvent:
    """Return an event of a stream."""
    return httpx2.ServerSentEvent(event=name, data=json.dumps(data), id=id)


def test_a_film_is_a_line_of_columns() -> None:
    """Title, year, rating, the first director with the number of others, and tone."""
    words = film_line(FILM, 100).plain.split()
    assert words == ["The", "Shawshank", "Redemption", "1994", "9.3", "Frank", "Darabont", "+1", "Hopeful"]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(
    "title", ["a" * 300, "七人の侍" * 20, "x\x1b]52;c;Zm9v\x07\x1b[2J\r\ny", "\u202eabc\u2028d", "👨‍👩‍👧‍👦" * 30, ""]
)
def test_a_line_stays_a_line(title: str, width: int) -> None:
    """Long, wide and hostile titles neither break the line nor reach the terminal as control characters."""
    line = film_line(FILM | {"title": title}, width)
    assert line.plain.isprintable()
    assert cell_len(line.plain) <= width


def test_unknown_values_are_blank() -> None:
    """A film without rating, year, director or tone still has its title."""
    empty = dict.fromkeys(FILM) | {"id": "tt1", "title": "Alone"}
    assert film_line(empty, 80).plain.split() == ["Alone"]


@pytest.mark.parametrize("value", [7, "x", [1], {"a": [None]}, True])
def test_values_of_another_kind_are_no_fault(value: object) -> None:
    """A server may send anything."""
    assert "tt1" in film_line(dict.fromkeys(FILM, value) | {"title": "tt1"}, 80).plain


def test_json_has_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that JSON may contain are escaped, so that the text stays the same."""
    film = {"id": "tt1", "title": "\x9b31m\u202e\x7f"}
    JsonLines().show(httpx2.ServerSentEvent(event="movie", data=json.dumps(film, ensure_ascii=False), id="e-1"))
    line = capsys.readouterr().out.rstrip("\n")
    assert line.isprintable()
    assert json.loads(line)["data"] == film


def test_columns_name_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """Films and removals go to stdout, gaps and notices to stderr. Signs of life are not printed."""
    columns = Columns()
    columns.show(event("movie", FILM))
    columns.show(event("removed", {"id": "tt0111161"}))
    columns.show(event("heartbeat", {"time": "x", "lag_ms": 0}))
    columns.show(event("gap", {"requested": "epoch-3", "first_available": "epoch-9", "missed": 6}))
    columns.show(event("gap", {"requested": "epoch-3", "first_available": "epoch-9", "missed": None}))
    columns.show(event("notice", {"message": "No known film has director=nolan.", "filters": []}))
    columns.show(event("later", {}))
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1:] == ["removed: The Shawshank Redemption (tt0111161)"]
    assert printed.err.splitlines() == [
        "gap: 6 events after epoch-3 are missing",
        "gap: the stream cannot continue after epoch-3, and an unknown number of events is missing",
        "No known film has director=nolan.",
    ]


def test_json_is_that_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    """Each event is one line, with the data as it came."""
    lines = JsonLines()
    lines.show(httpx2.ServerSentEvent(event="movie", data='{"title":"a\\u2028b"}', id="epoch-1"))
    lines.show(event("position", {}))
    lines.show(event("removed", {"id": "tt1"}))
    assert capsys.readouterr().out.splitlines() == [
        '{"id":"epoch-1","event":"movie","data":{"title":"a\\u2028b"}}',
        '{"id":"epoch-1","event":"removed","data":{"id": "tt1"}}',
    ]


def test_delays_start_with_that_of_the_server_and_grow() -> None:
    """The first delay is `retry`. Later ones are random above it, and at most 10 s."""
    backoff = Backoff()
    backoff.connected(400)
    delays = [backoff.next_delay() for _ in range(20)]
    assert delays[0] == 0.4
    assert all(0.4 <= delay <= 10 for delay in delays)
    assert max(delays) > 2
    backoff.connected(None)
    assert backoff.next_delay() == 0.4
    assert backoff.next_delay(minimum_seconds=7) >= 7
    backoff.connected(-5)
    assert backoff.next_delay() == 0
