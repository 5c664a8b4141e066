"""Entity tags are compared by the grammar of RFC 9110."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.http.etags import is_not_modified

ETAG = '"mwpz3sdn-42"'
OTHERS = st.sampled_from(["", " ", '"x"', 'W/"x"', '""', '"a,b"', '"mwpz3sdn-4"', '"MWPZ3SDN-42"', '"é"'])


@given(st.lists(OTHERS), st.lists(OTHERS), st.sampled_from(["", "W/"]))
def test_a_tag_is_found_in_a_list(before: list[str], after: list[str], weak: str) -> None:
    """Weak tags count, and commas inside of other tags do not separate."""
    assert is_not_modified(",".join([*before, f" {weak}{ETAG}\t", *after]), ETAG)
    assert not is_not_modified(",".join([*before, *after]), ETAG)


def test_any_version_matches_the_asterisk() -> None:
    """It stands alone."""
    assert is_not_modified(" * ", ETAG)
    assert not is_not_modified('*, "x"', ETAG)


@pytest.mark.parametrize(
    "header",
    [
        "mwpz3sdn-42",
        f"x{ETAG}",
        f"{ETAG}x",
        f"{ETAG} {ETAG}",
        f"w/{ETAG}",
        f"W/ {ETAG}",
        f"{ETAG}, x",
        f'{ETAG}, "',
        f'"{ETAG}"',
        f'"a,{ETAG}',
    ],
)
def test_a_malformed_header_is_ignored(header: str) -> None:
    """The client gets the whole film, which is never wrong."""
    assert not is_not_modified(header, ETAG)
