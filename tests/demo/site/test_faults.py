"""The faults of the site: on request, by reserved id, and for a share of the titles."""

import httpx2
import orjson
import pytest
from tests.demo.conftest import next_data, visitor

from cinestream_demo.films.catalogue import FilmCatalogue
from cinestream_demo.films.reserved_ids import RESERVED
from cinestream_demo.pages.fault_sampler import FaultSampler, parse_shares
from cinestream_demo.pages.faults import FAULTS, InvalidFault, parse_fault
from cinestream_demo.site.fault_responses import CHALLENGE_COOKIE
from cinestream_demo.site.site import DemoSite, SiteOptions

pytestmark = pytest.mark.anyio

GODFATHER = "/title/tt0068646/"


@pytest.mark.parametrize("address", ["/fault/{}/title/tt0068646/", "/title/tt0068646/?fault={}"])
@pytest.mark.parametrize(
    ("fault", "status", "header", "content"),
    [
        ("404", 404, {}, b"404 Error"),
        ("503", 503, {}, b"503 Service"),
        ("429", 429, {"retry-after": "2"}, b"429 Too Many"),
        ("429:7", 429, {"retry-after": "7"}, b"429 Too Many"),
        ("403", 403, {}, b"<title>403 Forbidden</title>"),
        ("challenge", 202, {"x-amzn-waf-action": "challenge"}, b"window.gokuProps"),
        ("challenge-forever", 202, {"x-amzn-waf-action": "challenge"}, b"challenge.js"),
        ("redirect", 301, {"location": "/title/tt0068646/"}, b""),
        ("redirect:tt0034583", 301, {"location": "/title/tt0034583/"}, b""),
    ],
)
async def test_fault_responses(
    client: httpx2.AsyncClient, address: str, fault: str, status: int, header: dict[str, str], content: bytes
) -> None:
    """Each fault has the status, the header and the body of the live site, by prefix and by parameter."""
    response = await client.get(address.format(fault))
    assert response.status_code == status
    assert header.items() <= response.headers.items()
    assert content in response.content
    assert b"__NEXT_DATA__" not in response.content


async def test_empty_has_no_body(client: httpx2.AsyncClient) -> None:
    """`empty` is a 202 with an empty body."""
    response = await client.get(f"/fault/empty{GODFATHER}")
    assert (response.status_code, response.content) == (202, b"")
    assert response.headers["x-amzn-waf-action"] == "challenge"


async def test_the_cookie_passes_the_challenge(client: httpx2.AsyncClient) -> None:
    """The cookie that the script computes opens the pages below that prefix, and no others."""
    page = (await client.get(f"/fault/challenge{GODFATHER}")).text
    props = orjson.loads(page[page.index("{") : page.index("};") + 1])
    assert props["path"] == "/fault/challenge/"
    client.cookies.set(CHALLENGE_COOKIE, props["context"][::-1])
    assert (await client.get(f"/fault/challenge{GODFATHER}")).status_code == 200
    assert (await client.get("/fault/challenge/title/tt0034583/")).status_code == 200
    assert (await client.get(f"{GODFATHER}?fault=challenge")).status_code == 202
    assert (await client.get(f"/fault/challenge-forever{GODFATHER}")).status_code == 202


async def test_incomplete_is_cut_in_its_data(client: httpx2.AsyncClient) -> None:
    """`incomplete` ends in the middle of the data. `incomplete:bare` is a complete page without data."""
    cut = (await client.get(f"/fault/incomplete{GODFATHER}")).text
    assert "__NEXT_DATA__" in cut
    assert "</html>" not in cut
    bare = (await client.get(f"/fault/incomplete:bare{GODFATHER}")).text
    assert "__NEXT_DATA__" not in bare
    assert "ld+json" not in bare
    assert bare.rstrip().endswith("</html>")


async def test_another_kind_of_title(client: httpx2.AsyncClient) -> None:
    """`unreleased` and `series` keep the id and change the facts of the title."""
    unreleased = next_data((await client.get(f"/fault/unreleased{GODFATHER}")).text)["props"]["pageProps"]
    assert unreleased["tconst"] == "tt0068646"
    assert unreleased["aboveTheFoldData"]["ratingsSummary"]["aggregateRating"] is None
    assert unreleased["aboveTheFoldData"]["releaseDate"]["day"] is None
    series = next_data((await client.get(f"/fault/series{GODFATHER}")).text)["props"]["pageProps"]
    assert series["aboveTheFoldData"]["titleType"]["isSeries"] is True


async def test_slow_is_late(client: httpx2.AsyncClient) -> None:
    """`slow:SECONDS` returns the ordinary page, but not before that time."""
    response = await client.get(f"/fault/slow:0.05{GODFATHER}")
    assert response.status_code == 200
    assert response.elapsed.total_seconds() >= 0.049  # event loops count in milliseconds


async def test_unknown_faults_are_reported(client: httpx2.AsyncClient) -> None:
    """A misspelt fault returns 400 with the known faults, not a page without a fault."""
    for wrong in ("nope", "slow:soon", "slow:601", "404:1", "localised:xx", "redirect:here"):
        response = await client.get(f"/fault/{wrong}{GODFATHER}")
        assert response.status_code == 400
        assert "challenge-forever" in response.text


@pytest.mark.parametrize(("film_id", "status"), [
    ("tt9900005", 301), ("tt9900202", 202), ("tt9900203", 202), ("tt9900204", 202), ("tt9900403", 403),
    ("tt9900404", 404), ("tt9900429", 429), ("tt9900503", 503), ("tt9900666", 200),
])  # fmt: skip
async def test_reserved_ids_show_their_faults(client: httpx2.AsyncClient, film_id: str, status: int) -> None:
    """A reserved id shows its fault without a request for it."""
    assert (await client.get(f"/title/{film_id}/")).status_code == status


@pytest.mark.parametrize(("film_id", "kind"), [
    ("tt9900001", "movie"), ("tt9900002", "tvSeries"), ("tt9900003", "tvEpisode"), ("tt9900004", "videoGame"),
    ("tt9900006", "tvMovie"), ("tt9900007", "short"), ("tt9900008", "movie"),
])  # fmt: skip
async def test_reserved_ids_of_other_kinds(client: httpx2.AsyncClient, film_id: str, kind: str) -> None:
    """The page of a reserved id has its kind of title, and every section of it loads."""
    page = (await client.get(f"/title/{film_id}/")).text
    data = next_data(page)["props"]["pageProps"]["aboveTheFoldData"]
    assert (data["id"], data["titleType"]["id"]) == (film_id, kind)
    for section in ("cast", "more-like-this", "storyline", "details"):
        assert (await client.get(f"/sections/{film_id}/{section}/")).status_code == 200


def test_all_reserved_faults_exist() -> None:
    """Every fault of a reserved id is in the table of faults."""
    assert {parse_fault(entry.fault).name for entry in RESERVED.values() if entry.fault} < FAULTS.keys()


def test_sampled_faults_are_shares_and_always_the_same(catalogue: FilmCatalogue) -> None:
    """About the requested share of the titles has a fault, and always the same titles."""
    shares = parse_shares("503=0.2, challenge-forever=0.1")
    assigned = {film.id: FaultSampler(shares).fault_of(film.id) for film in catalogue}
    assert assigned == {film.id: FaultSampler(shares).fault_of(film.id) for film in catalogue}
    count = {name: sum(fault is not None and fault.name == name for fault in assigned.values()) for name in shares}
    assert 0.14 * len(assigned) < count["503"] < 0.26 * len(assigned)
    assert 0.05 * len(assigned) < count["challenge-forever"] < 0.15 * len(assigned)


def test_wrong_shares_are_refused() -> None:
    """Shares that are not numbers, negative, more than 1 together, or of unknown faults are refused."""
    for wrong in ("503", "503=much", "503=0.7,429=0.7", "503=-1", "nope=0.1"):
        with pytest.raises(InvalidFault):
            FaultSampler(parse_shares(wrong))


async def test_temporary_faults_pass(catalogue: FilmCatalogue) -> None:
    """A temporary fault shows once per title and a lasting one always, and both are counted by title."""
    site = DemoSite(catalogue, SiteOptions(consent="off", faults={"503": 0.5, "404": 0.5}))
    async with visitor(site) as client:
        first = {film.id: (await client.get(f"/title/{film.id}/")).status_code for film in catalogue.popular[:30]}
        again = {film_id: (await client.get(f"/title/{film_id}/")).status_code for film_id in first}
        log = (await client.get("/__demo__/requests.json")).json()
    assert {*first.values()} == {503, 404}
    assert all(again[film_id] == {503: 200, 404: 404}[status] for film_id, status in first.items())
    assert log["titles"] == {film_id: 1 for film_id, status in first.items() if status == 503}
    assert {*log["faults"]["503"]} == {*log["titles"]}
