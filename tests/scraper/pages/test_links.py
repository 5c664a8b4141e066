"""The titles in the rows of charts, searches and lists."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scraper.page_samples import chart_page, row, titles_in


def test_the_data_holds_all_titles_in_the_order_of_their_ranks() -> None:
    """The rows of the data may be in another order."""
    ids = [f"tt{number:07}" for number in range(1, 101)]
    html = chart_page(ids)
    data = html[html.index("{") : html.rindex("}") + 1]
    parsed = json.loads(data)
    parsed["props"]["pageProps"]["pageData"]["chartTitles"]["edges"].reverse()
    assert titles_in(html.replace(data, json.dumps(parsed))) == ids


def test_without_data_the_rows_of_the_html_are_read() -> None:
    """Each title in the links of the rows counts once. Other links of the page do not count."""
    links = '<a href="/title/{0}/?ref=1"><img></a><a href="/title/{0}/">x</a>'
    row = f'<li class="ipc-metadata-list-summary-item">{links}</li>'
    html = f'<a href="/title/tt7777777/">news</a>{row.format("tt0000002")}{row.format("tt0000001")}'
    assert titles_in(html) == ["tt0000002", "tt0000001"]


IDS = ["tt0111161", "tt0068646", "tt0133093"]
LAYOUTS = {
    "find": {"titleResults": {"results": [{"id": id, "titleNameText": "x"} for id in IDS]}},
    "find of 2026": {"titleResults": {"results": [{"listItem": {"titleId": id}} for id in IDS]}},
    "search/title": {"searchResults": {"titleResults": {"titleListItems": [{"titleId": id} for id in IDS]}}},
    "list": {"mainColumnData": {"list": {"titleListItemSearch": {"edges": [{"listItem": {"id": id}} for id in IDS]}}}},
    "list without titles": {
        "mainColumnData": {"list": {"titleListItemSearch": {"edges": [{"node": {"itemId": id}} for id in IDS]}}}
    },
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_searches_and_lists_hold_their_titles_in_their_data(layout: str) -> None:
    """Each layout has its own place for them. Ids of people are skipped, and rows in the HTML are added."""
    data = json.dumps({"props": {"pageProps": LAYOUTS[layout]}}).replace(IDS[2], "nm0000001")
    shown = '<li class="ipc-metadata-list-summary-item"><a href="/title/tt7777777/">x</a></li>'
    html = f'{shown}<script id="__NEXT_DATA__" type="application/json">{data}</script>'
    assert titles_in(html) == [*IDS[:2], "tt7777777"]


def test_a_chart_with_incomplete_data_leads_to_the_rows_of_its_html_too() -> None:
    """Rows that came by clicks are in the HTML only. Links in it count only then."""
    shown = "".join(map(row, ["tt0000002", "tt0000003"]))
    for more, found in ((True, ["tt0000001", "tt0000002", "tt0000003"]), (False, ["tt0000001", "tt0000002"])):
        html = chart_page(["tt0000001", "tt0000002"], more=more)
        assert titles_in(html.replace("<h1>x</h1>", shown)) == found


@given(st.text(max_size=300))
def test_any_text_is_read_without_titles(html: str) -> None:
    """Nonsense contains no titles."""
    assert titles_in(html) == []
