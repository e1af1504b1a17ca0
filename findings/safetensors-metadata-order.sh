#!/usr/bin/env bash
# safetensors: the same tensors with the same metadata become different bytes each time.
#
# One would expect: saving the same arrays with the same metadata gives the same bytes. Tensors are
# written in a fixed order, so everything looks as if it did.
# What happens: as soon as there is more than one metadata text, their order in the header is random,
# within one process and from one process to the next. The order of the given dict is not kept either.
# Why it matters: embeddings are often saved with the model, layer and speaker they belong to. Checksums,
# caches addressed by content, deduplication and "has this file changed?" then see a new file after every
# save. All metadata in one text (JSON, say) keeps the bytes stable.
#
# Seen on 2026-12-01 with safetensors 0.8.0, numpy 2.4.6, Python 3.11.
# Where to look: project safetensors, how the header writes `__metadata__`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'safetensors==0.8.0' 'numpy==2.4.6'

cat >save.py <<'PYTHON'
import hashlib
import json
import sys

import numpy as np
from safetensors.numpy import save

texts = {"model": "a", "layer": "7", "speaker": "s1", "rate": "16000", "seed": "0", "unit": "word"}
if sys.argv[1] == "one":
    texts = {"all": json.dumps(texts)}
data = save({"vectors": np.arange(12, dtype="<f4").reshape(3, 4)}, metadata=texts)
header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
print(hashlib.sha256(data).hexdigest()[:16], *header["__metadata__"])
PYTHON

venv/bin/pip freeze
for texts in one several; do
  echo "Eight processes, $texts metadata text(s): checksum, then the names in the order of the header"
  for _ in 1 2 3 4 5 6 7 8; do venv/bin/python -I save.py $texts; done | tee $texts
done
one=$(sort -u one | wc -l)
several=$(sort -u several | wc -l)
echo "Different files: $one with one text, $several with several"
if [ "$one" -ne 1 ] || [ "$several" -lt 2 ]; then
  echo "This has changed."
  exit 1
fi
