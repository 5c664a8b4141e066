"""The columns that an import file may have, and the values of each. The writer does not use these rules.

Source: https://letterboxd.com/about/importing-data/. Beside Letterboxd's columns, a file may have all columns of one
level of `api.extended`.
"""

import re
from collections.abc import Mapping, Sequence

Rules = Mapping[str, re.Pattern[str]]
_TEXT, _DAY, _NUMBER = re.compile(r"[^\n]*"), re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"\d+")
_TRUTH, _ABOVE_0 = re.compile(r"true|false"), re.compile(r"[1-9]\d*")
_LETTERBOXD: Rules = {
    "tmdbID": _NUMBER,
    "imdbID": re.compile(r"tt\d+"),
    "Title": _TEXT,
    "Year": re.compile(r"\d{4}"),
    "Directors": _TEXT,
    "Rating10": re.compile(r"[1-9]|10"),
    "WatchedDate": _DAY,
    "Rewatch": _TRUTH,
    "Review": re.compile(r"(?s).*"),
}
_SERIES: Rules = {
    **dict.fromkeys(("Series", "EpisodeTitle"), _TEXT),
    **dict.fromkeys(("SeriesTMDB", "SeriesTVDB", "Season", "Episode", "Plays"), _NUMBER),
    **dict.fromkeys(("Watched", "Collected"), _DAY),
    "SeriesYear": _LETTERBOXD["Year"],
    "SeriesIMDb": _LETTERBOXD["imdbID"],
    "Rated": _LETTERBOXD["Rating10"],
}
_METADATA: Rules = {
    **dict.fromkeys(("MediaType", "Resolution", "HDR", "Audio", "AudioChannels"), _TEXT),
    "3D": _TRUTH,
}
_IMAGES: Rules = dict.fromkeys(("Poster", "Fanart"), re.compile(r"https?://\S+"))
_FULL: Rules = {
    **dict.fromkeys(("Genres", "Country", "Language", "Certification", "Status"), _TEXT),
    **dict.fromkeys(("Runtime", "TraktVotes"), _ABOVE_0),
    "TraktRating": re.compile(r"\d(\.\d)?|10(\.0)?"),
}
_FULL_FILM: Rules = {**_FULL, "Released": _DAY}
_FULL_SERIES: Rules = {**_FULL, "FirstAired": re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z"), "Network": _TEXT}


def rules_of(header: Sequence[str], *, series: bool) -> Rules:
    """Return the rule of each column of a header. Return no rules for a header that is not allowed.

    `series` is true for a file of series, which has other columns.
    """
    usual, full = (_SERIES, _FULL_SERIES) if series else (_LETTERBOXD, _FULL_FILM)
    more = {column for column in header if column not in usual}
    sets: Sequence[Rules] = ({}, full, _METADATA, _IMAGES)
    known = next((one for one in sets if more == {*one}), None)
    if known is None or not header or len({*header}) < len(header):
        return {}
    return {**usual, **known}
