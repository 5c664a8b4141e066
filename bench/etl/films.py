"""Real modern pages, as many films as are asked for: each page again and again, with ids of its own."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cinestream.contracts import Envelope, Invalid, Kind, Outcome, RawPage
from cinestream_etl.stages.film import Film, read_page

_PERSON = re.compile(r"nm\d{7,8}")


def samples() -> Path:
    """Where the real pages are."""
    return Path(os.environ.get("CINESTREAM_SAMPLES", Path(__file__).resolve().parents[3] / "shared"))


def real_pages() -> list[tuple[str, str]]:
    """The real modern pages: title id and HTML."""
    paths = sorted((samples() / "imdb-pages").glob("next_title_20*/*.html"))
    if not paths:
        raise SystemExit(f"no real pages in {samples()} (set CINESTREAM_SAMPLES)")
    return [(path.name.partition("_")[0], path.read_text("utf-8", "replace")) for path in paths]


def distinct(count: int, *, directors: int = 0) -> Iterator[RawPage]:
    """So many pages of distinct films, read now; with `directors` all people are among so many."""
    pages = [(id, html) for id, html in real_pages() if _is_film(id, html)]
    for number in range(count):
        id, html = pages[number % len(pages)]
        own = f"tt{90_000_000 + number}"
        yield page(own, _PERSON.sub(_person(number, directors), html.replace(id, own)))


def _person(number: int, directors: int) -> Callable[[re.Match[str]], str]:
    def other(found: re.Match[str]) -> str:
        shifted = int(found[0][2:]) + number * 7919
        return f"nm{shifted % directors:07}" if directors else f"nm{shifted % 10**8:08}"

    return other


def _is_film(id: str, html: str) -> bool:
    try:
        return isinstance(read_page(html.encode(), requested=id, page_time=datetime.now(UTC)), Film)
    except Invalid:
        return False


def page(id: str, html: str) -> RawPage:
    """A page of a title, read now."""
    url = f"https://www.imdb.com/title/{id}/"
    facts = {"kind": Kind.TITLE, "id": id, "outcome": Outcome.FILM, "url": url, "final_url": url, "status": 200}
    return RawPage.model_validate({**facts, "fetched_at": datetime.now(UTC), "html": html})


def modern_messages() -> list[Envelope]:
    """The real modern pages, as messages."""
    return [page(id, html).encode() for id, html in real_pages()]
