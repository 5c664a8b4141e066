"""A short name for all words and numbers that decide on tones: workers that differ in it hear differently."""

import hashlib
from importlib.resources import files


def digest() -> str:
    """The same for the same files, whatever machine they are on."""
    data = sorted((file.name, file.read_bytes()) for file in files(__package__).iterdir() if file.name.endswith(".txt"))
    return hashlib.blake2b(b"".join(content for _, content in data), digest_size=6).hexdigest()
