"""Damaged pages: each is a movie, a filtered kind or Invalid, never another exception."""

import json
import re
import time
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.etl.conftest import PAGE_TIME, cases, movie_of

from cinestream.contracts import Invalid, Movie
from cinestream_etl.stages.page import read_page

PAGES = [case.html.decode() for case in cases()]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "id", "node"]), inner, max_size=3)
    ),
    max_leaves=5,
)
LEGACY_TOP = (
    '<head><link rel="canonical" href="/title/tt0000001/"></head><div class="title_wrapper"><h1>A</h1></div>'
    '<div class="credit_summary_item"><h4>Director:</h4>'
)
SCRIPT = re.compile(
    r'(<script (?:id=.__NEXT_DATA__.|type="application/ld\+json")[^<>]*>)((?:[^<]|<(?!/?script))*+)(</script>)'
)


def _settles(html: str | bytes) -> None:
    page = html if isinstance(html, bytes) else html.encode("utf-8", "replace")
    try:
        read = read_page(page, requested=None, page_time=PAGE_TIME)
    except Invalid:
        return
    if read.is_film:
        movie = movie_of(read)
        assert Movie.decode(movie.encode(page_time=PAGE_TIME)) == movie


@given(
    st.sampled_from(PAGES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.text(max_size=10)), max_size=5)
)
def test_pages_with_damaged_text_settle(html: str, damages: list[tuple[float, int, str]]) -> None:
    """Replacing pieces of a page by other text never breaks the parser."""
    for place, length, piece in damages:
        at = int(place * len(html))
        html = html[:at] + piece + html[at + length :]
    _settles(html)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_pages_with_other_types_in_their_data_settle(data: st.DataObject) -> None:
    """Any value in the data can be any other JSON."""
    html = data.draw(st.sampled_from(PAGES))

    def damaged(found: re.Match[str]) -> str:
        try:
            document = orjson.loads(found[2])
        except ValueError:
            return found[0]
        return found[1] + json.dumps(_damage(document, data)) + found[3]

    _settles(SCRIPT.sub(damaged, html))


def _damage(node: Any, data: st.DataObject) -> Any:
    """Return the document with one value replaced."""
    steps = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    if not steps or data.draw(st.integers(0, 9)) == 0:
        return data.draw(JSON)
    step = data.draw(st.sampled_from(steps))
    node[step] = _damage(node[step], data)
    return node


@given(st.binary(max_size=2000))
def test_any_bytes_settle(junk: bytes) -> None:
    """Any other bytes are Invalid."""
    for html in (junk, b'<script id="__NEXT_DATA__">%b</script>' % junk):
        _settles(html)


@pytest.mark.parametrize(
    "html",
    [
        '<script id="__NEXT_DATA__">' + "[" * 1_000_000 + "</script>",
        '<script type="application/ld+json">' + '{"a":' * 1_000_000 + "</script>",
        "<div>" * 1_000_000 + '<script type="application/ld+json">{}</script>',
        "application/ld+json" * 400_000 + ">",
        "<script application/ld+json" * 300_000,
        '<script id="__NEXT_DATA__">' * 300_000,
        '<script id="__NEXT_DATA__"></script>' * 200_000,
        " " * 8_000_000,
        "title_wrapper" + "<div>" * 1_000_000,
        "overview-top" + "<b><p>" * 500_000,
        "tn15title" + "<br>" * 2_000_000,
        "title_wrapper" + "<a" * 3_000_000,
        "title_wrapper" + "<table><i>" * 1_500,
        "title_wrapper<br " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
        "title_wrapper" + ("<br" + " a" * 90 + ">") * 20_000,
        "title_wrapper" + "<a b<a/c=" * 500_000,
        LEGACY_TOP + "<a href=/name/nm0000001>A</a> (b" * 100_000,
        LEGACY_TOP + '<div class="txt-block"><a href="/country/us">' * 900 + "</a></div>" * 900,
        LEGACY_TOP + '<div class="rec_item" data-tconst="tt0000001"><img title="x"></div>' * 12_000,
    ],
    ids=[
        *("arrays", "objects", "elements", "marks", "tags", "open scripts", "empty scripts", "spaces"),
        *("open elements", "formatting", "many elements", "open tags", "tables", "attributes", "many attributes"),
        *("mixed tags", "people", "nested blocks", "neighbours"),
    ],
)
def test_a_page_made_to_be_slow_is_not(html: str) -> None:
    """The time for megabytes of nesting or of repeated marks does not grow with their square."""
    started = time.thread_time()
    _settles(html)
    assert time.thread_time() - started < 3
