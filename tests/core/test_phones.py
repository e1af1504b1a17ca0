import pytest

from vgdesk.core.phones import split_phones


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("kæt", ["k", "æ", "t"]),
        ("ˈfaː.tɐ", ["f", "aː", "t", "ɐ"]),
        ("t͡ʃɪp", ["t͡ʃ", "ɪ", "p"]),
        ("pʰɔ̃", ["pʰ", "ɔ̃"]),
        ("K AE1 T", ["K", "AE", "T"]),
        ("k æ t", ["k", "æ", "t"]),
        ("EH1", ["EH"]),
        ("  ", []),
        ("", []),
    ],
)
def test_a_pronunciation_is_split_into_phones(text: str, phones: list[str]) -> None:
    assert list(split_phones(text)) == phones
