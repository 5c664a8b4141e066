"""Texts that make a regular expression work hard: prefix + pump × n + a tail that cannot match.

They are built from the parse tree of the pattern, for each repeat at any depth.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, product
from re import _compiler, _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

_REPEATS = (_parser.MAX_REPEAT, _parser.MIN_REPEAT, _parser.POSSESSIVE_REPEAT)
_PROBES = [chr(code) for code in range(256)] + list("œΩж年’“\u2028\ud800")
_TAILS = ("", "\0", "\n\0", "\n", "!")
_MAX_PUMPS = 12

Tree = Any


class Pump(NamedTuple):
    """The parts of the texts for one repeat."""

    prefix: str
    body: str
    tail: str

    def text(self, n: int) -> str:
        """Return the text with the body n times."""
        return self.prefix + self.body * n + self.tail


def pumps(pattern: str | bytes, flags: int, *, anywhere: bool) -> Iterator[Pump]:
    """Yield the candidates for every repeat of a pattern, each once.

    Args:
        pattern: the pattern.
        flags: its flags.
        anywhere: True if a match may begin anywhere, as in `search`. Then the prefix may be repeated, too.
    """
    tree = _parser.parse(pattern, flags)
    alphabet = _Alphabet(tree)
    found = dict.fromkeys(pair for pair in _candidates(tree, alphabet, anywhere=anywhere) if pair[1])
    yield from (Pump(prefix, body, tail) for (prefix, body), tail in product(found, _TAILS))


def _candidates(tree: Tree, alphabet: "_Alphabet", *, anywhere: bool) -> Iterator[tuple[str, str]]:
    for before, repeated in _repeats(tree):
        for preferred in alphabet.letters:
            prefix = alphabet.sample(before, preferred)
            for body in islice(alphabet.samples(repeated, preferred), _MAX_PUMPS):
                yield prefix, body
                if anywhere:
                    yield "", prefix + body
                    yield "", prefix


def _repeats(tree: Tree, before: tuple[Tree, ...] = ()) -> Iterator[tuple[list[Tree], Tree]]:
    """Yield each repeat with the nodes that come before it."""
    for at, (operator, value) in enumerate(tree):
        passed = (*before, *tree.data[:at])
        if operator in _REPEATS:
            if value[1] > 1:
                yield [*passed], value[2]
            yield from _repeats(value[2], passed)
        for inner in _inner(operator, value):
            yield from _repeats(inner, passed)


def _inner(operator: Any, value: Any) -> Iterable[Tree]:
    """Return the parts of a node that is no repeat."""
    if operator is _parser.SUBPATTERN:
        return [value[3]]
    if operator is _parser.BRANCH:
        return list(value[1])
    if operator in (_parser.ASSERT, _parser.ASSERT_NOT):
        return [value[1]]
    if operator is _parser.ATOMIC_GROUP:
        return [value]
    if operator is _parser.GROUPREF_EXISTS:
        return [part for part in value[1:] if part is not None]
    return []


class _Alphabet:
    """One letter for each set of characters that a pattern tells apart, and samples made from them."""

    def __init__(self, tree: Tree) -> None:
        self._state = tree.state
        self._fitting: dict[str, list[str]] = {}
        sets = [self._fit(node) for node in _leaves(tree)]
        classes: dict[tuple[bool, ...], str] = {}
        members = [frozenset(fitting) for fitting in sets]
        for letter in sorted(_PROBES, key=lambda c: (not c.isalnum(), c)):
            classes.setdefault(tuple(letter in member for member in members), letter)
        self.letters = list(classes.values())

    def _fit(self, node: Tree) -> list[str]:
        """Return the characters that one node matches."""
        if (known := self._fitting.get(repr(node))) is None:
            compiled: Callable[[Any], Any] = _compile(self._state, node)
            known = [letter for letter in _PROBES if _fits(compiled, letter)]
            self._fitting[repr(node)] = known
        return known

    def sample(self, nodes: Iterable[Tree], preferred: str) -> str:
        """Return one text that the nodes match, of this letter where it fits."""
        return next(self.samples(nodes, preferred), "")

    def samples(self, nodes: Iterable[Tree], preferred: str) -> Iterator[str]:
        """Yield texts that the nodes match, of this letter where it fits: one for each branch."""
        choices = [list(islice(self._node(node, preferred), _MAX_PUMPS)) or [""] for node in nodes]
        yield from ("".join(parts) for parts in product(*choices))

    def _node(self, node: Tree, preferred: str) -> Iterator[str]:
        operator, value = node
        if operator in _LEAVES:
            fitting = self._fit((operator, value))
            yield preferred if preferred in fitting else next(iter(fitting), "")
        elif operator in _REPEATS:
            for body in self.samples(value[2], preferred):
                yield body * min(max(value[0], 1), 50)
            if value[0] == 0:
                yield ""
        elif operator in (_parser.ASSERT, _parser.ASSERT_NOT, _parser.AT, _parser.GROUPREF):
            yield ""
        else:
            for inner in _inner(operator, value):
                yield from self.samples(inner, preferred)


_LEAVES = (_parser.LITERAL, _parser.NOT_LITERAL, _parser.ANY, _parser.IN)


def _leaves(tree: Tree) -> Iterator[Tree]:
    for operator, value in tree:
        if operator in _LEAVES:
            yield operator, value
        for inner in [value[2]] if operator in _REPEATS else _inner(operator, value):
            yield from _leaves(inner)


def _compile(state: Any, node: Tree) -> Callable[[Any], Any]:
    single = _parser.SubPattern(state, [node])
    fullmatch: Callable[[Any], Any] = _compiler.compile(single, state.flags).fullmatch
    return fullmatch


def _fits(fullmatch: Callable[[Any], Any], letter: str) -> bool:
    try:
        return fullmatch(letter) is not None
    except TypeError:  # a pattern of bytes
        return letter < "\u0100" and fullmatch(letter.encode("latin-1")) is not None
