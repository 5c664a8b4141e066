"""The pages for visitors: addresses, languages, consent, lists and counters."""

import time

import httpx2
import pytest
from tests.demo.conftest import next_data, visitor

from cinestream_demo.films.catalogue import FilmCatalogue
from cinestream_demo.site.site import DemoSite, SiteOptions

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "path", ["/title/tt0111161", "/chart/top", "/find", "/fault/slow:0/title/tt0111161", "/es-es/title/tt0111161"]
)
async def test_an_address_without_its_last_slash_is_redirected(client: httpx2.AsyncClient, path: str) -> None:
    """Every page has one address, and the redirect keeps the query."""
    response = await client.get(path + "?ref_=x")
    assert (response.status_code, response.headers["location"]) == (308, path + "/?ref_=x")


@pytest.mark.parametrize(
    "path",
    ["/title/tt0000000/", "/title/tt1/", "/title/tt0111161/fullcredits/", "/name/nm00000000/", "/chart/bottom/",
     "/sections/tt0111161/nothing/", "/images/nobody.svg", "/static/secret", "/find/more/?start=x"],
)  # fmt: skip
async def test_there_is_no_such_page(client: httpx2.AsyncClient, path: str) -> None:
    """An unknown page, section, picture or file is a 404."""
    assert (await client.get(path)).status_code == 404


async def test_localised_pages(client: httpx2.AsyncClient) -> None:
    """A page in another language names it, and translates title, genres, numbers and months."""
    for path in ("/es-es/title/tt0111161/", "/title/tt0111161/?lang=es-ES", "/fault/localised/title/tt0111161/"):
        page = (await client.get(path)).text
        document = next_data(page)
        above = document["props"]["pageProps"]["aboveTheFoldData"]
        sidecar = document["props"]["pageProps"]["requestContext"]["sidecar"]
        assert document["locale"] == sidecar["localizationResponse"]["userLanguage"] == "es-ES"
        assert above["titleText"]["text"] == "Cadena perpetua"
        assert above["originalTitleText"]["text"] == "The Shawshank Redemption"
        assert [(genre["id"], genre["text"]) for genre in above["genres"]["genres"]][1] == ("Crime", "Crimen")
        assert '<html lang="es-ES"' in page
        assert "<span>8,9</span>" in page or "<span>8,8</span>" in page or "<span>9,0</span>" in page
    details = (await client.get("/sections/tt0111161/details/?lang=es-ES")).text
    assert "10 de septiembre de 1994 (España)" in details


async def test_titles_without_a_translation_stay_english(client: httpx2.AsyncClient) -> None:
    """A film without a translated title keeps its English one."""
    document = next_data((await client.get("/de/title/tt0114369/")).text)
    assert document["props"]["pageProps"]["aboveTheFoldData"]["titleText"]["text"] == "Seven"


async def test_the_list_has_pages(client: httpx2.AsyncClient, catalogue: FilmCatalogue) -> None:
    """Each page of a list has its hundred rows and the total, and the page after the last one is a 404."""
    ids: list[str] = []
    for page in range(1, 5):
        address = f"/list/ls000000316/?page={page}" if page > 1 else "/list/ls000000316/"
        document = next_data((await client.get(address)).text)
        found = document["props"]["pageProps"]["mainColumnData"]["list"]["titleListItemSearch"]
        assert (found["total"], found["pageInfo"]["hasNextPage"]) == (len(catalogue), page < 4)
        ids += [edge["listItem"]["id"] for edge in found["edges"]]
    assert ids == [film.id for film in catalogue]
    for nothing in ("ls000000316/?page=5", "ls000000316/?page=x", "ls000000001/"):
        assert (await client.get(f"/list/{nothing}")).status_code == 404


async def test_charts_hold_all_rows_and_show_25(client: httpx2.AsyncClient) -> None:
    """The data of a chart has every row in order, and its page shows the first 25."""
    for chart, rows in (("top", 250), ("moviemeter", 100)):
        page = (await client.get(f"/chart/{chart}/")).text
        edges = next_data(page)["props"]["pageProps"]["pageData"]["chartTitles"]["edges"]
        assert [edge["currentRank"] for edge in edges] == list(range(1, rows + 1))
        assert page.count('class="ipc-metadata-list-summary-item"') == 25
        assert f'href="/title/{edges[24]["node"]["id"]}/"' in page
        assert f'href="/title/{edges[25]["node"]["id"]}/"' not in page


async def test_a_search_has_further_results(client: httpx2.AsyncClient, catalogue: FilmCatalogue) -> None:
    """A search shows 25 films, and 25 more at a time until all are shown."""
    found = [film.id for film in catalogue.search("the")]
    page = (await client.get("/find/?q=the")).text
    start = page.index('data-more-url="') + len('data-more-url="')
    following: str | None = page[start : page.index('"', start)].replace("&amp;", "&")
    shown = page.count("ipc-metadata-list-summary-item")
    while following:
        response = await client.get(following)
        shown += response.text.count("ipc-metadata-list-summary-item")
        following = response.headers.get("x-next")
    assert shown == len(found) > 50


async def test_a_search_without_results(client: httpx2.AsyncClient) -> None:
    """A search without results has a page of its own, which escapes the searched text."""
    page = (await client.get("/find/", params={"q": "<b>xyzzy"})).text
    assert 'data-testid="results-section-empty-results-msg"' in page
    assert "<b>xyzzy" not in page


async def test_people_have_pages(client: httpx2.AsyncClient, catalogue: FilmCatalogue) -> None:
    """The credits link to pages of people, which are not title pages."""
    film = catalogue.get("tt0054215")
    assert film is not None
    document = next_data((await client.get(f"/name/{film.directors[0].id}/")).text)
    assert document["props"]["pageProps"]["aboveTheFold"]["nameText"]["text"] == "Alfred Hitchcock"
    assert "tconst" not in document["props"]["pageProps"]


async def test_pictures(client: httpx2.AsyncClient) -> None:
    """The address of a poster is absolute and returns a picture."""
    document = next_data((await client.get("/title/tt0111161/")).text)
    url = document["props"]["pageProps"]["aboveTheFoldData"]["primaryImage"]["url"]
    assert url == "http://demo/images/tt0111161.svg"
    assert (await client.get(url)).headers["content-type"].startswith("image/svg+xml")


async def test_robots(client: httpx2.AsyncClient) -> None:
    """robots.txt forbids one title, so that tests can check obedience."""
    assert "Disallow: /title/tt9900666/" in (await client.get("/robots.txt")).text


async def test_consent_is_asked_for_by_default(catalogue: FilmCatalogue) -> None:
    """By default the page has the dialog and its content. With the wall it has no content before the answer."""
    async with visitor(DemoSite(catalogue)) as client:
        page = (await client.get("/title/tt0111161/")).text
        assert 'data-consent-path="/" data-consent-cookie="consent"' in page
        assert "__NEXT_DATA__" in page
        assert 'data-testid="accept-button"' in (await client.get("/consent/?path=/")).text
    async with visitor(DemoSite(catalogue, SiteOptions(consent="wall"))) as client:
        assert "__NEXT_DATA__" not in (await client.get("/title/tt0111161/")).text
        client.cookies.set("consent", "accepted")
        assert "__NEXT_DATA__" in (await client.get("/title/tt0111161/")).text


async def test_consent_on_request(client: httpx2.AsyncClient) -> None:
    """The consent faults ask whatever was answered before, and store their answer for their prefix."""
    client.cookies.set("consent", "accepted")
    assert "data-consent-path" not in (await client.get("/title/tt0111161/")).text
    assert 'data-consent-path="/fault/consent/"' in (await client.get("/fault/consent/title/tt0111161/")).text
    assert 'data-testid="consent-wall"' in (await client.get("/fault/consent-wall/title/tt0111161/")).text


async def test_the_debug_endpoints(client: httpx2.AsyncClient, catalogue: FilmCatalogue) -> None:
    """`/__demo__/` lists faults, reserved ids, the changing film and every film, and counts the pages served."""
    about = (await client.get("/__demo__/")).json()
    assert about["living"]["film_id"] == "tt0111161"
    assert {"slow", "challenge"} <= about["faults"].keys()
    assert "tt9900001" in about["reserved"]
    films = {film["id"]: film for film in (await client.get("/__demo__/films.json")).json()}
    assert films["tt0068646"]["directors"] == [
        {"id": films["tt0068646"]["directors"][0]["id"], "name": "Francis Ford Coppola"}
    ]
    assert (await client.get("/__demo__/ids.txt")).text.split() == [film.id for film in catalogue]
    for path in (
        "/title/tt0068646/",
        "/title/tt0068646/",
        "/title/tt0000000/",
        "/fault/503/title/tt0034583/",
        "/chart/top/",
    ):
        await client.get(path)
    log = (await client.get("/__demo__/requests.json")).json()
    assert log["titles"] == {"tt0068646": 2}
    assert log["faults"] == {"503": {"tt0034583": 1}}
    assert log["kinds"]["chart"] == 1


async def test_latency_is_added(catalogue: FilmCatalogue) -> None:
    """The latency delays pages, pictures and sections."""
    async with visitor(DemoSite(catalogue, SiteOptions(latency=0.03))) as client:
        for path in ("/title/tt0111161/", "/images/tt0111161.svg", "/sections/tt0111161/cast/"):
            started = time.perf_counter()
            await client.get(path)
            assert time.perf_counter() - started >= 0.029  # event loops count in milliseconds
