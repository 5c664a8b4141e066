"""`Movie`: the public contract, as etl writes it and the stream shows it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cinestream.contracts import subjects
from cinestream.contracts.envelope import SCHEMA, Envelope, moment, require_schema
from cinestream.contracts.errors import Invalid

TitleId = Annotated[str, Field(pattern=r"^tt\d{7,10}$", examples=["tt0111161"])]
Text = Annotated[str, Field(min_length=1, max_length=1000)]

PAGE_TIME = "Cinestream-Page-Time"
"""Header of a movie: when the page it was made of was read. An older page never overwrites a newer one."""


class PlotTone(StrEnum):
    """The dominant tone of a plot; Neutral when there is no plot or no evidence."""

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
    """The first director's films known at the moment of publishing, this one included.

    `average_rating` is the mean over the rated ones, rounded to one decimal; null if none is rated.
    """

    model_config = ConfigDict(frozen=True)

    total_movies: Annotated[int, Field(ge=1)]
    average_rating: Annotated[float, Field(ge=0, le=10)] | None


class NamedDirectorStats(DirectorStats):
    """The same of any director of a film; `id` is IMDb's (`nm0001104`), null if the page does not give it."""

    name: Text
    id: Annotated[str, Field(pattern=r"^nm\d{7,10}$")] | None = None


class SentimentAnalysis(BaseModel):
    """The tone of the plot, how strong the evidence for it is (0..1), and the words of the plot that are evidence."""

    model_config = ConfigDict(frozen=True)

    plot_tone: PlotTone
    keyword_score: Annotated[float, Field(ge=0, le=1)]
    keywords: list[Text] = []


class Recommendation(BaseModel):
    """Another title: of those that IMDb shows under "More like this", or near in what it shares."""

    model_config = ConfigDict(frozen=True)

    id: TitleId
    title: Text
    rating: Annotated[float, Field(ge=1, le=10)] | None = None
    year: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None


class Movie(BaseModel):
    """A film: the `data` of an `event: movie`.

    Field names and types are the project's public contract; more fields may be added. Nullable: `rating`,
    `year`, `release_date`, `plot`, `decade_category`, `director_stats`. Absent lists are empty.
    `release_date` is ISO 8601 and may be partial (`1994-09`, `1994`).

    The fields from `original_title` on came later: a movie that was stored before has their defaults. Absent is null
    or empty, never 0 or "". `title` is the one shown to the viewer, `original_title` what the page calls the original
    one; `kind` is IMDb's type id (`movie`, `tvMovie`, `short`, `video`, …); `countries` and `languages` are
    codes as IMDb has them (`US`, `en`; else the name that a page of 2010 gives); `locale` is the page's language.
    `revision` counts the versions of this movie that were published; `changed` names the fields in which it differs
    from the version before. `recommendations_source` says whose the recommendations are: the page's, or, where it has
    none, the nearest of the films that were known.
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
        """Where the versions of this movie are stored."""
        return subjects.movie(self.id)

    def encode(self, *, page_time: datetime) -> Envelope:
        """This movie as a message; the body is the one line of JSON that SSE clients get."""
        stamp = page_time.astimezone(UTC).isoformat(timespec="milliseconds")
        return Envelope({SCHEMA: "movie/1", PAGE_TIME: stamp}, self.model_dump_json().encode())

    @classmethod
    def decode(cls, envelope: Envelope) -> Self:
        """Read a movie from a message.

        Raises:
            Invalid: not a movie, or one whose fields break the contract.
        """
        require_schema(envelope, "movie", newest=1)
        try:
            return cls.model_validate_json(envelope.body)
        except ValidationError as error:
            raise Invalid(f"movie: {error}") from error


def page_time(headers: dict[str, str]) -> datetime | None:
    """When the page behind the movie with these headers was read; None if it does not say."""
    return moment(headers, PAGE_TIME)
