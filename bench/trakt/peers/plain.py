"""The plain script: read one page after the other, keep everything in memory, sort it and write it."""

import csv
import json
import sys
import urllib.request
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


def main() -> None:
    """Run the command line: `plain.py URL FILE`."""
    url, path = sys.argv[1:]
    plays: list[Any] = []
    number, pages = 1, 1
    while number <= pages:
        with urllib.request.urlopen(f"{url}/sync/history/movies?page={number}&limit=250") as response:
            pages = int(response.headers["X-Pagination-Page-Count"])
            plays += json.load(response)
        number += 1
    zone, seen = ZoneInfo("Europe/Berlin"), set[int]()
    plays.sort(key=lambda play: (play["movie"]["ids"]["trakt"], play["watched_at"]))
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["tmdbID", "imdbID", "Title", "Year", "Rating10", "WatchedDate", "Rewatch"])
        for play in plays:
            movie = play["movie"]
            date = datetime.fromisoformat(play["watched_at"]).astimezone(zone).date().isoformat()
            again = movie["ids"]["trakt"] in seen
            seen.add(movie["ids"]["trakt"])
            ids = movie["ids"]
            writer.writerow([ids["tmdb"], ids["imdb"], movie["title"], movie["year"], "", date, str(again).lower()])


if __name__ == "__main__":
    main()
