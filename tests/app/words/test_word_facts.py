from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.model import Session, Word, WordId


def test_synonyms_are_named_by_id_or_spelling() -> None:
    listed = {
        "couch": ("couch", "Sofa, settee"),
        "sofa": ("sofa", "couch"),
        "mug": ("mug", "cup-1"),
        "cup-1": ("cup", ""),
        "cup-2": ("cup", "trophy ,"),
        "dog": ("dog", "dog"),
        "beaker": ("beaker", "cup"),
    }
    words = {
        WordId(name): Word(WordId(name), text, labels={"synonyms": entry} if entry else {})
        for name, (text, entry) in listed.items()
    }
    assert facts_of(Session(words), "category").synonyms == (
        ("beaker", "cup-1"),
        ("beaker", "cup-2"),
        ("couch", "sofa"),
        ("cup-1", "mug"),
    )
