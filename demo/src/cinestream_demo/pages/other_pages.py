"""The pages that a crawl may come upon and must not take for films: a person, the home page, the consent wall."""

from __future__ import annotations

from collections.abc import Sequence

from cinestream_demo.films.film import Film, Person
from cinestream_demo.pages.document import next_document, request_context, surroundings
from cinestream_demo.pages.markup import render
from cinestream_demo.pages.nodes import Visit, image, name_node, title_node, typed


def name_page(person: Person, films: Sequence[Film], visit: Visit) -> str:
    """A person and their films, most popular first."""
    portrait = image(person.id, person.name, visit)
    known_for = [typed("NameKnownForEdge", node=typed("NameKnownFor", title=title_node(film, visit))) for film in films]
    props = {
        "nmconst": person.id,
        "aboveTheFold": name_node(person) | {"primaryImage": portrait},
        "mainColumnData": name_node(person)
        | {"knownForFeature": typed("NameKnownForConnection", edges=known_for[:4]), "primaryImage": portrait},
        "requestContext": request_context("name", visit, subject=person.id),
        **surroundings(visit),
    }
    return render(
        "name.html",
        visit=visit,
        words=visit.locale.words,
        person=person,
        films=films,
        data=next_document("/name/[nmconst]", {"nmconst": person.id}, props, visit),
        linked_data={"@context": "https://schema.org", "@type": "Person", "name": person.name},
    )


def home_page(films: Sequence[Film], visit: Visit) -> str:
    """Some films to start with."""
    props = {"requestContext": request_context("home", visit), **surroundings(visit)}
    return render(
        "home.html",
        visit=visit,
        words=visit.locale.words,
        films=films,
        data=next_document("/", {}, props, visit),
        linked_data=None,
    )


def consent_wall(visit: Visit) -> str:
    """Nothing but the dialog: neither content nor data."""
    return render("wall.html", visit=visit, words=visit.locale.words, data=None, linked_data=None)


def consent_dialog() -> str:
    """The page inside the dialog's iframe."""
    return render("consent.html")
