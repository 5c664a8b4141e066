"""Who directed what: by id or name, namesakes apart, right after every change of a film."""

from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.catalogue.directors import Directors, fold
from cinestream_stream_api.events.filters import Credit

credit_lists = st.lists(
    st.builds(Credit, st.sampled_from(["Ana", "ANA", "Åsa", "Asa"]), st.sampled_from([None, "nm0000001", "nm0000002"])),
    max_size=3,
)


def test_namesakes_are_told_apart() -> None:
    """A name finds everybody who is called so, an id one of them, who names the others."""
    directors = Directors()
    directors.add("tt1", [Credit("John Ford", "nm0000406")])
    directors.add("tt2", [Credit("john ford", "nm0285776"), Credit("Ana")])
    directors.add("tt3", [Credit("John Ford")])
    found = directors.find("JOHN  FORD")
    assert [(d.id, d.films, d.namesakes) for d in found] == [
        (None, ("tt3",), ("nm0000406", "nm0285776")),
        ("nm0000406", ("tt1",), ("nm0285776",)),
        ("nm0285776", ("tt2",), ("nm0000406",)),
    ]
    assert directors.find("nm0285776") == found[2:]
    assert directors.find("nm9999999") == directors.find("Jon Ford") == []


def test_accents_and_punctuation_do_not_count() -> None:
    """What people can type finds what pages write."""
    directors = Directors()
    directors.add("tt1", [Credit("Jean-Pierre Jeunet"), Credit("Chloé Zhao", "nm2125482")])
    assert directors.find("jean pierre jeunet")[0].name == "Jean-Pierre Jeunet"
    assert directors.find("Chloe Zhao")[0].id == "nm2125482"


@given(changes=st.lists(st.tuples(st.sampled_from(["tt1", "tt2", "tt3"]), credit_lists), max_size=12))
def test_after_any_changes_it_knows_what_the_films_say(changes: list[tuple[str, list[Credit]]]) -> None:
    """The same as if only the last versions had ever been seen, and nothing once all films are gone."""
    directors, now = Directors(), dict[str, list[Credit]]()
    for film, credits in changes:
        directors.remove(film, now.get(film, []))
        directors.add(film, credits)
        now[film] = credits
    for name in ("Ana", "Asa"):
        called = {c.id for credits in now.values() for c in credits if fold(c.name) == fold(name)}
        expected: dict[str | None, set[str]] = {id: set() for id in called}
        for film, credits in now.items():
            for credit in credits:
                if credit.id in called and (credit.id or fold(credit.name) == fold(name)):
                    expected[credit.id].add(film)
        assert {d.id: set(d.films) for d in directors.find(name)} == expected
    for film, credits in now.items():
        directors.remove(film, credits)
    assert vars(directors) == vars(Directors())
