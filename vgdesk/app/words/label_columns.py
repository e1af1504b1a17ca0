"""Label columns with a meaning to the program."""

PHONES = "phones"
SYNONYMS = "synonyms"
SHAPE = "shape"
HINT_COLUMN = "hint"
PHONES_SOURCE = "phones source"
CATEGORY = "category"
