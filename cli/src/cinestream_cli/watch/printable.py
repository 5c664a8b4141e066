"""Text from a server, made safe for a terminal."""


def printable(text: str) -> str:
    """Return a text with a space in place of each character that is not printable.

    Escape sequences of a film's title or of a server's message could otherwise move the cursor or write the clipboard.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
