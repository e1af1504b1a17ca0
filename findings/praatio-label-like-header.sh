#!/usr/bin/env bash
# praatio: a label such as "item [3]" makes a TextGrid that praatio itself wrote unreadable.
#
# One would expect: a label is any text between quotation marks. Whatever praatio saves, it opens again.
# What happens: the reader looks for the headings of tiers in the whole file, labels included. A label
# that holds "item [" or "intervals [" ends the reading of a long TextGrid with an error about a missing
# field, and "item [" that of a short one with an IndexError. Neither names the label. In the JSON format
# of praatio the same labels are read back.
# Why it matters: "item [3]" is an ordinary way to note which stimulus somebody hears. The annotation of a
# whole recording cannot be opened because of one remark, and the error points to a damaged file.
#
# Seen on 2026-12-01 with praatio 6.2.2, Python 3.11.
# Where to look: project praatIO, the parser for long and short TextGrids.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'praatio==6.2.2'

venv/bin/pip freeze
venv/bin/python -I - <<'PYTHON'
import sys

from praatio import textgrid

READ = "read back"


def through_a_file(label, form):
    labels = ["before", label, "after"]
    entries = [(start, start + 1, text) for start, text in enumerate(labels)]
    grid = textgrid.Textgrid()
    grid.addTier(textgrid.IntervalTier("notes", entries, 0, 3))
    grid.save("notes.TextGrid", format=form, includeBlankSpaces=True)
    try:
        again = textgrid.openTextgrid("notes.TextGrid", includeEmptyIntervals=False)
    except Exception as error:
        print(f"{form}, {label!r}: {type(error).__name__}: {error}")
        return type(error).__name__
    found = [entry.label for entry in again.getTier("notes").entries]
    print(f"{form}, {label!r}: {found}")
    return READ if found == labels else "read as something else"


expected = {
    ("long_textgrid", "item 3"): READ,
    ("long_textgrid", "item [3]"): "ParsingError",
    ("long_textgrid", "intervals [1]"): "ParsingError",
    ("short_textgrid", "item 3"): READ,
    ("short_textgrid", "item [3]"): "IndexError",
    ("short_textgrid", "intervals [1]"): READ,
    ("textgrid_json", "item [3]"): READ,
    ("textgrid_json", "intervals [1]"): READ,
}
if {case: through_a_file(case[1], case[0]) for case in expected} != expected:
    sys.exit("This has changed.")
PYTHON
