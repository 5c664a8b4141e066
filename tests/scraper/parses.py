"""A count of what the parsers of pages are given."""

import orjson
import pytest
from selectolax.lexbor import LexborHTMLParser

from cinestream_scraper.pages import document


class Parses:
    """The texts that the real parsers of HTML and JSON were given, since this was made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.html: list[bytes] = []
        self.json: list[bytes | str] = []
        loads = orjson.loads

        def parse(html: bytes) -> LexborHTMLParser:
            self.html.append(html)
            return LexborHTMLParser(html)

        def load(text: bytes | str) -> object:
            self.json.append(text)
            return loads(text)

        monkeypatch.setattr(document, "LexborHTMLParser", parse)
        monkeypatch.setattr(orjson, "loads", load)

    def page_data(self) -> list[bytes]:
        """Return the texts of `__NEXT_DATA__` among them."""
        return [text for text in self.json if isinstance(text, bytes) and b'"pageProps"' in text]
