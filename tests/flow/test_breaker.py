"""The states of the circuit breaker and the calls that it lets through."""

import anyio
import pytest

from cinestream_flow.breaker import CircuitBreaker, CircuitOpen, CircuitState

pytestmark = pytest.mark.anyio


class World:
    """A clock that the test sets, and a server that is up or down."""

    def __init__(self) -> None:
        self.now, self.up, self.calls = 100.0, False, 0
        self.breaker = CircuitBreaker(
            "server", failures=3, open_for=10, is_failure=self.is_fault, clock=lambda: self.now
        )

    @staticmethod
    def is_fault(error: Exception) -> bool:
        return isinstance(error, OSError)

    async def request(self) -> str:
        self.calls += 1
        if not self.up:
            raise OSError("down")
        return "answer"

    async def fail(self, times: int) -> None:
        for _ in range(times):
            with pytest.raises(OSError, match="down"):
                await self.breaker.call(self.request)


async def test_circuit_opens_after_consecutive_failures() -> None:
    """An open circuit refuses the call and gives the time until the next test."""
    world = World()
    await world.fail(3)
    with pytest.raises(CircuitOpen, match="3 times") as refused:
        await world.breaker.call(world.request)
    assert (world.calls, refused.value.retry_after, world.breaker.state) == (3, 10.0, CircuitState.OPEN)


async def test_success_between_failures_keeps_the_circuit_closed() -> None:
    """Only consecutive failures open the circuit."""
    world = World()
    for _ in range(3):
        await world.fail(2)
        world.up = True
        await world.breaker.call(world.request)
        world.up = False
    assert world.breaker.state is CircuitState.CLOSED


async def test_other_errors_do_not_open_the_circuit() -> None:
    """An error that is no failure of the server leaves the circuit closed."""
    world = World()

    async def refused() -> None:
        raise KeyError("no such film")

    for _ in range(9):
        with pytest.raises(KeyError):
            await world.breaker.call(refused)
    assert world.breaker.state is CircuitState.CLOSED


async def test_half_open_circuit_lets_one_call_through() -> None:
    """All other calls are refused during the test call, and its success closes the circuit."""
    world = World()
    await world.fail(3)
    world.now, world.up = 110.0, True
    inside, go_on, refused = anyio.Event(), anyio.Event(), 0

    async def slow() -> None:
        world.calls += 1
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
    assert (world.calls, refused, world.breaker.state) == (4, 9, CircuitState.CLOSED)


async def test_failed_test_call_opens_the_circuit_again() -> None:
    """The full time starts again at the failed test call."""
    world = World()
    await world.fail(3)
    world.now = 110.0
    await world.fail(1)
    world.now = 119.0
    with pytest.raises(CircuitOpen):
        await world.breaker.call(world.request)
    assert world.calls == 4


async def test_cancelled_test_call_allows_another_one() -> None:
    """The circuit does not stay half-open after its test call was cancelled."""
    world = World()
    await world.fail(3)
    world.now, world.up = 110.0, True
    with anyio.move_on_after(0):
        await world.breaker.call(anyio.sleep_forever)
    assert await world.breaker.call(world.request) == "answer"
    assert world.breaker.state is CircuitState.CLOSED


async def test_refused_calls_wait_for_the_test_call() -> None:
    """`retry_after` is above 0 during a test call, so that the others do not use up their attempts."""
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
            await world.breaker.call(world.request)
        assert refused.value.retry_after == 1.0
        answered.set()
    assert world.breaker.state is CircuitState.CLOSED
