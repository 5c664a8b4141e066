"""The film that changes."""

from itertools import pairwise

import pytest
from tests.demo.conftest import next_data, visitor

from cinestream_demo.films.catalogue import FilmCatalogue
from cinestream_demo.films.changing_film import EPOCH, ChangingFilm
from cinestream_demo.site.site import DemoSite, SiteOptions

pytestmark = pytest.mark.anyio


def test_each_period_changes_rating_and_votes(catalogue: FilmCatalogue) -> None:
    """Each period adds one vote and changes the rating, which stays within 0.1 of the film's own."""
    film = catalogue.get("tt0111161")
    assert film is not None
    assert film.rating is not None
    states = [ChangingFilm(period=5).at(film, EPOCH + 5 * step + 0.1) for step in range(40)]
    for before, after in pairwise(states):
        assert after.rating != before.rating
        assert after.votes == before.votes + 1
    assert {state.rating for state in states} == {8.8, 8.9, 9.0}
    assert abs(film.rating - 8.9) < 1e-9


def test_within_a_period_nothing_changes(catalogue: FilmCatalogue) -> None:
    """The state depends on the time alone, so every replica and every restart shows the same."""
    film = catalogue.get("tt0111161")
    assert film is not None
    assert ChangingFilm().at(film, EPOCH + 10) == ChangingFilm().at(film, EPOCH + 14.9)


def test_other_films_do_not_change(catalogue: FilmCatalogue) -> None:
    """Only one film changes."""
    film = catalogue.get("tt0068646")
    assert film is not None
    assert ChangingFilm().at(film, EPOCH + 10) is film


async def test_page_and_chart_follow_the_clock(catalogue: FilmCatalogue) -> None:
    """The page and the chart show the current state, although pages are cached."""
    now = EPOCH
    async with visitor(DemoSite(catalogue, SiteOptions(consent="off", clock=lambda: now))) as client:
        seen = []
        for step in range(3):
            now = EPOCH + 5 * step
            page = next_data((await client.get("/title/tt0111161/")).text)["props"]["pageProps"]
            chart = next_data((await client.get("/chart/top/")).text)["props"]["pageProps"]["pageData"]
            nodes = [edge["node"] for edge in chart["chartTitles"]["edges"]]
            (row,) = [node for node in nodes if node["id"] == "tt0111161"]
            assert row["ratingsSummary"] == page["aboveTheFoldData"]["ratingsSummary"]
            seen.append(page["aboveTheFoldData"]["ratingsSummary"]["voteCount"])
    assert seen == [seen[0], seen[0] + 1, seen[0] + 2]
