"""The words of each tone (`lexicon.txt`), found in a plot. Pure; the file is read once, when this module is imported.

A plot is cut into words; each known word is brought to its plain form; the longest term that starts at a word is found,
and its words are not looked at again ("falls in love" is not "love" besides). A term that is denied ("not", "never",
"without" just before it) is passed over.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple

from cinestream.contracts import PlotTone
from cinestream_etl.tone.inflections import forms

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LINE = re.compile(r"^([A-Z][a-z]+) ([0-3]):\n((?:  .+\n)+)", re.MULTILINE)
_DENIALS = frozenset(
    ["not", "no", "never", "without", "cannot", "neither", "nor", "hardly", "doesn't", "don't", "can't"]
)
_BETWEEN = frozenset(["a", "an", "any", "be", "been", "ever", "longer", "of", "really", "the", "to"])

Words = tuple[str, ...]


class Term(NamedTuple):
    """A word or phrase in its plain form, with its weight for each tone that it speaks for."""

    words: Words
    weights: dict[str, int]


class Found(NamedTuple):
    """A term in a plot, and the words of the plot that are it, as they stand there."""

    term: Term
    said: list[str]


def find(plot: str) -> list[Found]:
    """Every term once, where it comes first, in the order of the plot."""
    said = WORD.findall(plot)
    words = _lower(said)
    plain = [*map(_PLAIN.get, words), None]
    denials = not _DENIALS.isdisjoint(words)
    found: dict[Words, Found] = {}
    after = 0
    for at, word in enumerate(plain):
        if word is None or at < after:
            continue
        candidates = _PHRASES.get(word, _NO_PHRASES).get(plain[at + 1])
        term = (candidates and _phrase(plain, at, candidates)) or _WORDS.get(word)
        if term is not None:
            after = at + len(term.words)
            if term.weights and term.words not in found and not (denials and _denied(words, at)):
                found[term.words] = Found(term, said[at:after])
    return [*found.values()]


def _lower(said: list[str]) -> list[str]:
    """Without the ending of the possessive."""
    return [word.lower().replace("’", "'").removesuffix("'s") for word in said]


def _phrase(plain: list[str | None], at: int, candidates: list[Term]) -> Term | None:
    return next((term for term in candidates if tuple(plain[at : at + len(term.words)]) == term.words), None)


def terms() -> list[Term]:
    """The whole lexicon."""
    return [*_TERMS.values()]


def _denied(words: list[str], at: int) -> bool:
    before = words[at - 1] if at else ""
    return before in _DENIALS or (at > 1 and before in _BETWEEN and words[at - 2] in _DENIALS)


def _lines() -> Iterator[tuple[PlotTone, int, list[Words]]]:
    text = files("cinestream_etl.tone").joinpath("lexicon.txt").read_text("utf-8")
    for tone, weight, listed in _LINE.findall(text):
        yield PlotTone(tone), int(weight), [tuple(_lower(WORD.findall(term))) for term in listed.split(",")]


def _plain_forms(listed: list[Words]) -> dict[str, str]:
    """Form -> plain form. What is a term itself is its own; of several plain forms the first listed counts."""
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
    """The plain forms of words, and the terms by their words."""
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
    """The phrases by their first word and then by their second, the longest first."""
    phrases: dict[str, dict[str | None, list[Term]]] = {}
    for term in sorted(terms, key=lambda term: -len(term.words)):
        if len(term.words) > 1:
            phrases.setdefault(term.words[0], {}).setdefault(term.words[1], []).append(term)
    return phrases


_PLAIN, _TERMS = _load()
_WORDS = {words[0]: term for words, term in _TERMS.items() if len(words) == 1}
_PHRASES = _by_first_words(_TERMS.values())
_NO_PHRASES: dict[str | None, list[Term]] = {}
