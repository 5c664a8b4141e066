"""The words of each tone (`lexicon.txt`), and the search for them in a plot. Pure.

The search cuts a plot into words and brings each known word to its plain form. At each word it takes the longest term
that starts there, and continues behind that term: "falls in love" does not count as "love" too. It skips negated terms
("not", "never" or "without" just before the term). The file is read once, when this module is imported.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple

from cinestream.contracts import PlotTone
from cinestream_etl.tone.inflections import forms

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LINE = re.compile(r"^([A-Z][a-z]+) ([0-3]):\n((?:  .+\n)+)", re.MULTILINE)
_NEGATIONS = frozenset(
    ["not", "no", "never", "without", "cannot", "neither", "nor", "hardly", "doesn't", "don't", "can't"]
)
_BETWEEN = frozenset(["a", "an", "any", "be", "been", "ever", "longer", "of", "really", "the", "to"])
"""Words that may stand between a negation and the term that it negates."""

Words = tuple[str, ...]


class Term(NamedTuple):
    """A word or phrase in its plain form, with a weight (1 to 3) for each tone that it is evidence of."""

    words: Words
    weights: dict[str, int]


class TermMatch(NamedTuple):
    """A term in a plot. `surface` are its words as they are written in the plot."""

    term: Term
    surface: list[str]


def find_terms(plot: str) -> list[TermMatch]:
    """Return the first match of each term, in the order of the plot."""
    surface = WORD.findall(plot)
    words = _lower(surface)
    plain = [*map(_PLAIN.get, words), None]
    has_negations = not _NEGATIONS.isdisjoint(words)
    found: dict[Words, TermMatch] = {}
    end = 0
    for at, word in enumerate(plain):
        if word is None or at < end:
            continue
        candidates = _PHRASES.get(word, _NO_PHRASES).get(plain[at + 1])
        term = (candidates and _phrase(plain, at, candidates)) or _WORDS.get(word)
        if term is not None:
            end = at + len(term.words)
            if term.weights and term.words not in found and not (has_negations and _is_negated(words, at)):
                found[term.words] = TermMatch(term, surface[at:end])
    return [*found.values()]


def _lower(words: list[str]) -> list[str]:
    """Return the words in lower case, without the ending of the possessive."""
    return [word.lower().replace("’", "'").removesuffix("'s") for word in words]


def _phrase(plain: list[str | None], at: int, candidates: list[Term]) -> Term | None:
    return next((term for term in candidates if tuple(plain[at : at + len(term.words)]) == term.words), None)


def terms() -> list[Term]:
    """Return all terms of the lexicon."""
    return [*_TERMS.values()]


def _is_negated(words: list[str], at: int) -> bool:
    before = words[at - 1] if at else ""
    return before in _NEGATIONS or (at > 1 and before in _BETWEEN and words[at - 2] in _NEGATIONS)


def _lines() -> Iterator[tuple[PlotTone, int, list[Words]]]:
    text = files("cinestream_etl.tone").joinpath("lexicon.txt").read_text("utf-8")
    for tone, weight, listed in _LINE.findall(text):
        yield PlotTone(tone), int(weight), [tuple(_lower(WORD.findall(term))) for term in listed.split(",")]


def _plain_forms(listed: list[Words]) -> dict[str, str]:
    """Map each inflected form to its plain form.

    A form that is a term itself is its own plain form. If a form belongs to several words, the first listed one counts.
    """
    single = {term[0]: term[0] for term in listed if len(term) == 1}
    plain: dict[str, str] = {}
    for word in single:
        for form in forms(word):
            plain.setdefault(form, word)
    plain |= single
    for word in (word for term in listed if len(term) > 1 for word in term):
        for form in forms(word):
            plain.setdefault(form, plain.get(word, word))
    return plain


def _load() -> tuple[dict[str, str], dict[Words, Term]]:
    """Return the plain form of each known form, and the terms by their words."""
    lines = [*_lines()]
    plain = _plain_forms([term for _, _, listed in lines for term in listed])
    found: dict[Words, Term] = {}
    for tone, weight, listed in lines:
        for term in (tuple(plain[word] for word in term) for term in listed):
            weights = found.setdefault(term, Term(term, {})).weights
            if weight:
                weights[tone.value] = max(weight, weights.get(tone.value, 0))
    return plain, found


def _by_first_words(terms: Iterable[Term]) -> dict[str, dict[str | None, list[Term]]]:
    """Return the phrases by their first and second word, the longest first."""
    phrases: dict[str, dict[str | None, list[Term]]] = {}
    for term in sorted(terms, key=lambda term: -len(term.words)):
        if len(term.words) > 1:
            phrases.setdefault(term.words[0], {}).setdefault(term.words[1], []).append(term)
    return phrases


_PLAIN, _TERMS = _load()
_WORDS = {words[0]: term for words, term in _TERMS.items() if len(words) == 1}
_PHRASES = _by_first_words(_TERMS.values())
_NO_PHRASES: dict[str | None, list[Term]] = {}
