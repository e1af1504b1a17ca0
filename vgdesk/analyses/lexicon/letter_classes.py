"""Letters that sound round or sharp, and words made of one class only."""

from collections.abc import Mapping

VOWELS = "aeiou"
NEUTRAL = "a"
LETTERS: Mapping[str, str] = {"round": "bdglmnou", "sharp": "ptkshxie"}


def sound_class(text: str) -> str:
    """Return "round" or "sharp" for a word whose letters are all of that class or neutral.

    Returns an empty string for every other word: one with letters of both classes, of neutral
    letters only, or with a letter of neither class.

    References
    ----------
    Alper and Averbuch-Elor (2023), Kiki or bouba? Sound symbolism in vision-and-language models.
    """
    used = {letter for letter in text.casefold() if letter.isalpha()} - set(NEUTRAL)
    return next((name for name, own in LETTERS.items() if used and used <= set(own)), "")
