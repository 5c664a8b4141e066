"""Pages that a crawler meets and must not take for titles: a person, the home page, the consent wall."""

from __future__ import annotations

from collections.abc import Sequence

from cinestream_demo.films.film import CreditedPerson, DemoFilm
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.next_document import common_props, next_document, request_context
from cinestream_demo.pages.nodes import image, name_node, title_node, typed
from cinestream_demo.pages.page_context import PageContext


def name_page(person: CreditedPerson, films: Sequence[DemoFilm], context: PageContext) -> str:
    """Render the page of a person. `films` are their films, most popular first."""
    portrait = image(person.id, person.name, context)
    known_for = [
        typed("NameKnownForEdge", node=typed("NameKnownFor", title=title_node(film, context))) for film in films
    ]
    props = {
        "nmconst": person.id,
        "aboveTheFold": name_node(person) | {"primaryImage": portrait},
        "mainColumnData": name_node(person)
        | {"knownForFeature": typed("NameKnownForConnection", edges=known_for[:4]), "primaryImage": portrait},
        "requestContext": request_context("name", context, subject=person.id),
        **common_props(context),
    }
    return render(
        "name.html",
        context=context,
        words=context.locale.words,
        person=person,
        films=films,
        data=next_document("/name/[nmconst]", {"nmconst": person.id}, props, context),
        linked_data={"@context": "https://schema.org", "@type": "Person", "name": person.name},
    )


def home_page(films: Sequence[DemoFilm], context: PageContext) -> str:
    """Render the home page with some films."""
    props = {"requestContext": request_context("home", context), **common_props(context)}
    return render(
        "home.html",
        context=context,
        words=context.locale.words,
        films=films,
        data=next_document("/", {}, props, context),
        linked_data=None,
    )


def consent_wall(context: PageContext) -> str:
    """Render the consent wall, which has the dialog but neither content nor data."""
    return render("wall.html", context=context, words=context.locale.words, data=None, linked_data=None)


def consent_dialog() -> str:
    """Render the document in the iframe of the consent dialog."""
    return render("consent.html")
