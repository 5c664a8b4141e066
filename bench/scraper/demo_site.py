"""A demo site with any number of films: the bundled ones, repeated under new ids.

`python -m bench.scraper.demo_site PAGES LATENCY_MS FAULTS` serves it on a free port, and prints its address.
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


def film_ids(count: int) -> list[str]:
    """Return the ids of so many films."""
    return [f"tt{80_000_000 + number}" for number in range(count)]


def assigned_faults(faults: str, count: int) -> dict[str, str]:
    """Return the fault of each film that has one."""
    sampler = FaultSampler(parse_shares(faults))
    return {id: fault.name for id in film_ids(count) if (fault := sampler.fault_of(id))}


@contextmanager
def demo_site(pages: int, latency_ms: int, faults: str = "") -> Iterator[str]:
    """Serve such a site while the block runs, and yield its address."""
    command = [sys.executable, "-m", "bench.scraper.demo_site", str(pages), str(latency_ms), faults]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        try:
            yield url
        finally:
            process.terminate()


def main() -> None:
    """Run the command line."""
    pages, latency_ms, faults = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    films = islice(cycle(open_catalogue()), pages)
    catalogue = FilmCatalogue(replace(film, id=id) for film, id in zip(films, film_ids(pages), strict=True))
    site = DemoSite(catalogue, SiteOptions(latency=latency_ms / 1000, faults=parse_shares(faults)))
    listener = open_socket("127.0.0.1", 0)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    serve(site, listener)


if __name__ == "__main__":
    main()
