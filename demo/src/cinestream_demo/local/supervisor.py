"""Carries the plan out: starts in order, restarts what crashes, ends everything."""

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from cinestream_demo.local.child import CannotRun, Child
from cinestream_demo.local.plan import Process

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 30.0
_STABLE_AFTER = 60.0
# Seconds to end in: the scraper has browsers to close.
GRACE = {"scraper": 4.2, "nats": 1.0}


@dataclass
class Part:
    """What the terminal shows of one process."""

    name: str
    state: str = "waiting"
    crashes: int = 0
    last_crash: str = ""


@dataclass
class Supervisor:
    """The processes of the plan, and what is to be told of them."""

    processes: Sequence[Process]
    logs: Path
    parts: dict[str, Part] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    grace: Mapping[str, float] = field(default_factory=lambda: GRACE)

    def __post_init__(self) -> None:
        self.parts = {process.name: Part(process.name) for process in self.processes}

    async def run(self, stop: anyio.Event) -> None:
        """Run until `stop`, then end everything.

        Raises:
            CannotRun: a port is taken, or a process ended before it was ready for the first time.
                In an ExceptionGroup where it comes from a task.
        """
        check_ports(self.processes)
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_cancel_at, stop, group)
                for process in self.processes:
                    await self._start(process)
                    if not process.one_shot:
                        group.start_soon(self._keep, process)
        finally:
            with anyio.CancelScope(shield=True):
                await self._end_all()

    async def _start(self, process: Process) -> None:
        part, child = self.parts[process.name], Child(process, self.logs)
        part.state = "starting"
        self.children[process.name] = child
        await child.start()
        await child.wait_ready()
        part.state = "done" if process.one_shot else "running"

    async def _keep(self, process: Process) -> None:
        """Start it again, with a growing delay, whenever it ends."""
        part, delay = self.parts[process.name], _FIRST_DELAY
        while True:
            child, started = self.children[process.name], time.monotonic()
            code = await child.wait()
            delay = _FIRST_DELAY if time.monotonic() - started > _STABLE_AFTER else delay
            part.crashes += 1
            part.last_crash = f"ended with {code}: {child.tail[-1] if child.tail else '(no output)'}"
            part.state = f"restarting in {delay:.1f} s"
            await anyio.sleep(delay)
            delay = min(delay * 2, _LONGEST_DELAY)
            try:
                await self._start(process)
            except CannotRun:
                continue

    async def _end_all(self) -> None:
        async def end(child: Child) -> None:
            self.parts[child.process.name].state = "ending"
            await child.end(grace=self.grace.get(child.process.name, 3.0))
            self.parts[child.process.name].state = "ended"

        bus = self.children.pop("nats", None)
        async with anyio.create_task_group() as group:
            for child in reversed(self.children.values()):
                group.start_soon(end, child)
        if bus:
            await end(bus)


async def _cancel_at(stop: anyio.Event, group: TaskGroup) -> None:
    await stop.wait()
    group.cancel_scope.cancel()


def check_ports(processes: Sequence[Process]) -> None:
    """Make sure that every port is free.

    Raises:
        CannotRun: one is taken; the text names the setting.
    """
    for process in processes:
        for port, setting in process.port_settings.items():
            with socket.socket() as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    sock.bind(("127.0.0.1", port))
                except OSError as error:
                    reason = f"{process.name} needs port {port} of 127.0.0.1, which is taken ({error.strerror})"
                    raise CannotRun(f"{reason}: set {setting} to another one") from None
