"""Interests: the labels that IMDb's pages of 2025 show in the place of genres."""

from __future__ import annotations

from cinestream_demo.films.film import DemoFilm

_OF_KEYWORD = {
    "alien": "Alien Invasion",
    "artificial intelligence": "Artificial Intelligence",
    "based on novel": "Book Adaptation",
    "boxing": "Boxing",
    "coming of age": "Coming-of-Age",
    "courtroom": "Legal Drama",
    "cyberpunk": "Cyberpunk",
    "dystopia": "Dystopian Sci-Fi",
    "film noir": "Film Noir",
    "gangster": "Gangster",
    "ghost": "Supernatural Horror",
    "heist": "Heist",
    "holocaust": "War Epic",
    "journalism": "Newspaper Drama",
    "mafia": "Gangster",
    "martial arts": "Martial Arts",
    "monster": "Monster Horror",
    "police": "Cop Drama",
    "prison": "Prison Drama",
    "road trip": "Road Trip",
    "robot": "Artificial Intelligence",
    "samurai": "Samurai",
    "serial killer": "Serial Killer",
    "space": "Space Sci-Fi",
    "spy": "Spy",
    "submarine": "Sea Adventure",
    "superhero": "Superhero",
    "time travel": "Time Travel",
    "vampire": "Vampire Horror",
    "world war ii": "World War II",
    "zombie": "Zombie Horror",
}


def interests(film: DemoFilm) -> list[str]:
    """Return the labels of a film, without duplicates: first those of its keywords, then its genres."""
    added = [_OF_KEYWORD[keyword] for keyword in film.keywords if keyword in _OF_KEYWORD]
    return list(dict.fromkeys([*added, *film.genres]))
