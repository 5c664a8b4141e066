"""Stepping by hand: what never waits needs no task, what waits is finished by one."""

import asyncio

import anyio
import pytest

from cinestream_stream_api.connection import step

pytestmark = pytest.mark.anyio


async def test_what_never_waits_is_done_in_the_same_turn() -> None:
    """No task and no turn of the loop is needed."""
    done: list[str] = []

    async def write() -> None:
        done.append("written")

    assert step(write()) is None
    assert done == ["written"]


async def test_what_waits_is_finished_by_who_awaits_the_rest() -> None:
    """The rest goes on where the first step stopped, through every further waiting."""
    writable, done = [asyncio.Event(), asyncio.Event()], list[int]()

    async def write() -> None:
        for number, event in enumerate(writable):
            await event.wait()
            done.append(number)

    rest = step(write())
    assert rest is not None
    async with anyio.create_task_group() as group:

        async def finish() -> None:
            await rest

        group.start_soon(finish)
        for event in writable:
            await anyio.lowlevel.checkpoint()
            event.set()
    assert done == [0, 1]


async def test_a_cancelled_rest_ends_what_was_begun() -> None:
    """Cancelling who awaits the rest reaches into the coroutine, so nothing is left waiting."""
    cleaned: list[str] = []

    async def write() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append("up")

    rest = step(write())
    assert rest is not None
    with anyio.move_on_after(0):
        await rest
    assert cleaned == ["up"]


async def test_an_error_comes_through() -> None:
    """Whether it is raised in the first step or later."""

    async def fail(event: asyncio.Event) -> None:
        await event.wait()
        raise ValueError("broken")

    event = asyncio.Event()
    rest = step(fail(event))
    event.set()
    with pytest.raises(ValueError, match="broken"):
        step(fail(event))
    assert rest is not None
    with pytest.raises(ValueError, match="broken"):
        await rest
