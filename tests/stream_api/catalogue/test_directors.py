"""The index of directors: found by id or by name, with namesakes kept apart."""

from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.catalogue.directors import Directors
from cinestream_stream_api.events.filters import Credit
from cinestream_stream_api.events.folding import fold

credit_lists = st.lists(
    st.builds(Credit, st.sampled_from(["Ana", "ANA", "Åsa", "Asa"]), st.sampled_from([None, "nm0000001", "nm0000002"])),
    max_size=3,
)


def test_directors_of_the_same_name_are_kept_apart() -> None:
    """A name finds all directors of that name. An id finds one of them, with the ids of the others."""
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


def test_accents_and_punctuation_are_ignored() -> None:
    """A name that is typed without accents finds the name on the page."""
    directors = Directors()
    directors.add("tt1", [Credit("Jean-Pierre Jeunet"), Credit("Chloé Zhao", "nm2125482")])
    assert directors.find("jean pierre jeunet")[0].name == "Jean-Pierre Jeunet"
    assert directors.find("Chloe Zhao")[0].id == "nm2125482"


@given(changes=st.lists(st.tuples(st.sampled_from(["tt1", "tt2", "tt3"]), credit_lists), max_size=12))
def test_the_index_equals_one_built_from_the_last_versions(changes: list[tuple[str, list[Credit]]]) -> None:
    """After any changes, the index equals one built from the last versions. It is empty when all films are removed."""
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
