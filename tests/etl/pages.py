"""Pages of made-up films, as the scraper publishes them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from cinestream.contracts import Kind, Outcome, RawPage

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SamplePage:
    """The page of a made-up film, read `minute` minutes after `START`."""

    id: str
    minute: int = 0
    rating: float | None = 7.0
    directors: tuple[str, ...] = ("nm0000001",)
    kind: str = "movie"

    @property
    def page_time(self) -> datetime:
        """The time at which the page was read."""
        return START + timedelta(minutes=self.minute)

    @property
    def html(self) -> str:
        """The HTML of the page, in the layout `next_data`."""
        people = [{"name": {"id": id, "nameText": {"text": f"Director {id}"}}} for id in self.directors]
        above = {
            "id": self.id,
            "titleText": {"text": f"Film {self.id}"},
            "titleType": {"id": self.kind},
            "releaseYear": {"year": 1994},
            "ratingsSummary": {"aggregateRating": self.rating, "voteCount": 10 if self.rating else 0},
            "principalCredits": [{"category": {"id": "director"}, "credits": people}],
        }
        document = {"props": {"pageProps": {"tconst": self.id, "aboveTheFoldData": above, "mainColumnData": {}}}}
        return f'<script id="__NEXT_DATA__">{orjson.dumps(document).decode()}</script>'

    def raw_page(self, outcome: Outcome = Outcome.FILM) -> RawPage:
        """Return the page with the facts of its reading."""
        url = f"https://www.imdb.com/title/{self.id}/"
        html = self.html if outcome is Outcome.FILM else ""
        return RawPage(
            kind=Kind.TITLE,
            id=self.id,
            outcome=outcome,
            url=url,
            final_url=url,
            status=200,
            fetched_at=self.page_time,
            html=html,
        )
