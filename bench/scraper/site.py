"""The demo site with as many films as a bench needs: those that are bundled, again and again under other ids.

`python -m bench.scraper.site PAGES LATENCY_MS [FAULTS]` serves it on a port of its own, and says where.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice

from cinestream_demo.films.catalogue import FilmCatalogue, open_catalogue
from cinestream_demo.pages.fault_sampler import FaultSampler, parse_shares
from cinestream_demo.site.serve import open_socket, serve
from cinestream_demo.site.site import DemoSite, SiteOptions


def ids(count: int) -> list[str]:
    """The ids of so many films."""
    return [f"tt{80_000_000 + number}" for number in range(count)]


def lots(faults: str, count: int) -> dict[str, str]:
    """Which fault falls to which film, of those that one falls to."""
    drawn = FaultSampler(parse_shares(faults))
    return {id: fault.name for id in ids(count) if (fault := drawn.fault_of(id))}


@contextmanager
def demo_site(pages: int, latency_ms: int, faults: str = "") -> Iterator[str]:
    """The address of such a site."""
    command = [sys.executable, "-m", "bench.scraper.site", str(pages), str(latency_ms), faults]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        try:
            yield url
        finally:
            process.terminate()


def main() -> None:
    """Serve."""
    pages, latency_ms, faults = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    films = islice(cycle(open_catalogue()), pages)
    catalogue = FilmCatalogue(replace(film, id=id) for film, id in zip(films, ids(pages), strict=True))
    site = DemoSite(catalogue, SiteOptions(latency=latency_ms / 1000, faults=parse_shares(faults)))
    bound = open_socket("127.0.0.1", 0)
    print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True)
    serve(site, bound)


if __name__ == "__main__":
    main()
