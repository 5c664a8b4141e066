"""Texts of others, made safe for a terminal."""

_FRENCH_SPACES = "\u00a0\u202f"


def printable(text: str, *, keep: str = "") -> str:
    """Return a text with a space in place of each character that is not printable.

    Escape sequences of a film's title, of a server's message or of a file's name could otherwise move the cursor or
    write the clipboard.

    Args:
        text: text of someone else.
        keep: characters that stay all the same, for example a line break.
    """
    return (
        text
        if text.isprintable()
        else "".join(c if c.isprintable() or c in keep or c in _FRENCH_SPACES else " " for c in text)
    )
