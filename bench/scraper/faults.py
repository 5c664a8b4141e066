"""A crawl full of faults: `python -m bench.scraper.faults [PAGES]` (1,000).

A tenth of the pages is slow, a tenth returns 503, a tenth 429, and a tenth a challenge. One challenge in ten never
passes.
The tabs of another tenth are crashed from outside. Meanwhile the scraper is killed twice and a driver five times.
In the end every page must have been published once, or be a dead letter with its reason. Otherwise the exit code is 1.

With few pages the end takes long. When only pages are left whose challenge never passes, the scraper concludes that
the site fails, and gives each page many more attempts.
"""

import logging
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import anyio
import structlog
from bench.scraper.crawl import Crawl, crawl
from bench.scraper.demo_site import assigned_faults, demo_site, film_ids
from bench.scraper.tab_crasher import TabCrasher

from cinestream.contracts import DeadLetter

FAULTS = "slow=0.1,503=0.1,429:1=0.1,challenge=0.09,challenge-forever=0.01"
_SCRAPER_KILLS, _DRIVER_KILLS = 2, 5
_POLL_SECONDS = 0.5


class KillSchedule:
    """The schedule of the kills, at equal distances in finished pages."""

    def __init__(self, pages: int) -> None:
        total = _SCRAPER_KILLS + _DRIVER_KILLS
        self._due = [pages * number // (total + 1) for number in range(1, total + 1)]
        self.done: Counter[str] = Counter()

    def kill_due(self, crawling: Crawl, done: int) -> None:
        """Kill the scraper or a driver if a kill is due after so many finished pages."""
        if not self._due or done < self._due[0]:
            return
        if self.done.total() in (2, 5):
            crawling.kill()
            crawling.start()
            self.done["kill -9 of the scraper"] += 1
        elif drivers := [pid for pid in crawling.processes() if _is_driver(pid)]:
            os.kill(drivers[0], signal.SIGKILL)
            self.done["kill -9 of a driver"] += 1
        else:
            return  # The drivers are being replaced. Try again at the next call.
        self._due.pop(0)


def _is_driver(pid: int) -> bool:
    with suppress(OSError):
        return b"chromedriver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


async def run(pages: int) -> bool:
    """Crawl, print a report, and return True if no page was lost or published twice."""
    faults = assigned_faults(FAULTS, pages)
    sound = [id for id in film_ids(pages) if id not in faults]
    kills, settings = KillSchedule(pages), {"SCRAPER_SESSIONS": "4", "SCRAPER_RATE_RECOVERY": "1s"}
    with demo_site(pages, 40, FAULTS) as site:
        async with crawl(site, **settings, SCRAPER_CHALLENGE_PAUSE="1s", SCRAPER_CHALLENGE_WAIT="5s") as crawling:
            await crawling.enqueue(pages)
            crasher = TabCrasher(crawling.state, set(sound[: pages // 10]))
            crawling.start()
            started = time.monotonic()
            while left := await crawling.remaining():
                kills.kill_due(crawling, pages - left)
                print(
                    f"{pages - left:,} of {pages:,} after {time.monotonic() - started:.0f} s", end="\r", file=sys.stderr
                )
                await anyio.sleep(_POLL_SECONDS)
            seconds = time.monotonic() - started
            crasher.stop()
            code = crawling.stop()
            published, letters = await crawling.published(), await crawling.dead_letters()
            left_over = len(crawling.processes())
    print(f"{pages:,} pages in {seconds:.0f} s; exit code {code}, {left_over} processes left\n")
    happened = Counter(faults.values()) | {"crash of the tab": len(crasher.crashed)} | kills.done
    return report(happened, published, letters, pages) and not left_over and not code


def report(happened: Mapping[str, int], published: Counter[str], letters: dict[str, DeadLetter], pages: int) -> bool:
    """Print the faults and the results. Return True if each page was published once or is a dead letter."""
    lost = set(film_ids(pages)) - set(published) - set(letters)
    both = set(published) & set(letters)
    rows = {
        **happened,
        "pages published": len(published),
        "pages published more than once": published.total() - len(published),
        "dead letters": len(letters),
        "dead letters with a snapshot": sum(bool(letter.snapshot) for letter in letters.values()),
        "pages published and dead": len(both),
        "pages lost": len(lost),
    }
    print("| what | how often |\n|---|---|")
    for what, count in rows.items():
        print(f"| {what} | {count:,} |")
    for reason, count in Counter(letter.reason for letter in letters.values()).items():
        print(f"\n{count} x {reason}")
    return not lost and not both and published.total() == len(published)


def main() -> None:
    """Run the command line."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    raise SystemExit(0 if anyio.run(run, int(sys.argv[1]) if len(sys.argv) > 1 else 1000) else 1)


if __name__ == "__main__":
    main()
