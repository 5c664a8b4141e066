"""Decoding of saved pages in old encodings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream.contracts.saved import saved_text

LATIN = '<html><head><meta http-equiv="content-type" content="text/html; charset=iso-8859-1"><title>Amélie’s</title>'


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        (LATIN.encode("cp1252"), ""),
        (LATIN.encode(), ""),
        (LATIN.encode("utf-8-sig"), ""),
        ('<meta charset="windows-1252">Amélie’s'.encode("cp1252"), ""),
        ("Amélie’s".encode("cp1252"), "ISO-8859-1"),
        ('<meta charset="iso-8859-1">Amélie’s'.encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_page_is_decoded_in_its_encoding(page: bytes, charset: str) -> None:
    """UTF-8 takes precedence over the declared encoding, because other text is hardly ever valid UTF-8."""
    assert "Amélie’s" in saved_text(page, charset=charset)


@given(
    st.binary(max_size=80),
    st.sampled_from(["", "utf-8", "base64", "rot13", "nonsense", "utf-16", "idna", "undefined", "\0"]),
)
def test_any_bytes_become_text(junk: bytes, charset: str) -> None:
    """No bytes and no label of an encoding raise an error."""
    assert isinstance(saved_text(junk, charset=charset), str)
    assert isinstance(saved_text(b'\xff<meta charset="%b">' % charset.encode() + junk), str)
