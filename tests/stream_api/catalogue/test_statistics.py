"""The counts of the films that match a filter."""

from collections import Counter

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stream_api.films import PAGE_TIME, movie

from cinestream_stream_api.catalogue.film_index import FilmIndex
from cinestream_stream_api.catalogue.shared_work import SharedWork, TooManyQuestions, in_slices
from cinestream_stream_api.catalogue.statistics import TOP_DIRECTORS, count
from cinestream_stream_api.events.event import film
from cinestream_stream_api.events.filters import EVERYTHING, Filter
from cinestream_stream_api.events.position import Position

FILMS = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(["War", "Drama"]), st.lists(st.sampled_from("ABCD"), unique=True))
)


def index_of(films: list[tuple[int, str, list[str]]]) -> FilmIndex:
    """Return the index of versions of films, each with its number, genre and directors."""
    index = FilmIndex(Position("e", 0))
    for sequence, (number, genre, directors) in enumerate(films, 1):
        sent = movie(number, genre=[genre], genre_categories=[], director=directors).encode(page_time=PAGE_TIME)
        index.add([film(Position("e", sequence), *sent)], through=sequence)
    return index


@given(FILMS, st.sampled_from([EVERYTHING, Filter(genre=frozenset(["war"])), Filter(director=frozenset("ab"))]))
def test_the_counts_are_those_of_the_films_that_match(films: list[tuple[int, str, list[str]]], filter: Filter) -> None:
    """With and without a filter, the counts are those of the last versions that match it."""
    found = anyio.run(count, index_of(films), filter)
    last = {number: (genre, directors) for number, genre, directors in films}.values()
    matching = [
        (genre, directors)
        for genre, directors in last
        if (not filter.genre or genre == "War") and (not filter.director or {"A", "B"} & set(directors))
    ]
    people = Counter(name for _, directors in matching for name in directors)
    assert found.films.genres == Counter(genre for genre, _ in matching)
    assert (found.position.sequence, found.films.films, found.directors) == (len(films), len(matching), len(people))
    ranked = sorted(people.items(), key=lambda one: (-one[1], one[0]))
    assert [(one.name, one.films) for one in found.top_directors] == ranked


def test_only_the_first_directors_are_listed() -> None:
    """The directors of most films come first, then those first in the alphabet."""
    names = [f"Director {number:04}" for number in range(1200)]
    films = [(number, "War", [name]) for number, name in enumerate(reversed(names), 1)]
    index = index_of([*films, (9999, "War", names[-1:])])
    found = anyio.run(count, index, EVERYTHING)
    assert found.directors == len(names)
    assert [one.name for one in found.top_directors] == [names[-1], *names[: TOP_DIRECTORS - 1]]


@pytest.mark.anyio
async def test_equal_questions_share_the_work() -> None:
    """One task works at a time, others that ask the same get its result, and other tasks run meanwhile."""
    work, steps, results = SharedWork(), list[str](), list[int]()

    async def walk() -> int:
        async for step in in_slices(range(3)):
            steps.append(f"slice {step}")
        return len(steps)

    async def ask(question: str) -> None:
        results.append(await work.result(question, Position("e", 1), walk))

    async with anyio.create_task_group() as group:
        for question in ("same", "same", "other", "same"):
            group.start_soon(ask, question)
    assert len(steps) == 6
    assert sorted(results) == [3, 3, 3, 6]
    assert await work.result("same", Position("f", 1), walk) == 9


@pytest.mark.anyio
async def test_waiting_questions_are_limited() -> None:
    """A further question is refused at once. Equal ones and kept results are not, and a cancelled one leaves."""
    work, position, release, results = SharedWork(2), Position("e", 1), anyio.Event(), list[str]()

    async def ask(question: str) -> None:
        async def answer() -> str:
            await release.wait()
            return question

        results.append(await work.result(question, position, answer))

    release.set()
    await ask("kept")
    release = anyio.Event()
    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            for question in ("a", "b", "a"):
                group.start_soon(ask, question)
            await anyio.wait_all_tasks_blocked()
            await ask("kept")
            with pytest.raises(TooManyQuestions):
                await ask("c")
            group.cancel_scope.cancel()
        release.set()
        async with anyio.create_task_group() as group:
            for question in ("c", "d"):
                group.start_soon(ask, question)
    assert results == ["kept", "kept", "c", "d"]
