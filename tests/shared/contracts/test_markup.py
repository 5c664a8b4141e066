"""The limits of HTML and JSON."""

from pathlib import Path

import pytest

from cinestream.contracts import markup
from cinestream.contracts.markup import is_decodable, is_parsable


@pytest.mark.parametrize(
    ("inside", "beyond"),
    [
        (b"<div>" * markup.MAX_DEPTH, b"<div>" * (markup.MAX_DEPTH + 1)),
        (b"<br>" * markup.MAX_TAGS, b"<br>" * (markup.MAX_TAGS + 1)),
        (b"<br" + b" a" * 90 + b">", b"<br" + b" a" * 110 + b">"),
        (b"<b></b>" * 50_000, b"<b>" * 1_900 + b"<i></i>" * 10_000),
        (b"<b>" * 30 + b"a" * 1_000_000, b"<b>" * 1_000 + b"a" * 1_000_000),
        (b"<" * markup.MAX_MARKS, b"<" * (markup.MAX_MARKS + 1)),
        (b"\0" * markup.MAX_NULLS, b"\0" * (markup.MAX_NULLS + 1)),
        (b"<br title='%b'>" % (b"a" * 4_000_000), b"<br title='%b'>" % (b"a" * 5_000_000)),
        (b"<script>" + b"<b>" * 3_000 + b"</script>", b"<b>" * 3_000 + b"</script>"),
    ],
    ids=[
        "depth",
        "tags",
        "attributes",
        "tags by depth",
        "bytes by depth",
        "marks",
        "nulls",
        "bytes in tags",
        "scripts",
    ],
)
def test_a_page_beyond_a_limit_is_not_parsed(inside: bytes, beyond: bytes) -> None:
    """Each limit is exact, and what is inside of a script is no element."""
    assert is_parsable(inside)
    assert not is_parsable(beyond)


def test_data_beyond_the_limit_is_not_decoded() -> None:
    """The limit counts the values of the JSON."""
    assert is_decodable(b"," * markup.MAX_JSON_VALUES)
    assert not is_decodable(b"," * (markup.MAX_JSON_VALUES + 1))


def test_all_real_pages_are_within_the_limits(samples: Path) -> None:
    """Real pages stay far below every limit."""
    pages = [path.read_bytes() for path in samples.glob("imdb-pages*/**/*.html")]
    assert len(pages) > 50
    assert all(map(is_parsable, pages))
