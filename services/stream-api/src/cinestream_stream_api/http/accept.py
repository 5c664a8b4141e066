"""Content negotiation by the `Accept` header (RFC 9110, 12.5.1). Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')
"""A quoted text, which may have separators. Without an end it reaches to the end of the header."""

_WEIGHT = re.compile(r"0?\.[0-9]{1,3}|[01](?:\.[0-9]{0,3})?")
"""A weight. A missing leading zero is accepted, because Java's `HttpURLConnection` sends `q=.2`."""


def negotiate(accept: str, offered: Sequence[str]) -> str | None:
    """Return the media type that a client prefers, or None if it accepts none of those offered.

    Parameters of a range other than its weight are ignored, and so are malformed ranges.

    Args:
        accept: the values of the `Accept` headers, joined with commas. An empty list accepts everything.
        offered: media types in lower case, the preferred one first. Among equal weights the first one is chosen.
    """
    if not accept.strip(" \t,"):
        return offered[0]
    weights = dict(_ranges(accept))
    best = max(offered, key=lambda media_type: _weight(media_type, weights))
    return best if _weight(best, weights) > 0 else None


def _weight(media_type: str, weights: dict[str, float]) -> float:
    """Return the weight of the most specific range for a media type, or 0."""
    kind = media_type.partition("/")[0]
    ranges = (media_type, f"{kind}/*", "*/*")
    return next((weights[name] for name in ranges if name in weights), 0)


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Yield the media ranges of a header with their weights."""
    for member in _QUOTED.sub("", accept).split(","):
        name, *parameters = member.split(";")
        if (weight := _weight_of(parameters)) is not None:
            name = name.strip().lower()
            # Some clients write `*` for `*/*`.
            yield "*/*" if name == "*" else name, weight


def _weight_of(parameters: Iterable[str]) -> float | None:
    """Return the weight among the parameters of a range, 1 without one, or None if it is malformed."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return min(float(value), 1.0) if _WEIGHT.fullmatch(value.strip()) else None
    return 1.0
