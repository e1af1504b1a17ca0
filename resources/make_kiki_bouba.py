"""Rebuild word_lists/kiki-bouba.tsv: all pseudo-words of one class, and adjectives of shape.

    python resources/make_kiki_bouba.py

Pseudo-words have two consonants and two vowels in the order C1 V1 C2 V2 C1 V1, all of one class or
neutral: 324 round and 324 sharp ones. Pattern, letters and adjectives are those of Alper and
Averbuch-Elor (2023), Kiki or bouba? Sound symbolism in vision-and-language models.
"""

from itertools import product

from vgdesk.analyses.lexicon.letter_classes import LETTERS, NEUTRAL, VOWELS
from vgdesk.app.exchange.word_lists import WORD_LISTS

ADJECTIVES = {
    "round": "round circular soft fat chubby curved smooth plush plump rotund",
    "sharp": "sharp spiky angular jagged hard edgy pointed prickly rugged uneven",
}


def pseudo_words(letters: str) -> list[str]:
    """Make all pseudo-words from some letters and the neutral ones."""
    consonants = [letter for letter in letters if letter not in VOWELS]
    vowels = [letter for letter in VOWELS if letter in letters + NEUTRAL]
    parts = product(consonants, vowels, consonants, vowels)
    return [c1 + v1 + c2 + v2 + c1 + v1 for c1, v1, c2, v2 in parts]


def main() -> None:
    """Write the list."""
    rows = [("word", "language", "category", "shape")]
    for shape, adjectives in ADJECTIVES.items():
        rows += [(word, "en", f"{shape} adjective", shape) for word in adjectives.split()]
    for name, letters in LETTERS.items():
        rows += [(word, "en", f"{name} pseudo-word", "") for word in pseudo_words(letters)]
    text = "".join("\t".join(row) + "\n" for row in rows)
    WORD_LISTS["kiki-bouba"].file.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
