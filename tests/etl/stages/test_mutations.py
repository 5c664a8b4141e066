"""Hundreds of damaged real pages and messages: each is a movie, a filtered kind or Invalid, in little time and memory.

`make fuzz` tries 20,000 (`CINESTREAM_FUZZ`) with another seed each time. It prints the seed, and `CINESTREAM_FUZZ_SEED`
repeats a run.
"""

import contextlib
import logging
import os
import random
import resource
import time
from pathlib import Path

import pytest
from tests.etl.conftest import PAGE_TIME, cases, movie_of

from cinestream.contracts import Envelope, Invalid, Kind, Movie, Outcome, RawPage
from cinestream.contracts.page import PageHeaders, html_bytes
from cinestream_etl.stages.page import read_page

log = logging.getLogger(__name__)
TRIES = int(os.environ.get("CINESTREAM_FUZZ", "500"))
SEED = int(os.environ.get("CINESTREAM_FUZZ_SEED", "1"))
MAX_SECONDS = 1.0
MAX_BYTES = 200_000_000
PIECES = [
    *(b'"', b"'", b"<", b">", b"</", b"/>", b"<!--", b"</script>", b"<script>", b"<div>" * 99, b"</div>" * 99),
    *(b"{", b"}", b"[", b"]", b"null", b"0", b"-1", b"1e999", b"true", b'""', b"[" * 999, b"\\ud800", b"&#0;", b"&amp"),
    *(b"\0", b"\xff", b"\xed\xa0\x80", "\u200b\u202e".encode(), b"9" * 400, b" " * 4000, b"tt0000001", b"(1)"),
]


def _mutated(data: bytes, fate: random.Random) -> bytes:
    """Return the data with up to eight pieces removed, doubled or inserted, mostly where the facts are."""
    for _ in range(fate.randint(1, 8)):
        marks = (b"__NEXT_DATA__", b"ld+json", b"title_wrapper", b"overview-top", b"tn15title", b"aboveTheFoldData")
        near = data.find(fate.choice(marks)) if fate.random() < 0.7 else -1
        at = near + fate.randint(0, 3000) if near >= 0 else fate.randint(0, len(data))
        length = fate.choice((0, 1, 1, 5, 30, 300, 5000))
        piece = fate.choice((b"", fate.choice(PIECES), data[at : at + length] * 2, fate.randbytes(length)))
        data = data[:at] + piece + data[at + length :]
    return data


def _settles(envelope: Envelope) -> None:
    headers = PageHeaders.decode(envelope)
    read = read_page(html_bytes(envelope), requested=headers.id, page_time=headers.fetched_at)
    if read.is_film:
        movie = movie_of(read)
        assert Movie.decode(movie.encode(page_time=headers.fetched_at)) == movie


def _message(html: bytes, id: str) -> Envelope:
    return RawPage(
        kind=Kind.TITLE,
        id=id,
        outcome=Outcome.FILM,
        url=f"http://localhost/title/{id}/",
        final_url=f"http://localhost/title/{id}/",
        status=200,
        fetched_at=PAGE_TIME,
        html=html.decode("utf-8", "replace"),
    ).encode()


def _damaged(envelope: Envelope, fate: random.Random) -> Envelope:
    """Return the message with a damaged body or header."""
    if fate.random() < 0.7:
        return envelope._replace(body=_mutated(envelope.body, fate))
    name = fate.choice(list(envelope.headers))
    return envelope._replace(headers={**envelope.headers, name: _mutated(b"a", fate).decode("latin-1")})


def _corpus(samples: Path) -> list[tuple[str, bytes]]:
    pages = sorted((samples / "imdb-pages").glob("*title_20*/tt*.html"))
    real = [
        (page.name.partition("_")[0], page.read_bytes()) for page in [*pages, *samples.glob("imdb-pages/legacy_tn15/*")]
    ]
    return real + [("tt9000001", case.html) for case in cases()]


@pytest.mark.timeout(1800)
def test_damaged_pages_and_messages_settle(samples: Path) -> None:
    """There is no other exception, and each takes under a second and all together less than 200 MB."""
    fate = random.Random(SEED)
    corpus = _corpus(samples)
    messages = [_message(html, id) for id, html in corpus]
    before, slowest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0.0
    for number in range(TRIES):
        if number % 10 == 0:
            started = time.thread_time()
            with contextlib.suppress(Invalid):
                _settles(_damaged(fate.choice(messages), fate))
        else:
            id, html = fate.choice(corpus)
            page = _mutated(html, fate)
            started = time.thread_time()
            with contextlib.suppress(Invalid):
                read = read_page(page, requested=fate.choice((id, None)), page_time=PAGE_TIME)
                if read.is_film:
                    movie = movie_of(read)
                    assert Movie.decode(movie.encode(page_time=PAGE_TIME)) == movie
        slowest = max(slowest, time.thread_time() - started)
        assert slowest < MAX_SECONDS, f"try {number} of seed {SEED}"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    log.info("%d mutations, seed %d: slowest %.0f ms, %.0f MB more", TRIES, SEED, slowest * 1000, grown / 1e6)
    assert grown < MAX_BYTES
