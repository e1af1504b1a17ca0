#!/usr/bin/env bash
# transformers: a model whose config.json says `"auto_map": null` loads by its class, but not by AutoConfig.
#
# One would expect: null means "not set". transformers itself writes it for unset settings (the config.json
# below has some), and takes it for other optional ones, such as "architectures" or "quantization_config".
# What happens: AutoConfig, and with it AutoModel, asks whether "AutoConfig" is in the null, and ends with
# a TypeError that names neither the file nor the setting. The class of the model takes the same file.
# Why it matters: a tool that writes all fields of a record, empty ones as null, makes such a file. The
# encoder is sound, but everything that loads encoders by their folder alone fails, and does not say where.
#
# Seen on 2026-12-01 with transformers 5.24.0, Python 3.11.
# Where to look: project transformers, `AutoConfig.from_pretrained`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'transformers==5.24.0'

venv/bin/pip freeze
HF_HUB_OFFLINE=1 venv/bin/python -I - <<'PYTHON'
import json
import sys
from pathlib import Path

from transformers import AutoConfig, BertConfig

BertConfig().save_pretrained("model")
file = Path("model", "config.json")
settings = json.loads(file.read_text())
print("null in what transformers wrote:", [name for name, value in settings.items() if value is None])


def load(reader, setting):
    file.write_text(json.dumps(settings | {setting: None}))
    try:
        reader.from_pretrained("model")
        result = "loaded"
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(f'"{setting}": null, {reader.__name__}: {result}')
    return result.split(":")[0]


others = ("architectures", "quantization_config", "id2label", "dtype")
seen = {load(reader, setting) for reader in (AutoConfig, BertConfig) for setting in others}
if (seen, load(BertConfig, "auto_map"), load(AutoConfig, "auto_map")) != (
    {"loaded"},
    "loaded",
    "TypeError",
):
    sys.exit("This has changed.")
PYTHON
