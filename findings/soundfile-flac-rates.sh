#!/usr/bin/env bash
# libsndfile: FLAC takes fewer sample rates than FLAC has, and the errors blame something else.
#
# One would expect: every whole sample rate from 1 to 1,048,575 Hz can be written as FLAC, for that is
# what its specification (RFC 9639) allows; or at least an error that says which rates can.
# What happens: above 65,535 Hz a rate must be a multiple of 10 Hz. For others the file is opened, and the
# first samples fail with an error about the FLAC decoder, though nothing is decoded. Above 655,350 Hz
# all rates are refused with the words that FLAC does not support them. WAV takes all of them.
# Why it matters: converters offer 705,600 and 768,000 Hz, and a rate that was measured rather than set
# (96,001 Hz, say) is rarely a multiple of ten. Tools that store FLAC to save space find out late, and the
# error about a decoder sends people looking for a damaged file.
#
# Seen on 2026-12-01 with soundfile 0.14.0 (libsndfile 1.2.2), numpy 2.4.6, Python 3.11.
# Where to look: project libsndfile, its FLAC writer (it keeps to the streamable subset of FLAC, and to
# the limit that libFLAC had before version 1.4).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'soundfile==0.14.0' 'numpy==2.4.6'

venv/bin/pip freeze
venv/bin/python -I - <<'PYTHON'
import sys

import numpy as np
import soundfile

print("libsndfile", soundfile.__libsndfile_version__)
samples = np.zeros(1000, dtype="float32")
OK, DECODER, REFUSED = "written", "flac decoder", "flac does not support this sample rate"
expected = {
    44_100: OK,
    65_535: OK,
    65_537: DECODER,
    65_540: OK,
    88_200: OK,
    88_201: DECODER,
    96_000: OK,
    96_001: DECODER,
    655_350: OK,
    655_351: REFUSED,
    705_600: REFUSED,
    768_000: REFUSED,
    1_048_575: REFUSED,
}


def attempt(name, rate):
    try:
        soundfile.write(name, samples, rate)
    except soundfile.LibsndfileError as error:
        print(f"{rate:>9,} Hz {name}: error {error.code} with the text {str(error)!r}")
        return next((words for words in (DECODER, REFUSED) if words in str(error)), "another error")
    assert soundfile.info(name).samplerate == rate
    print(f"{rate:>9,} Hz {name}: written")
    return OK


wav = [attempt("a.wav", rate) for rate in expected]
flac = {rate: attempt("a.flac", rate) for rate in expected}
if set(wav) != {OK} or flac != expected:
    sys.exit("This has changed.")
PYTHON
