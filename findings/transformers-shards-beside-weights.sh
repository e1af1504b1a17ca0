#!/usr/bin/env bash
# transformers: beside the shards of a distributed checkpoint, the order in which the file system lists
# the folder decides which weights a model gets.
#
# One would expect: a folder with both `model.safetensors` and the shards that a distributed checkpoint
# wrote (`shard-00001-model-00001-of-00001.safetensors`) loads one of them by a fixed rule, or is refused.
# What happens: as soon as there is one shard, all files that end in `.safetensors` are read as parts of
# one checkpoint, a copy called `best.safetensors` as well. Of parts that stand for the same tensor, the
# one in the file that the folder happens to list last is taken. Nothing is said. Without the shard, only
# `model.safetensors` is read and the copy is ignored.
# Why it matters: whoever resumes from a distributed checkpoint and saves the finished encoder into the
# same folder, or keeps a copy there, may compare the embeddings of older weights; and the same files
# copied to another disk can be another model.
#
# Seen on 2026-12-01 with transformers 5.24.0, torch 2.13.0, numpy 2.4.6, Python 3.11.
# Where to look: projects transformers (`get_distributed_checkpoint_dir`) and pytorch
# (`HuggingFaceStorageReader.read_metadata`).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q 'transformers==5.24.0' 'torch==2.13.0' 'numpy==2.4.6'

cat >load.py <<'PYTHON'
import os
import shutil
import sys
from pathlib import Path

import torch
import torch.distributed.checkpoint as checkpoint
from torch.distributed.checkpoint import HuggingFaceStorageWriter
from transformers import AutoModel, BertConfig, BertModel

CONFIG = BertConfig(
    vocab_size=10,
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=8,
    max_position_embeddings=8,
)


def filled(value):
    model = BertModel(CONFIG)
    for weights in model.parameters():
        torch.nn.init.constant_(weights, value)
    return model


def loaded(folder):
    model = AutoModel.from_pretrained(folder)
    return sorted({value for weights in model.parameters() for value in weights.flatten().tolist()})


filled(2).save_pretrained("plain")
with_shards = []
for name in ("model", "model-00001-of-00001", "best", "backup", "old", "model.fp16", "ema", "last"):
    folder = Path("with", name)
    model = filled(1)
    CONFIG.save_pretrained(folder)
    # As transformers does for a model that is split over several devices.
    writer = HuggingFaceStorageWriter(str(folder), save_distributed=True, enable_consolidation=False)
    checkpoint.save(model.state_dict(), storage_writer=writer)
    shutil.copy("plain/model.safetensors", folder / f"{name}.safetensors")
    listed = [file for file in os.listdir(folder) if file.endswith(".safetensors")]
    last = [1.0 if listed[-1].startswith("shard-") else 2.0]
    values = loaded(folder)
    print("shards hold 1, the other 2; listed:", *listed, "; loaded:", *values)
    with_shards.append(values == last)

filled(3).save_pretrained("other")
shutil.copy("other/model.safetensors", "plain/best.safetensors")
values = loaded("plain")
print("no shards, model.safetensors holds 2, best.safetensors 3; loaded:", *values)
if not all(with_shards) or values != [2.0]:
    sys.exit("This has changed.")
PYTHON

venv/bin/pip freeze
HF_HUB_OFFLINE=1 venv/bin/python -I load.py 2>said || { cat said; exit 1; }
if grep -F .safetensors said; then
  echo "This has changed: something is said about the files."
  exit 1
fi
echo "Nothing was said about the files."
