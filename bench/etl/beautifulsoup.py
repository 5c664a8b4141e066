"""The usual reader of a modern page: BeautifulSoup with lxml finds the script and the shown elements."""

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
    """Return title, rating, plot, credits and similar films as shown, and the data of the page."""
    soup = BeautifulSoup(html, "lxml")
    script = soup.find("script", id="__NEXT_DATA__")
    found: dict[str, Any] = {"data": json.loads(script.get_text()) if script else None}
    for name in SHOWN:
        elements = soup.find_all(True, attrs={"data-testid": name})
        found[name] = [element.get_text(" ", strip=True) for element in elements]
    return found
