"""Drawn posters and portraits.

The data set has no pictures, and film posters are under copyright.
"""

from __future__ import annotations

from hashlib import blake2b
from html import escape
from textwrap import wrap


def poster(film_id: str, title: str, year: int | None) -> str:
    """Draw a poster of 400 by 600 pixels, as SVG."""
    lines = wrap(title, 16)[:6] or [film_id]
    text = "".join(
        f'<text x="200" y="{250 + 46 * place}" font-size="38" text-anchor="middle">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    year_text = f'<text x="200" y="560" font-size="30" text-anchor="middle">{year}</text>' if year else ""
    hue = _hue(film_id)
    return _picture(400, 600, hue, f'<circle cx="{100 + hue % 200}" cy="130" r="70" fill="#fff3"/>{text}{year_text}')


def portrait(person_id: str, name: str) -> str:
    """Draw the initials of a person, 200 by 200 pixels, as SVG."""
    initials = "".join(part[0] for part in name.split()[:2]) or "?"
    text = f'<text x="100" y="125" font-size="80" text-anchor="middle">{escape(initials)}</text>'
    return _picture(200, 200, _hue(person_id), text)


def icon() -> str:
    """Draw the icon of the site, as SVG."""
    return _picture(64, 64, 48, '<path d="M24 18v28l24-14z"/>')


def _picture(width: int, height: int, hue: int, content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'fill="#fff" font-family="sans-serif"><rect width="{width}" height="{height}" fill="hsl({hue} 45% 32%)"/>'
        f"{content}</svg>"
    )


def _hue(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=2).digest(), "big") % 360
