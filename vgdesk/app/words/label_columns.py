"""Label columns with a meaning to the program."""

PHONES = "phones"
SYNONYMS = "synonyms"
SHAPE = "shape"
HINT_COLUMN = "hint"  # distinguishes words with the same spelling
PHONES_SOURCE = "phones source"
CATEGORY = "category"
