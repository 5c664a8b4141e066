"""How much memory the processes of a browser have for themselves."""

import os
from contextlib import suppress

from cinestream_scraper.browser.process_cleanup import marked

_PAGE = os.sysconf("SC_PAGE_SIZE")


def memory_of(mark: str) -> int:
    """The bytes that the marked processes have resident and share with no file; 0 where there is no /proc.

    What all may read (`/proc/<pid>/statm`), because sandboxed processes hide the more exact figures.
    """
    total = 0
    for pid in marked(mark):
        with suppress(OSError, IndexError, ValueError), open(f"/proc/{pid}/statm", "rb") as statm:
            fields = statm.read().split()
            total += (int(fields[1]) - int(fields[2])) * _PAGE
    return total
