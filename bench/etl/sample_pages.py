"""Real modern pages. Any number of distinct films is made from them by giving the pages new ids."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cinestream.contracts import Envelope, Invalid, Kind, Outcome, RawPage
from cinestream_etl.stages.page import read_page

_PERSON = re.compile(r"nm\d{7,8}")


def samples() -> Path:
    """Return the directory of the real pages."""
    return Path(os.environ.get("CINESTREAM_SAMPLES", Path(__file__).resolve().parents[3] / "shared"))


def real_pages() -> list[tuple[str, str]]:
    """Return title id and HTML of each real modern page.

    Raises:
        SystemExit: there are no pages.
    """
    paths = sorted((samples() / "imdb-pages").glob("next_title_20*/*.html"))
    if not paths:
        raise SystemExit(f"no real pages in {samples()}: set CINESTREAM_SAMPLES to their directory")
    return [(path.name.partition("_")[0], path.read_text("utf-8", "replace")) for path in paths]


def distinct_films(count: int, *, people: int = 0) -> Iterator[RawPage]:
    """Yield `count` pages of distinct films, fetched now.

    Everyone in the credits gets a new id. With `people`, all ids are taken from so many.
    """
    pages = [(id, html) for id, html in real_pages() if _is_film(id, html)]
    for number in range(count):
        id, html = pages[number % len(pages)]
        new_id = f"tt{90_000_000 + number}"
        yield page(new_id, _PERSON.sub(_new_person(number, people), html.replace(id, new_id)))


def _new_person(number: int, people: int) -> Callable[[re.Match[str]], str]:
    def new_id(found: re.Match[str]) -> str:
        shifted = int(found[0][2:]) + number * 7919
        return f"nm{shifted % people:07}" if people else f"nm{shifted % 10**8:08}"

    return new_id


def _is_film(id: str, html: str) -> bool:
    try:
        return read_page(html.encode(), requested=id, page_time=datetime.now(UTC)).is_film
    except Invalid:
        return False


def page(id: str, html: str) -> RawPage:
    """Build the page of a title, fetched now."""
    url = f"https://www.imdb.com/title/{id}/"
    facts = {"kind": Kind.TITLE, "id": id, "outcome": Outcome.FILM, "url": url, "final_url": url, "status": 200}
    return RawPage.model_validate({**facts, "fetched_at": datetime.now(UTC), "html": html})


def modern_messages() -> list[Envelope]:
    """Return the real modern pages as messages."""
    return [page(id, html).encode() for id, html in real_pages()]
