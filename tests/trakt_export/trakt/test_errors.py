"""The meaning of status codes and headers."""

from datetime import UTC, datetime

import pytest

from cinestream_trakt_export.trakt.errors import (
    NeedsLogin,
    PageInfo,
    RateLimited,
    ServerFault,
    TraktError,
    check,
    page_info,
    pause_seconds,
)

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, NeedsLogin),
        (404, TraktError),
        (418, TraktError),
        (429, RateLimited),
        (500, ServerFault),
        (522, ServerFault),
    ],
)
def test_a_status_raises_its_error(status: int, error: type[Exception]) -> None:
    """Each bad status has one error."""
    with pytest.raises(error) as raised:
        check(status, {}, NOW)
    assert type(raised.value) is error


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_good_status_is_no_error(status: int) -> None:
    """No error is raised."""
    check(status, {}, NOW)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "999999"}, 3600),
        ({"x-ratelimit": '{"remaining":0,"until":"2026-01-01T12:01:30Z"}'}, 90),
        ({"x-ratelimit": '{"remaining":3,"until":"2026-01-01T12:01:30Z"}'}, 0),
        ({"x-ratelimit": '{"remaining":0,"until":"2025-01-01T12:01:30Z"}'}, 0),
        ({"x-ratelimit": "nonsense"}, 0),
        ({"x-ratelimit": "[]"}, 0),
        ({}, 0),
    ],
)
def test_headers_set_the_pause(headers: dict[str, str], seconds: float) -> None:
    """Retry-After overrides X-Ratelimit. Unreadable values set no pause."""
    assert pause_seconds(headers, NOW) == seconds


def test_a_429_without_headers_pauses_five_minutes() -> None:
    """The CDN in front of Trakt asks for this time."""
    with pytest.raises(RateLimited) as raised:
        check(429, {}, NOW)
    assert raised.value.retry_after == 300


def test_a_list_without_pagination_is_one_page() -> None:
    """Older responses have no headers."""
    assert page_info({}, 3) == PageInfo(limit=3, pages=1, items=3)


def test_contradictory_pagination_is_a_fault() -> None:
    """A limit of 0 would never end."""
    headers = {"x-pagination-limit": "0", "x-pagination-page-count": "1", "x-pagination-item-count": "1"}
    with pytest.raises(ServerFault, match="make no sense"):
        page_info(headers, 3)
