"""The usual way to read a modern page: BeautifulSoup with lxml finds the script and the elements beside it."""

import json
from typing import Any

from bs4 import BeautifulSoup

SHOWN = (
    "hero__pageTitle",
    "hero-title-block__title",
    "hero-rating-bar__aggregate-rating__score",
    "plot-xl",
    "title-pc-principal-credit",
    "MoreLikeThis",
)


def read(html: bytes) -> dict[str, Any]:
    """Title, rating, plot, credits and neighbours as shown, and the data that the page is made of."""
    soup = BeautifulSoup(html, "lxml")
    script = soup.find("script", id="__NEXT_DATA__")
    found: dict[str, Any] = {"data": json.loads(script.get_text()) if script else None}
    for name in SHOWN:
        elements = soup.find_all(True, attrs={"data-testid": name})
        found[name] = [element.get_text(" ", strip=True) for element in elements]
    return found
