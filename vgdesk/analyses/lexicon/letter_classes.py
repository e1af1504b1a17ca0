"""Which letters sound round and which sound sharp, and which words are made of one sort only."""

from collections.abc import Mapping

VOWELS = "aeiou"
NEUTRAL = "a"
LETTERS: Mapping[str, str] = {"round": "bdglmnou", "sharp": "ptkshxie"}


def sound_class(text: str) -> str:
    """Return "round" or "sharp" for a word whose letters are all of that class or neutral.

    Every other word has none, which is empty: one of both classes, of neutral letters only, or
    with a letter of neither.

    References
    ----------
    Alper and Averbuch-Elor (2023), Kiki or bouba? Sound symbolism in vision-and-language models.
    """
    used = {letter for letter in text.casefold() if letter.isalpha()} - set(NEUTRAL)
    return next((name for name, own in LETTERS.items() if used and used <= set(own)), "")
