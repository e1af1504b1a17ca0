#!/usr/bin/env bash
# soxr: resampling 16-bit samples adds noise, to silence and at the same rate as well.
#
# One would expect: digital silence stays silence, and "resampling" to the rate that the sound already has
# gives the same samples, as it does for float samples.
# What happens: int16 output is dithered and nothing can switch that off. A quarter of the samples of
# silence become 1 or -1, and a quarter of the samples of any sound change although no rate does.
# Why it matters: recordings are often padded with silence, which masks, trimming and checksums look for;
# and "resample to 16 kHz, whatever it was" is not harmless for what is at 16 kHz already. Resampling
# float samples avoids it.
#
# Seen on 2026-12-01 with soxr 1.1.0, numpy 2.4.6, Python 3.11.
# Where to look: project python-soxr, `soxr.resample` (the dither is that of libsoxr).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'soxr==1.1.0' 'numpy==2.4.6'

venv/bin/pip freeze
venv/bin/python -I - <<'PYTHON'
import sys

import numpy as np
import soxr

tone = 0.3 * np.sin(np.arange(32_000) / 10)
cases = {"silence": np.zeros(32_000), "tone": tone}
changed = {}
for name, samples in cases.items():
    for kind, full_scale in (("float32", 1), ("int16", 32_767)):
        given = (samples * full_scale).astype(kind)
        seen = soxr.resample(given, 16_000, 16_000)
        changed[name, kind] = float(np.mean(seen != given))
        print(f"{name}, {kind}, 16 kHz to 16 kHz: {changed[name, kind]:.0%} of the samples differ")
halved = soxr.resample(np.zeros(32_000, dtype="int16"), 32_000, 16_000)
print(f"silence, int16, 32 kHz to 16 kHz: {np.mean(halved != 0):.0%} of the samples are not 0")
expected = {("silence", "float32"): False, ("silence", "int16"): True}
expected |= {("tone", "float32"): False, ("tone", "int16"): True}
if {case: share > 0.1 for case, share in changed.items()} != expected or not halved.any():
    sys.exit("This has changed.")
PYTHON
