#!/usr/bin/env bash
# soundfile: one sample that is no number makes a FLAC file unreadable, and nobody says why.
#
# One would expect: a sample that is NaN is stored as silence or full scale, as infinity is, or refused
# with an error that names it. WAV with float samples simply keeps it.
# What happens: writing FLAC ends with a bare AssertionError without any text, after part of the file has
# been written. Under `python -O`, where assertions are not checked, writing seems to succeed. Either way
# soundfile cannot read the file afterwards, not even what came before: its header was never finished,
# and an unknown length is taken for the largest one.
# Why it matters: a single NaN from a filter or a gain of 0/0 costs the whole recording, and the error
# points nowhere. Programs that write float samples as FLAC have to look for NaN first.
#
# Seen on 2026-12-01 with soundfile 0.14.0 (libsndfile 1.2.2), numpy 2.4.6, Python 3.11.
# Where to look: project python-soundfile, the assertion that all frames were written.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'soundfile==0.14.0' 'numpy==2.4.6'

cat >write.py <<'PYTHON'
import sys

import numpy as np
import soundfile

bad = {"nan": np.nan, "inf": np.inf, "none": 0}[sys.argv[1]]
name, subtype = sys.argv[2:]
samples = (0.1 * np.sin(np.arange(48_000) / 10)).astype("float32")
samples[40_000] = bad
try:
    soundfile.write(name, samples, 48_000, subtype=subtype)
    wrote = "written"
except AssertionError as error:
    wrote = f"AssertionError with the text {str(error)!r}"
try:
    read = f"{len(soundfile.read(name)[0])} samples read back"
except Exception as error:
    read = f"not readable ({type(error).__name__})"
print(f"{wrote}; {read}")
PYTHON

venv/bin/pip freeze
venv/bin/python -I -c 'import soundfile; print("libsndfile", soundfile.__libsndfile_version__)'
changed=0
expect() {
  local expected=$1 seen
  shift
  seen=$(venv/bin/python -I "$@")
  echo "$*: $seen"
  [ "$seen" = "$expected" ] || changed=1
}
good="written; 48000 samples read back"
expect "$good" write.py none good.flac PCM_16
expect "$good" write.py inf infinity.flac PCM_16
expect "$good" write.py nan float.wav FLOAT
expect "AssertionError with the text ''; not readable (ValueError)" write.py nan nan.flac PCM_16
expect "AssertionError with the text ''; not readable (ValueError)" write.py nan nan.flac PCM_24
expect "written; not readable (ValueError)" -O write.py nan unchecked.flac PCM_16
if [ "$changed" -ne 0 ]; then
  echo "This has changed."
  exit 1
fi
