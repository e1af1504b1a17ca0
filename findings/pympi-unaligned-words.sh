#!/usr/bin/env bash
# pympi: words whose boundaries have no time yet vanish when an ELAN file becomes a TextGrid.
#
# One would expect: all annotations arrive, with boundaries spread over the time they share, or the
# conversion says which ones it leaves out.
# What happens: EAF files may hold time slots without a time; a tier that subdivides a longer annotation
# has them between its words until somebody aligns them. `Eaf.to_textgrid` leaves out every annotation that
# touches such a slot, without an error or a warning. The tier is there, and empty.
# Why it matters: a transcript is often split into words before the words are aligned. Counting words or
# cutting sound by the TextGrid then works with fewer words than were transcribed, and nobody notices.
#
# Seen on 2026-12-01 with pympi-ling 1.71, Python 3.11.
# Where to look: project pympi, `Eaf.to_textgrid` (it passes over every error an interval raises).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'pympi-ling==1.71'

venv/bin/pip freeze
venv/bin/python -I - <<'PYTHON'
import sys
from pathlib import Path

from pympi import Eaf

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-12-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="EAFv3.0.xsd">
  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
  <TIME_ORDER>
    <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/>
    <TIME_SLOT TIME_SLOT_ID="ts2"{first}/>
    <TIME_SLOT TIME_SLOT_ID="ts3"{second}/>
    <TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="900"/>
  </TIME_ORDER>
  <TIER LINGUISTIC_TYPE_REF="utterance" TIER_ID="utterances">
    <ANNOTATION>{utterance}</ANNOTATION>
  </TIER>
  <TIER LINGUISTIC_TYPE_REF="word" PARENT_REF="utterances" TIER_ID="words">
    <ANNOTATION>{one}</ANNOTATION>
    <ANNOTATION>{two}</ANNOTATION>
    <ANNOTATION>{three}</ANNOTATION>
  </TIER>
  <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="utterance" TIME_ALIGNABLE="true"/>
  <LINGUISTIC_TYPE CONSTRAINTS="Time_Subdivision" GRAPHIC_REFERENCES="false"
    LINGUISTIC_TYPE_ID="word" TIME_ALIGNABLE="true"/>
  <CONSTRAINT DESCRIPTION="Time subdivision of parent annotation's time interval, no time gaps
    allowed within this interval" STEREOTYPE="Time_Subdivision"/>
</ANNOTATION_DOCUMENT>
"""


def annotation(number, start, end, text):
    return (
        f'<ALIGNABLE_ANNOTATION ANNOTATION_ID="a{number}" TIME_SLOT_REF1="ts{start}" '
        f'TIME_SLOT_REF2="ts{end}"><ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>'
    )


def converted(title, first, second):
    document = DOCUMENT.format(
        first=first,
        second=second,
        utterance=annotation(1, 1, 4, "the red boat"),
        one=annotation(2, 1, 2, "the"),
        two=annotation(3, 2, 3, "red"),
        three=annotation(4, 3, 4, "boat"),
    )
    Path("speech.eaf").write_text(document, encoding="utf-8")
    eaf = Eaf("speech.eaf")
    print(f"{title}: pympi reads {eaf.get_annotation_data_for_tier('words')}")
    tiers = {tier.name: tier.intervals for tier in eaf.to_textgrid().tiers}
    print(f"{title}: the TextGrid holds {tiers}")
    return {name: [text for _, _, text in intervals] for name, intervals in tiers.items()}


aligned = converted("aligned", ' TIME_VALUE="200"', ' TIME_VALUE="500"')
partly = converted("one of two boundaries", ' TIME_VALUE="200"', "")
unaligned = converted("no boundary", "", "")
if (aligned, partly, unaligned) != (
    {"utterances": ["the red boat"], "words": ["the", "red", "boat"]},
    {"utterances": ["the red boat"], "words": ["the"]},
    {"utterances": ["the red boat"], "words": []},
):
    sys.exit("This has changed.")
PYTHON
