"""The writer and the verifier of import files."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message
from cinestream_trakt_export.letterboxd.csv_files import CsvParts, line, write_skipped
from cinestream_trakt_export.letterboxd.diary import COLUMNS, rows_of_film
from cinestream_trakt_export.letterboxd.verify import read_records, verify_folder
from cinestream_trakt_export.library.films import parse_entry
from cinestream_trakt_export.library.values import Rating

texts = st.text(st.characters(codec="utf-8", exclude_characters="\\\r"))
HEADER = "tmdbID,imdbID,Title,Year,WatchedDate,Rewatch\n"


@given(rows=st.lists(st.lists(texts, min_size=2, max_size=8)))
def test_written_rows_are_read_unchanged(rows: list[list[str]]) -> None:
    """Any text without backslashes survives."""
    assert list(read_records(b"".join(line(tuple(row)) for row in rows).decode())) == rows


def test_a_quote_is_escaped_by_a_backslash_in_a_quoted_field() -> None:
    """The field is quoted. A backslash in the text becomes a slash."""
    assert line(('"Deji"', "a\\b", "plain")) == b'"\\"Deji\\"",a/b,plain\n'


@given(titles=st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=40))
def test_parts_keep_every_row_and_their_limit(tmp_path_factory: pytest.TempPathFactory, titles: list[str]) -> None:
    """Each part has the header and stays below the limit. Together they have all rows in order."""
    folder = tmp_path_factory.mktemp("parts")
    parts = CsvParts(folder, "watched", ("Title",), part_bytes=300)
    for title in titles:
        parts.add((f"x{title}x",))
    paths = parts.publish()
    assert all(path.stat().st_size <= 300 for path in paths)
    read = [[*read_records(path.read_bytes().decode())] for path in paths]
    assert all(records[0] == ["Title"] for records in read)
    expected = [f"x{title}x".replace("\\", "/").replace("\r", "") for title in titles]
    assert [record[0] for records in read for record in records[1:]] == expected


def test_a_row_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """The next row is written."""
    parts = CsvParts(tmp_path, "watched", ("Title",), part_bytes=30)
    with pytest.raises(Invalid, match="does not fit"):
        parts.add(("x" * 40,))
    parts.add(("y",))
    assert parts.publish()[0].read_text() == "Title\ny\n"


def test_skipped_items_of_other_exports_stay(tmp_path: Path) -> None:
    """Each export replaces only its own lines of skipped.csv."""
    write_skipped(tmp_path, "history", [("id:1", "A", Message("old"))])
    write_skipped(tmp_path, "watchlist", [("id:2", 'B "x"', Message("a, b"))])
    write_skipped(tmp_path, "history", [])
    assert (tmp_path / "skipped.csv").read_text() == 'export,id,title,reason\nwatchlist,id:2,"B ""x""","a, b"\n'


WRONG = [
    ("Name,Date\n", "not a header"),
    ("", "not a header"),
    (HEADER + "x,,A,2000,,\n", "tmdbID is 'x'"),
    (HEADER + "1,,A,2000,2026-02-30,false\n", "no day 2026-02-30"),
    (HEADER + "1,,A,2000,,true\n", "Rewatch without"),
    (HEADER + ",,,,,\n", "names no film"),
    (HEADER + "1,,A,2000,2026-01-01,false\n1,,B,2001,2026-01-01,true\n", "appears twice"),
    (HEADER + '1,,"A ""B""",2000,,\n', "a quote inside"),
    (HEADER + '1,,"A,2000,,\n', "the file ends inside"),
    (HEADER + "1,,A\n", "3 fields instead of 6"),
    ("Title,Rating10\nA,0\n", "Rating10 is '0'"),
    ("Title\n" + f"{'A long title' * 100}\n" * 900, "more than 1 MB"),
]


@pytest.mark.parametrize(("content", "fault"), WRONG)
def test_the_verifier_finds(tmp_path: Path, content: str, fault: str) -> None:
    """Every rule of Letterboxd that a file can break has an error."""
    (tmp_path / "watched-001.csv").write_text(content)
    assert any(fault in found for found in verify_folder(tmp_path)[1])


def test_the_verifier_notices_missing_parts(tmp_path: Path) -> None:
    """A folder without files and a folder without the first part are errors."""
    assert verify_folder(tmp_path)[1]
    (tmp_path / "watched-002.csv").write_text("Title\nA\n")
    assert "parts are missing" in verify_folder(tmp_path)[1][0]


LISTS = ["movies", "history", "collection", "watched", "ratings", "watchlist"]


def test_recorded_lists_become_rows(samples: Path, tmp_path: Path) -> None:
    """Every film of the recorded answers becomes rows. Series are left out with the reason."""
    films, left_out = 0, set[str]()
    for path in sorted((samples / "trakt").glob("*/*.json")):
        content = json.loads(path.read_text() or "null")
        body = content.get("response", {}).get("body", content) if isinstance(content, dict) else content
        if not isinstance(body, list) or not any(name in path.name for name in LISTS) or "lists" in path.name:
            continue
        for position, item in enumerate(body, 1):
            try:
                entry = parse_entry(json.dumps(item).encode(), position=position)
            except Invalid as error:
                left_out.add(str(error))
                continue
            films += 1
            for form in COLUMNS:
                assert [*rows_of_film(form, [entry], Rating(1, None), ZoneInfo("Europe/Berlin"))]
    assert films > 100
    assert all(reason.startswith(("not a film", "an item without a film")) for reason in left_out)
