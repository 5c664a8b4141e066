"""`make bench-stream`: the works, each on every server, and a table of what they cost.

`python -m bench.stream [WORK …] [--only=SERVER,…]`: only these works (at-once, steady, many, resume, history), only
these servers, by their names in the table.
"""

import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable

import anyio
from bench.stream import fanout, past
from bench.stream.targets import Target, show_targets

_FANOUT = {"at-once": fanout.AT_ONCE, "steady": fanout.STEADY, "many": fanout.MANY}
_PAST: dict[str, Callable[[], Awaitable[list[Target]]]] = {"resume": past.resume, "history": past.history}


async def main() -> None:
    """The command."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    only = [name for word in sys.argv[1:] if word.startswith("--only=") for name in word[7:].split(",")]
    works = [word for word in sys.argv[1:] if not word.startswith("--")] or [*_FANOUT, *_PAST]
    started, targets = time.monotonic(), list[Target]()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    print(fanout.HEADER, flush=True)
    for name in works:
        if name in _FANOUT:
            targets += await fanout.run(_FANOUT[name], only)
    print()
    for name in works:
        if name in _PAST:
            targets += await _PAST[name]()
    show_targets(targets)
    print(f"\n{time.monotonic() - started:.0f} s, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    anyio.run(main, backend_options={"use_uvloop": True})
