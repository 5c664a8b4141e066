"""When a circuit opens, whom it lets through, and when it closes."""

import anyio
import pytest

from cinestream_flow.breaker import CircuitBreaker, CircuitOpen, CircuitState

pytestmark = pytest.mark.anyio


class World:
    """A clock that is set by hand, and a server that is up or down."""

    def __init__(self) -> None:
        self.now, self.up, self.asked = 100.0, False, 0
        self.breaker = CircuitBreaker(
            "server", failures=3, open_for=10, is_failure=self.is_fault, clock=lambda: self.now
        )

    @staticmethod
    def is_fault(error: Exception) -> bool:
        return isinstance(error, OSError)

    async def ask(self) -> str:
        self.asked += 1
        if not self.up:
            raise OSError("down")
        return "answer"

    async def fail(self, times: int) -> None:
        for _ in range(times):
            with pytest.raises(OSError, match="down"):
                await self.breaker.call(self.ask)


async def test_it_opens_after_faults_in_a_row_and_asks_no_more() -> None:
    """An open circuit says so without a call, and when to come again."""
    world = World()
    await world.fail(3)
    with pytest.raises(CircuitOpen, match="3 times") as refused:
        await world.breaker.call(world.ask)
    assert (world.asked, refused.value.retry_after, world.breaker.state) == (3, 10.0, CircuitState.OPEN)


async def test_a_success_between_faults_keeps_it_closed() -> None:
    """Only faults in a row count."""
    world = World()
    for _ in range(3):
        await world.fail(2)
        world.up = True
        await world.breaker.call(world.ask)
        world.up = False
    assert world.breaker.state is CircuitState.CLOSED


async def test_errors_that_are_no_faults_of_the_server_do_not_open_it() -> None:
    """A server that says no is a server that is there."""
    world = World()

    async def refused() -> None:
        raise KeyError("no such film")

    for _ in range(9):
        with pytest.raises(KeyError):
            await world.breaker.call(refused)
    assert world.breaker.state is CircuitState.CLOSED


async def test_half_open_lets_exactly_one_of_many_through() -> None:
    """While that one is under way the others are refused; its success closes the circuit."""
    world = World()
    await world.fail(3)
    world.now, world.up = 110.0, True
    inside, go_on, refused = anyio.Event(), anyio.Event(), 0

    async def slow() -> None:
        world.asked += 1
        inside.set()
        await go_on.wait()

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(world.breaker.call, slow)
            await inside.wait()
            assert world.breaker.state is CircuitState.HALF_OPEN
            for _ in range(9):
                with pytest.raises(CircuitOpen):
                    await world.breaker.call(slow)
                refused += 1
            go_on.set()
    assert (world.asked, refused, world.breaker.state) == (4, 9, CircuitState.CLOSED)


async def test_a_failed_test_opens_it_again_for_the_whole_time() -> None:
    """The time counts from the failed test."""
    world = World()
    await world.fail(3)
    world.now = 110.0
    await world.fail(1)
    world.now = 119.0
    with pytest.raises(CircuitOpen):
        await world.breaker.call(world.ask)
    assert world.asked == 4


async def test_a_cancelled_test_leaves_room_for_the_next() -> None:
    """Nothing was learnt from it; the circuit does not stay half-open for ever."""
    world = World()
    await world.fail(3)
    world.now, world.up = 110.0, True
    with anyio.move_on_after(0):
        await world.breaker.call(anyio.sleep_forever)
    assert await world.breaker.call(world.ask) == "answer"
    assert world.breaker.state is CircuitState.CLOSED


async def test_while_one_call_is_the_test_the_others_are_told_to_give_it_time() -> None:
    """Not at once again: they would use up their attempts before the test is answered."""
    world, answered = World(), anyio.Event()
    await world.fail(3)
    world.now += 10

    async def slow() -> str:
        await answered.wait()
        return "answer"

    async with anyio.create_task_group() as group:
        group.start_soon(world.breaker.call, slow)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(CircuitOpen) as refused:
            await world.breaker.call(world.ask)
        assert refused.value.retry_after == 1.0
        answered.set()
    assert world.breaker.state is CircuitState.CLOSED
