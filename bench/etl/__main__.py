"""`make bench-etl`: milliseconds per real modern page, best of some rounds, each way in turn; and plots per second.

Pages are those in `$CINESTREAM_SAMPLES` (default: `../shared`).
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
from bench.etl import soup

from cinestream.contracts import Envelope, Kind, Outcome, RawPage
from cinestream.contracts.page import html_bytes
from cinestream_etl.pipeline import Film, only_film, read_page
from cinestream_etl.tone import tone

ROUNDS = 5
NOW = datetime.now(UTC)


def floor(envelope: Envelope) -> object:
    """Decompress, find the script, and read its JSON: nothing can do less."""
    html = html_bytes(envelope)
    start = html.find(b">", html.find(b"__NEXT_DATA__")) + 1
    return orjson.loads(html[start : html.find(b"</script", start)])


def etl(envelope: Envelope) -> object:
    """What the worker does of a page until it knows the film."""
    page = RawPage.decode(Envelope(envelope.headers, b""))
    return read_page(html_bytes(envelope), requested=page.id, page_time=page.fetched_at)


def movie(envelope: Envelope) -> object:
    """The same, enriched and written as the message that clients get."""
    read = etl(envelope)
    return only_film(read).encode(page_time=NOW) if isinstance(read, Film) else None


def usual(envelope: Envelope) -> object:
    """BeautifulSoup and lxml."""
    return soup.read(html_bytes(envelope))


def milliseconds(way: Callable[[Envelope], object], pages: list[Envelope], rounds: int = ROUNDS) -> float:
    """CPU time per page, of the best round."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for page in pages:
            way(page)
        best = min(best, time.process_time() - started)
    return best / len(pages) * 1000


def modern_pages() -> list[Envelope]:
    """The real modern pages, as messages."""
    samples = Path(os.environ.get("CINESTREAM_SAMPLES", Path(__file__).resolve().parents[3] / "shared"))
    paths = sorted((samples / "imdb-pages").glob("next_title_20*/*.html"))
    if not paths:
        raise SystemExit(f"no real pages in {samples} (set CINESTREAM_SAMPLES)")
    return [_message(path.name.partition("_")[0], path.read_text("utf-8", "replace")) for path in paths]


def _message(id: str, html: str) -> Envelope:
    url = f"https://www.imdb.com/title/{id}/"
    facts = {"kind": Kind.TITLE, "id": id, "outcome": Outcome.FILM, "url": url, "final_url": url, "status": 200}
    return RawPage.model_validate({**facts, "fetched_at": NOW, "html": html}).encode()


def plots_per_second(pages: list[Envelope]) -> float:
    """How many plots of the pages are heard in a second."""
    films = [read for page in pages if isinstance(read := etl(page), Film)]
    plots = [(film.title.plot, film.title.genres) for film in films] * 200
    started = time.process_time()
    for plot, genres in plots:
        tone(plot, genres)
    return len(plots) / (time.process_time() - started)


def main() -> None:
    """Measure, and print the table."""
    pages = modern_pages()
    least = milliseconds(floor, pages)
    rows = [
        ("floor: zstd, find, orjson", least),
        ("etl: parsed and validated", milliseconds(etl, pages)),
        ("etl: enriched and encoded too", milliseconds(movie, pages)),
        ("BeautifulSoup + lxml", milliseconds(usual, pages, rounds=1)),
    ]
    print(f"{len(pages)} real modern pages, CPU time per page")
    for name, cost in rows:
        print(f"{name:<32}{cost:>8.2f} ms{cost / least:>8.2f} x the floor")
    print(f"{'tone':<32}{plots_per_second(pages):>8,.0f} plots/s")


if __name__ == "__main__":
    main()
