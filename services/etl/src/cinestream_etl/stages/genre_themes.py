"""The themes of a film beyond its genres, which are the vocabulary of `genre_categories`. Pure.

A film has a theme if one of the theme's terms stands, as whole words, in one of the film's interests or keywords. The
terms are chosen so that incidental keywords ("war with machines", "gun") name no theme. Interests that describe the
form instead of the subject ("Epic", "Period Drama") are left out on purpose.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

THEMES: dict[str, tuple[str, ...]] = {
    "Prison": ("prison", "prison drama", "jail", "death row", "penitentiary"),
    "Heist": ("heist", "bank robbery", "bank heist", "caper", "jewel thief"),
    "Gangster": ("gangster", "mafia", "mob", "organized crime", "yakuza", "triad", "drug cartel", "crime family"),
    "Police": ("police procedural", "police detective", "buddy cop", "cop drama", "police corruption", "evil cop"),
    "Serial Killer": ("serial killer", "serial murder"),
    "Courtroom": ("courtroom", "legal drama", "legal thriller", "trial", "lawyer", "jury"),
    "Spy": ("spy", "espionage", "secret agent", "double agent", "mi6", "cia agent"),
    "Revenge": ("revenge", "vengeance"),
    "Survival": ("survival", "survival horror", "stranded", "game of survival", "lost at sea"),
    "Disaster": ("disaster film", "disaster", "earthquake", "tsunami", "end of the world", "shipwreck"),
    "Dystopia": ("dystopia", "dystopian", "dystopian sci fi", "totalitarian"),
    "Post-Apocalypse": ("post apocalypse", "post apocalyptic", "nuclear holocaust"),
    "Space": ("outer space", "space sci fi", "space travel", "spaceship", "astronaut", "space opera", "space station"),
    "Aliens": ("alien invasion", "extraterrestrial", "alien", "ufo"),
    "Time Travel": ("time travel", "time machine", "time loop"),
    "Artificial Intelligence": (
        "artificial intelligence",
        "artificial reality",
        "simulated reality",
        "virtual reality",
        "robot",
        "android",
        "cyberpunk",
    ),
    "Superhero": ("superhero", "superheroine", "based on comic book superhero"),
    "Monster": ("kaiju", "giant monster", "sea monster", "monster movie", "monster horror", "creature feature"),
    "Zombie": ("zombie", "zombie horror", "zombie apocalypse", "living dead"),
    "Vampire": ("vampire", "vampire horror", "dracula"),
    "Ghost": ("ghost", "haunted house", "haunting", "spirit world", "poltergeist"),
    "Witchcraft": ("witch", "witchcraft", "wizard", "sorcery"),
    "Slasher": ("slasher", "slasher horror", "slasher film"),
    "Martial Arts": ("martial arts", "kung fu", "samurai", "wuxia", "karate"),
    "Sword & Sorcery": ("sword and sorcery", "sword & sorcery", "dragon", "knight", "medieval fantasy"),
    "World War": ("world war one", "world war two", "world war 2", "world war ii", "holocaust", "nazi", "d day"),
    "Vietnam War": ("vietnam war", "vietnam veteran"),
    "Politics": ("politics", "political drama", "political thriller", "president", "election", "political corruption"),
    "Journalism": ("journalism", "journalist", "reporter", "newspaper"),
    "Medical": ("medical drama", "hospital", "surgeon", "terminal illness", "cancer", "pandemic"),
    "Coming-of-Age": ("coming of age", "teen drama", "teen comedy", "adolescence", "growing up"),
    "High School": ("high school", "high school student", "prom"),
    "Family Life": (
        "family relationships",
        "mother daughter relationship",
        "father son relationship",
        "mother son relationship",
        "father daughter relationship",
        "dysfunctional family",
        "family drama",
    ),
    "Romantic Comedy": ("romantic comedy", "feel good romance"),
    "Tragic Romance": ("tragic romance", "star crossed lovers", "doomed love"),
    "Road Trip": ("road trip", "road movie"),
    "Christmas": ("christmas", "santa claus", "holiday romance", "christmas eve"),
    "Football": ("soccer", "football coach", "american football", "soccer coach"),
    "Boxing": ("boxing", "boxer"),
    "Dance": ("dance", "dancer", "ballet"),
    "Music World": ("rock star", "singer", "musician", "rock band", "music biopic", "jazz"),
    "Fairy Tale": ("fairy tale", "princess"),
    "Animals": ("talking animal", "animal in title", "dog", "horse", "animal adventure"),
    "True Story": ("based on true story", "based on real events", "true crime", "docudrama", "based on real people"),
    "Anime": ("anime", "studio ghibli", "japanese animation"),
    "Cult": ("cult film", "midnight movie"),
}

ADAPTATION = "Adaptation"
_SOURCES = re.compile(
    r"\b(based on|adapted from|novel|novella|book|play|stage play|short story|comic|comics|graphic novel|manga|memoir"
    r"|autobiography|article|musical|opera|poem|fairy tale|video game|inspired by)\b",
    re.IGNORECASE,
)
_NOT_SOURCES = re.compile(r"\b(true story|real|actual|story by|characters?|idea|screen ?story)\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+(?:&[^\W_]+)?|&")


def genre_categories(
    genres: Iterable[str], interests: Iterable[str], keywords: Iterable[str], writing_notes: Iterable[str]
) -> list[str]:
    """Return the themes, then the genres, then `Adaptation` if the film was made from another work, each once.

    `writing_notes` are the notes behind the names of the writers ("based on the novel").
    """
    subjects = [*interests, *keywords]
    themes = dict.fromkeys(theme for subject in subjects for theme in _themes(subject))
    notes = [*writing_notes, *(word for word in keywords if word.lower().startswith("based on"))]
    adapted = any(_SOURCES.search(note) and not _NOT_SOURCES.search(note) for note in notes)
    return list(dict.fromkeys([*themes, *genres, *([ADAPTATION] if adapted else [])]))


@lru_cache(maxsize=8192)
def _themes(subject: str) -> tuple[str, ...]:
    # Spaces around each folded text make the search match whole words only: "prisoner" is not "prison".
    words = _folded(subject)
    return tuple(theme for theme, terms in _TERMS.items() if any(term in words for term in terms))


def _folded(text: str) -> str:
    return f" {' '.join(_WORDS.findall(text.lower()))} "


_TERMS = {theme: tuple(_folded(term) for term in terms) for theme, terms in THEMES.items()}
