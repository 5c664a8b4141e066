"""`Movie`, the public contract. etl writes it and stream-api serves it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cinestream.contracts import subjects
from cinestream.contracts.envelope import SCHEMA, Envelope, header_time, require_schema
from cinestream.contracts.errors import Invalid
from cinestream_flow.message import Message

TitleId = Annotated[str, Field(pattern=r"^tt\d{7,10}$", examples=["tt0111161"])]
Text = Annotated[str, Field(min_length=1, max_length=1000)]

PAGE_TIME = "Cinestream-Page-Time"
"""Header of a movie with the time at which its page was read. An older page never overwrites a newer one."""

FILM_KINDS = ("movie", "short", "tvMovie", "tvSpecial", "tvShort", "video", "musicVideo")
"""IMDb's ids of the kinds of films. Titles of other kinds are series, episodes, games and podcasts."""


class PlotTone(StrEnum):
    """The dominant tone of a plot. It is Neutral without a plot or without evidence."""

    HOPEFUL = "Hopeful"
    UPLIFTING = "Uplifting"
    DARK = "Dark"
    TENSE = "Tense"
    TRAGIC = "Tragic"
    ROMANTIC = "Romantic"
    HUMOROUS = "Humorous"
    ADVENTUROUS = "Adventurous"
    NEUTRAL = "Neutral"


class DirectorStats(BaseModel):
    """The statistics of the first director's films, as known when the movie was published. They include this film.

    `average_rating` is the mean of the rated films, rounded to one decimal, or null if none is rated.
    """

    model_config = ConfigDict(frozen=True)

    total_movies: Annotated[int, Field(ge=1)]
    average_rating: Annotated[float, Field(ge=0, le=10)] | None


class NamedDirectorStats(DirectorStats):
    """The statistics of one director. `id` is the IMDb id (`nm0001104`), or null if the page does not contain it."""

    name: Text
    id: Annotated[str, Field(pattern=r"^nm\d{7,10}$")] | None = None


class SentimentAnalysis(BaseModel):
    """The tone of the plot, the strength of the evidence (0 to 1), and the words of the plot that are the evidence."""

    model_config = ConfigDict(frozen=True)

    plot_tone: PlotTone
    keyword_score: Annotated[float, Field(ge=0, le=1)]
    keywords: list[Text] = []


class Recommendation(BaseModel):
    """A recommended title: one that IMDb shows under "More like this", or one with similar properties."""

    model_config = ConfigDict(frozen=True)

    id: TitleId
    title: Text
    rating: Annotated[float, Field(ge=1, le=10)] | None = None
    year: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None


class Movie(BaseModel):
    """A film, the `data` of an `event: movie`.

    Field names and types are the project's public contract. More fields may be added. Missing values are null, or an
    empty list, and never 0 or an empty string. `rating`, `year`, `release_date`, `plot`, `decade_category` and
    `director_stats` can be null. `release_date` is ISO 8601 and may be partial (`1994-09`, `1994`).

    The fields from `original_title` on were added later. A movie that was stored before has their defaults.

    `title` is the title that the page shows, and `original_title` the one that it calls original. `kind` is the type id
    of IMDb (`movie`, `tvMovie`, `short`, `video`, …). `countries` and `languages` are codes of IMDb (`US`, `en`), or
    names where an old page has no codes. `locale` is the language of the page. `revision` counts the published versions
    of this movie, and `changed` names the fields that differ from the version before. `recommendations_source` is
    `page` for the recommendations of the page, or `catalogue` for the most similar known films.
    """

    model_config = ConfigDict(frozen=True)

    id: TitleId
    title: Text
    rating: Annotated[float, Field(ge=1, le=10)] | None
    year: Annotated[str, Field(pattern=r"^\d{4}$")] | None
    release_date: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None
    director: list[Text]
    genre: list[Text]
    plot: Annotated[str, Field(min_length=1, max_length=10_000)] | None
    writers: list[Text]
    stars: list[Text]
    decade_category: Annotated[str, Field(pattern=r"^\d{3}0s$")] | None
    genre_categories: list[Text]
    director_stats: DirectorStats | None
    sentiment_analysis: SentimentAnalysis
    recommendations: list[Recommendation]
    original_title: Text | None = None
    kind: Text | None = None
    votes: Annotated[int, Field(ge=1)] | None = None
    runtime_minutes: Annotated[int, Field(ge=1)] | None = None
    certificate: Text | None = None
    countries: list[Text] = []
    languages: list[Text] = []
    keywords: list[Text] = []
    poster: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    tagline: Text | None = None
    url: Text | None = None
    locale: Text | None = None
    directors_stats: list[NamedDirectorStats] = []
    revision: Annotated[int, Field(ge=1)] = 1
    changed: list[Text] = []
    recommendations_source: Literal["page", "catalogue"] | None = None

    @property
    def subject(self) -> str:
        """The subject of the versions of this movie."""
        return subjects.movie(self.id)

    def encode(self, *, page_time: datetime) -> Envelope:
        """Return this movie as a message. The body is one line of JSON, which SSE clients receive unchanged."""
        stamp = page_time.astimezone(UTC).isoformat(timespec="milliseconds")
        return Envelope({SCHEMA: "movie/1", PAGE_TIME: stamp}, self.model_dump_json().encode())

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Return the movie in a message.

        Raises:
            Invalid: The message is not a movie, or its fields break the contract.
        """
        require_schema(envelope, "movie", newest=1)
        try:
            return cls.model_validate_json(envelope.body)
        except ValidationError as error:
            raise Invalid(Message("movie: {error}", error=error)) from error


def page_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the time at which the page of a movie was read, or None if the headers do not contain it."""
    return header_time(headers, PAGE_TIME)
