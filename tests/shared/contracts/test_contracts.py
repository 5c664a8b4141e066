"""Encoding and decoding of the contracts, and the refusal of wrong messages."""

import contextlib
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream.contracts import (
    DeadLetter,
    Envelope,
    Invalid,
    Kind,
    Lane,
    Movie,
    Outcome,
    RawPage,
    ScrapeRequest,
    subjects,
)
from cinestream.contracts.page import MAX_PAGE_BYTES, PageHeaders

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def page(**changes: object) -> RawPage:
    """Return a raw page with changed fields."""
    fields: dict[str, object] = {
        "kind": Kind.TITLE,
        "id": "tt0111161",
        "outcome": Outcome.FILM,
        "url": "http://localhost/title/tt0111161/",
        "final_url": "http://localhost/title/tt0111161/",
        "status": 200,
        "fetched_at": NOW,
        "layout": "next",
        "html": "<html>é</html>",
    }
    return RawPage.model_validate(fields | changes)


@given(html=TEXT, url=TEXT)
def test_page_is_decoded_as_it_was_encoded(html: str, url: str) -> None:
    """Any HTML is decoded unchanged, and no URL breaks the headers."""
    sent = page(html=html, url=url)
    envelope = sent.encode()
    assert all(value.isascii() and value.isprintable() for value in envelope.headers.values())
    received = RawPage.decode(envelope)
    assert received.html == html
    assert received.fetched_at == NOW


def test_zstd_bomb_is_refused() -> None:
    """A small body that decompresses to more than the limit is invalid."""
    bomb = zstd.compress(b"\0" * (MAX_PAGE_BYTES * 20))
    with pytest.raises(Invalid, match="more than"):
        RawPage.decode(page().encode()._replace(body=bomb))


@given(st.binary(max_size=300), st.dictionaries(st.sampled_from(list(page().encode().headers)), TEXT))
def test_damaged_page_is_invalid(body: bytes, headers: dict[str, str]) -> None:
    """Decoding returns a page or raises Invalid, and no other exception."""
    envelope = page().encode()
    with contextlib.suppress(Invalid):
        RawPage.decode(Envelope({**envelope.headers, **headers}, body))


def test_headers_of_a_page_are_read_without_its_body() -> None:
    """The facts are those of the complete page, also if the body is damaged."""
    sent = page()
    headers = PageHeaders.decode(sent.encode()._replace(body=b"not zstd"))
    assert headers.model_dump() == sent.model_dump(exclude={"html"})
    assert headers.subject == sent.subject
    with pytest.raises(Invalid, match="Cinestream-Schema"):
        PageHeaders.decode(Envelope({}, b""))


def test_newer_schema_is_refused_with_advice() -> None:
    """The error about a message of a newer version tells the user to upgrade."""
    envelope = page().encode()
    headers = {**envelope.headers, "Cinestream-Schema": "raw-page/2"}
    with pytest.raises(Invalid, match="upgrade this service"):
        RawPage.decode(Envelope(headers, envelope.body))


@pytest.mark.parametrize(
    ("text", "kind", "id"),
    [
        ("tt0111161", Kind.TITLE, "tt0111161"),
        (" tt0111161 ", Kind.TITLE, "tt0111161"),
        ("chart:top", Kind.CHART, "top"),
        ("https://www.imdb.com/title/tt0111161/?ref_=x", Kind.TITLE, "tt0111161"),
        ("https://www.imdb.com/es-es/title/tt0111161", Kind.TITLE, "tt0111161"),
        ("http://127.0.0.1:8080/chart/top/", Kind.CHART, "top"),
        ("list:ls055592025", Kind.LIST, "ls055592025"),
        ("https://www.imdb.com/list/ls055592025/?ref_=x", Kind.LIST, "ls055592025"),
        ("https://www.imdb.com/list/ls055592025?page=1", Kind.LIST, "ls055592025"),
        ("https://www.imdb.com/es-es/list/ls055592025/?sort=x&page=12", Kind.LIST, "ls055592025-12"),
        ("list:ls055592025-12", Kind.LIST, "ls055592025-12"),
    ],
)
def test_target_is_parsed_from_ids_names_and_urls(text: str, kind: Kind, id: str) -> None:
    """Ids, chart names, list ids and URLs give kind and id of the target."""
    request = ScrapeRequest.of(text, lane=Lane.NOW)
    assert (request.kind, request.id) == (kind, id)
    assert ScrapeRequest.decode(request.encode()) == request


@pytest.mark.parametrize(
    "text",
    [
        "search:/find/?s=tt&q=the+matrix",
        "https://www.imdb.com/find/?q=the%20matrix&s=tt&ref_=nv_sr_sm",
        "https://www.imdb.com/de/find?q=the+matrix&s=tt",
        "search: the matrix ",
    ],
)
def test_search_has_one_canonical_form(text: str) -> None:
    """Different addresses of a search give the same query and the same readable id."""
    request = ScrapeRequest.of(text, depth=2)
    assert (request.kind, request.query) == (Kind.SEARCH, "/find/?q=the+matrix&s=tt")
    assert request.id.startswith("find-q-the-matrix-s-tt-")
    assert ScrapeRequest.decode(request.encode()) == request == ScrapeRequest.of(request.target, depth=2)


@given(TEXT)
def test_any_search_text_is_valid_or_refused(words: str) -> None:
    """The subject of a search request has five tokens for any text."""
    try:
        request = ScrapeRequest.of(f"search:{words}")
    except Invalid:
        return
    assert request.subject.count(".") == 4
    assert ScrapeRequest.decode(request.encode()) == request


def test_search_with_the_id_of_another_one_is_refused() -> None:
    """One subject cannot stand for two searches."""
    with pytest.raises(ValueError, match="is not the search"):
        ScrapeRequest(kind=Kind.SEARCH, id="top", query="/find/?q=x")


@pytest.mark.parametrize(("name", "value"), [("limit", 0), ("limit", 10_001), ("depth", 6), ("depth", -1)])
def test_number_outside_of_its_limits_is_named(name: str, value: int) -> None:
    """The error names the number, instead of calling the target invalid."""
    with pytest.raises(Invalid, match=f"{name} {value}: input should be (less|greater) than or equal to"):
        ScrapeRequest.of("tt0111161", **{name: value})  # type: ignore[arg-type]


@given(TEXT)
def test_any_other_text_is_refused(text: str) -> None:
    """A text is either Invalid or a target whose subject has five tokens."""
    try:
        request = ScrapeRequest.of(text)
    except Invalid:
        return
    assert request.subject.count(".") == 4
    assert not set(request.subject) & set(" *>")


@given(body=st.binary(max_size=500), reason=TEXT, header=TEXT)
def test_dead_letter_keeps_the_original_unchanged(body: bytes, reason: str, header: str) -> None:
    """The original body is kept byte for byte, and no reason breaks the headers."""
    letter = DeadLetter(
        stage="etl",
        reason=reason,
        traceback="Traceback…\n  line",
        deliveries=3,
        died_at=NOW,
        original_subject="cinestream.pages.imdb.title.tt0111161",
        original_headers={"A": header},
        original_body=body,
    )
    envelope = letter.encode()
    assert all(value.isascii() and min(value) >= " " for value in envelope.headers.values())
    assert DeadLetter.decode(envelope) == letter
    assert letter.original == Envelope({"A": header}, body)


def test_old_dead_letter_without_snapshot_is_readable() -> None:
    """A letter of an older version is decoded, and a letter of this version names its snapshot."""
    letter = DeadLetter(
        stage="scraper",
        reason="HTTP 503",
        deliveries=5,
        died_at=NOW,
        original_subject="cinestream.requests.crawl.title.tt0111161",
        original_headers={},
        original_body=b"{}",
        snapshot="title-tt0111161.zip",
    )
    assert DeadLetter.decode(letter.encode()).snapshot == "title-tt0111161.zip"
    old = letter.encode()
    old.headers["Cinestream-Dead-Letter"] = old.headers["Cinestream-Dead-Letter"].replace(
        ',"snapshot":"title-tt0111161.zip"', ""
    )
    assert "snapshot" not in old.headers["Cinestream-Dead-Letter"]
    assert DeadLetter.decode(old) == letter.model_copy(update={"snapshot": None})


MOVIE_V1 = Envelope(
    {"Cinestream-Schema": "movie/1", "Cinestream-Page-Time": "2026-01-02T03:04:05.678+00:00"},
    b'{"id":"tt0111161","title":"A","rating":9.3,"year":"1994","release_date":"1994-09","director":["D"],'
    b'"genre":["Drama"],"plot":null,"writers":[],"stars":[],"decade_category":"1990s","genre_categories":["Drama"],'
    b'"director_stats":{"total_movies":4,"average_rating":8.2},'
    b'"sentiment_analysis":{"plot_tone":"Neutral","keyword_score":0.0},'
    b'"recommendations":[{"id":"tt0068646","title":"B"}],"a_field_of_tomorrow":1}',
)


def test_movie_of_the_first_version_is_readable() -> None:
    """A movie of version 1 is decoded, also with unknown fields, and encoded with the fields of the contract."""
    movie = Movie.decode(MOVIE_V1)
    envelope = movie.encode(page_time=NOW)
    assert Movie.decode(envelope) == movie
    assert b"\n" not in envelope.body
    assert envelope.headers == MOVIE_V1.headers
    assert list(movie.model_dump()) == [
        "id", "title", "rating", "year", "release_date", "director", "genre", "plot", "writers", "stars",
        "decade_category", "genre_categories", "director_stats", "sentiment_analysis", "recommendations",
        "original_title", "kind", "votes", "runtime_minutes", "certificate", "countries", "languages", "keywords",
        "poster", "tagline", "url", "locale", "directors_stats", "revision", "changed", "recommendations_source",
    ]  # fmt: skip


@pytest.mark.parametrize("target", ["tt0111161", "chart:top", "list:ls055592025"])
def test_the_target_of_a_subject_is_what_people_type(target: str) -> None:
    """Requests, schedules and pages show the target from which their subjects were made."""
    request = ScrapeRequest.of(target)
    for subject in (subjects.schedule, subjects.due, subjects.page):
        assert subjects.target(subject(request.kind, request.id)) == target
    assert subjects.target(request.subject) == target
    assert subjects.target(subjects.movie("tt0111161")) == "tt0111161"
    assert subjects.target("cinestream.dead.etl") == "cinestream.dead.etl"
