"""The supervisor of the local run: starts processes in order, restarts those that crash, and ends them all."""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from cinestream_demo.local.child import Child
from cinestream_demo.local.failures import CannotRun
from cinestream_demo.local.plan import Process
from cinestream_demo.local.status import DONE, ENDED, ENDING, RUNNING, STARTING, ProcessStatus
from cinestream_flow.message import Message

_MIN_DELAY, _MAX_DELAY = 0.5, 30.0
"""Seconds to wait before a restart: doubled after each crash of a process that was not healthy again."""
_DEFAULT_GRACE = 3.0
GRACE = {"scraper": 4.2, "nats": 1.0}
"""Seconds that a process has to end. The scraper has browsers to close."""


@dataclass
class Supervisor:
    """The running processes of a plan, and their states by name.

    `grace` overrides the seconds that a process has to end.
    """

    processes: Sequence[Process]
    logs: Path
    statuses: dict[str, ProcessStatus] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    grace: Mapping[str, float] = field(default_factory=lambda: GRACE)

    def __post_init__(self) -> None:
        self.statuses = {process.name: ProcessStatus(process.name) for process in self.processes}

    async def run(self, stop: anyio.Event) -> None:
        """Run until `stop`, then end everything.

        Raises:
            CannotRun: a process ended before it was ready for the first time.
                An exception from a task arrives inside an ExceptionGroup.
        """
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_cancel_at, stop, group)
                for process in self.processes:
                    await self._start(process)
                    if not process.one_shot:
                        group.start_soon(self._keep_running, process)
        finally:
            with anyio.CancelScope(shield=True):
                await self._end_all()

    async def _start(self, process: Process) -> None:
        status, child = self.statuses[process.name], Child(process, self.logs)
        status.enter(STARTING)
        self.children[process.name] = child
        await child.start()
        await child.wait_ready()
        status.enter(DONE if process.one_shot else RUNNING)

    async def _keep_running(self, process: Process) -> None:
        """Restart the process whenever it ends, each time after a longer delay."""
        status = self.statuses[process.name]
        while True:
            child = self.children[process.name]
            code = await child.wait()
            status.crashed(code, child.tail[-1] if child.tail else "(no output)")
            delay = min(_MIN_DELAY * 2 ** min(status.crashes - 1, 16), _MAX_DELAY)
            status.enter(Message("restarting in {seconds:.1f} s", seconds=delay))
            await anyio.sleep(delay)
            try:
                await self._start(process)
            except CannotRun:
                continue

    async def _end_all(self) -> None:
        async def end(child: Child) -> None:
            self.statuses[child.process.name].enter(ENDING)
            await child.end(grace=self.grace.get(child.process.name, _DEFAULT_GRACE))
            self.statuses[child.process.name].enter(ENDED)

        # NATS ends last: the services still acknowledge messages while they end.
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
    """Check that every port of the plan is free.

    Raises:
        CannotRun: a port is taken. The text names the setting that changes it.
    """
    for process in processes:
        for port, setting in process.port_settings.items():
            with socket.socket() as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    sock.bind(("127.0.0.1", port))
                except OSError as error:
                    raise _port_taken(process.name, port, setting, error) from None


def _port_taken(process: str, port: int, setting: str, error: OSError) -> CannotRun:
    return CannotRun(
        Message(
            "{process} needs port {port} of 127.0.0.1, which is taken ({error}): set {setting} to another one",
            process=process,
            port=port,
            error=error.strerror,
            setting=setting,
        )
    )
