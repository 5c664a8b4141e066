"""The inflections of English words: `chase` -> `chases`, `chased`, `chasing`. Pure.

They cover the regular forms, and the irregular words of the lexicon. Some forms do not exist in English ("fighted").
They do no harm, because no plot contains them.
"""

from collections.abc import Iterator

_VOWELS = frozenset("aeiou")
_IRREGULAR = {
    "begin": "began begun beginning",
    "break": "broke broken",
    "bring": "brought",
    "build": "built",
    "burn": "burnt",
    "buy": "bought",
    "catch": "caught",
    "choose": "chose chosen",
    "come": "came",
    "die": "dying",
    "draw": "drew drawn",
    "dream": "dreamt",
    "drink": "drank drunk",
    "drive": "drove driven",
    "eat": "ate eaten",
    "fall": "fell fallen",
    "feel": "felt",
    "fight": "fought",
    "find": "found",
    "flee": "fled",
    "forgive": "forgave forgiven",
    "get": "got gotten",
    "give": "gave given",
    "go": "goes went gone",
    "grow": "grew grown",
    "have": "has had having",
    "hide": "hid hidden",
    "hold": "held",
    "keep": "kept",
    "leave": "left",
    "lead": "led",
    "lie": "lying",
    "lose": "lost",
    "make": "made",
    "man": "men",
    "meet": "met",
    "overcome": "overcame",
    "ride": "rode ridden",
    "rise": "rose risen",
    "run": "ran",
    "seek": "sought",
    "sell": "sold",
    "set": "setting",
    "shoot": "shot",
    "sing": "sang sung",
    "slay": "slew slain",
    "speak": "spoke spoken",
    "stand": "stood",
    "steal": "stole stolen",
    "stick": "stuck",
    "strike": "struck",
    "strive": "strove striven",
    "swim": "swam swum",
    "take": "took taken",
    "teach": "taught",
    "tell": "told",
    "thief": "thieves",
    "think": "thought",
    "wife": "wives",
    "win": "won",
    "wolf": "wolves",
    "woman": "women",
    "write": "wrote written",
}


def forms(word: str) -> Iterator[str]:
    """Yield the word itself, then its inflections. A form can come twice."""
    yield word
    yield from _IRREGULAR.get(word, "").split()
    if len(word) < 3:
        return
    stem = word
    if word[-1] == "y" and word[-2] not in _VOWELS:
        yield from (word[:-1] + "ies", word[:-1] + "ied")
    elif word.endswith(("s", "sh", "ch", "x", "z")):
        yield from (word + "es", word + "ed")
    elif word.endswith("e"):
        yield from (word + "s", word + "d")
        stem = word[:-1]
    else:
        yield from (word + "s", word + "ed")
    yield stem + "ing"
    if word[-1] not in _VOWELS | set("wxy") and word[-2] in _VOWELS:
        yield from (word + word[-1] + "ed", word + word[-1] + "ing")
