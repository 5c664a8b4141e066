"""The command `make bench-stream`: run each scenario on each server, and print what a delivery costs.

python -m bench.stream [SCENARIO ...] [--only=SERVER,...]

SCENARIO is at-once, steady, many, resume or history. SERVER is a name in the table that the command prints.
"""

import argparse
import os
import resource
import time
from collections.abc import Awaitable, Callable

import anyio
from bench.goals import Goal, print_goals
from bench.stream import fanout, replay

_FANOUT = {"at-once": fanout.AT_ONCE, "steady": fanout.STEADY, "many": fanout.MANY}
_REPLAY: dict[str, Callable[[], Awaitable[list[Goal]]]] = {"resume": replay.resume, "history": replay.history}


async def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser("python -m bench.stream")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="default: all of them")
    parser.add_argument("--only", default="", help="servers, separated by commas; default: all of them")
    arguments = parser.parse_args()
    # Each client is a file descriptor, and 8,000 of them exceed the usual soft limit.
    hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
    servers = [name for name in arguments.only.split(",") if name]
    scenarios = arguments.scenarios or [*_FANOUT, *_REPLAY]
    if unknown := set(scenarios) - {*_FANOUT, *_REPLAY}:
        parser.error(f"unknown scenarios: {', '.join(sorted(unknown))}")
    started, goals = time.monotonic(), list[Goal]()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    print(fanout.HEADER, flush=True)
    for name in scenarios:
        if name in _FANOUT:
            goals += await fanout.run(_FANOUT[name], servers)
    print()
    for name in scenarios:
        if name in _REPLAY:
            goals += await _REPLAY[name]()
    print_goals(goals)
    print(f"\n{time.monotonic() - started:.0f} s, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    anyio.run(main, backend_options={"use_uvloop": True})
