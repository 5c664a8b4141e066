"""A crawl in which everything goes wrong: `python -m bench.scraper.faults [PAGES]` (1,000).

A tenth of the pages each is slow, answers 503, 429 or a challenge (a tenth of these for ever), and has its tab
crashed from outside; meanwhile the scraper is killed twice and a driver five times. In the end every page must have
been published once or be a dead letter with its reason. Exits with 1 if one is not.

With few pages the end takes long: when only pages that challenge for ever are left, it is the site that fails, and a
page of it keeps many more tries.
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
from bench.scraper.crash import Crasher
from bench.scraper.crawl import Crawl, crawl
from bench.scraper.site import demo_site, ids, lots

from cinestream.contracts import DeadLetter

FAULTS = "slow=0.1,503=0.1,429:1=0.1,challenge=0.09,challenge-forever=0.01"
_SCRAPER_KILLS, _DRIVER_KILLS = 2, 5
_LOOK_EVERY = 0.5


class Kills:
    """When what is killed: as many pages are done between two as before the first."""

    def __init__(self, pages: int) -> None:
        total = _SCRAPER_KILLS + _DRIVER_KILLS
        self._due = [pages * number // (total + 1) for number in range(1, total + 1)]
        self.done: Counter[str] = Counter()

    def look(self, crawling: Crawl, done: int) -> None:
        """Kill what is due."""
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
            return  # they are being replaced: next time
        self._due.pop(0)


def _is_driver(pid: int) -> bool:
    with suppress(OSError):
        return b"chromedriver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


async def run(pages: int) -> bool:
    """Crawl, print what became of the pages, and return whether none was lost or published twice."""
    faults = lots(FAULTS, pages)
    sound = [id for id in ids(pages) if id not in faults]
    kills, settings = Kills(pages), {"SCRAPER_SESSIONS": "4", "SCRAPER_RATE_RECOVERY": "1s"}
    with demo_site(pages, 40, FAULTS) as site:
        async with crawl(site, **settings, SCRAPER_CHALLENGE_PAUSE="1s", SCRAPER_CHALLENGE_WAIT="5s") as crawling:
            await crawling.ask(pages)
            crasher = Crasher(crawling.state, set(sound[: pages // 10]))
            crawling.start()
            started = time.monotonic()
            while left := await crawling.left():
                kills.look(crawling, pages - left)
                print(
                    f"{pages - left:,} of {pages:,} after {time.monotonic() - started:.0f} s", end="\r", file=sys.stderr
                )
                await anyio.sleep(_LOOK_EVERY)
            seconds = time.monotonic() - started
            crasher.end()
            code = crawling.stop()
            published, letters = await crawling.published(), await crawling.given_up()
            left_over = len(crawling.processes())
    print(f"{pages:,} pages in {seconds:.0f} s; exit code {code}, {left_over} processes left\n")
    happened = Counter(faults.values()) | {"crash of the tab": len(crasher.crashed)} | kills.done
    return report(happened, published, letters, pages) and not left_over and not code


def report(happened: Mapping[str, int], published: Counter[str], letters: dict[str, DeadLetter], pages: int) -> bool:
    """Print what happened and what became of the pages; whether each was published once or is a dead letter."""
    lost = set(ids(pages)) - set(published) - set(letters)
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
    """Run."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    raise SystemExit(0 if anyio.run(run, int(sys.argv[1]) if len(sys.argv) > 1 else 1000) else 1)


if __name__ == "__main__":
    main()
