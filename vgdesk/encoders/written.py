"""Models that read tokenised text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vgdesk.core.arrays import FloatArray
from vgdesk.core.errors import EncoderError
from vgdesk.core.model import Modality
from vgdesk.encoders.base import EncoderSpec, Family, Pooling, Shape
from vgdesk.encoders.checkpoint import check_tokenizer, positive_int
from vgdesk.encoders.running import (
    build,
    capture_hidden_states,
    from_folder,
    memory_errors,
    move,
    pool_words,
    prepare,
)

_BERT_CLASSES = {
    "bert": "BertModel",
    "roberta": "RobertaModel",
    "xlm-roberta": "XLMRobertaModel",
}


def describe_bert(config: Mapping[str, Any], folder: Path) -> Shape:
    """Read the shape; a text model must have a tokenizer."""
    check_tokenizer(folder)
    return Shape(positive_int(config, "num_hidden_layers"), positive_int(config, "hidden_size"))


def describe_clip(config: Mapping[str, Any], folder: Path) -> Shape:
    """Read the shape of the text encoder; a whole CLIP has it under "text_config"."""
    check_tokenizer(folder)
    # A whole CLIP omits settings with default values.
    usual = {"num_hidden_layers": 12, "hidden_size": 512}
    text = config if config["model_type"] == "clip_text_model" else config.get("text_config")
    full = {**usual, **(text if isinstance(text, dict) else {})}
    return Shape(positive_int(full, "num_hidden_layers"), positive_int(full, "hidden_size"))


def load_bert(spec: EncoderSpec, device: str) -> "TokenEncoder":
    """Load a BERT-like model without the pooler on top of it."""
    prepare()
    import transformers

    assert spec.folder is not None
    config = from_folder(transformers.AutoConfig, spec.folder)
    model_class = getattr(transformers, _BERT_CLASSES[config.model_type])
    model = build(spec, model_class, config, add_pooling_layer=False)
    return TokenEncoder(spec, move(spec, model, device), model.encoder.layer)


def load_clip(spec: EncoderSpec, device: str) -> "TokenEncoder":
    """Load the text encoder of CLIP."""
    prepare()
    from transformers import CLIPTextConfig, CLIPTextModel

    assert spec.folder is not None
    config = from_folder(CLIPTextConfig, spec.folder)
    model = build(spec, CLIPTextModel, config)
    return TokenEncoder(spec, move(spec, model, device), model.encoder.layers)


class TokenEncoder:
    """Encodes written words over their own tokens, without special tokens."""

    def __init__(self, spec: EncoderSpec, model: Any, blocks: Any) -> None:
        from transformers import AutoTokenizer

        assert spec.folder is not None
        self._spec = spec
        self._model = model
        self._blocks = blocks
        self._tokenizer = from_folder(AutoTokenizer, spec.folder)
        self._tokenizer.padding_side = "right"
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token

    def encode(self, words: Sequence[str], pooling: Pooling) -> list[FloatArray]:
        """Return [layers, dim] for each word; raises an EncoderError for no or too many tokens."""
        import torch

        tokens = self._tokenizer(
            list(words), padding=True, return_special_tokens_mask=True, return_tensors="np"
        )
        is_own = (tokens["special_tokens_mask"] == 0) & (tokens["attention_mask"] == 1)
        self._refuse(words, is_own, tokens["attention_mask"].sum(axis=1))
        device = self._model.device
        with memory_errors(self._spec, device.type), torch.inference_mode():
            given = {
                name: torch.from_numpy(np.asarray(tokens[name], np.int64)).to(device)
                for name in ("input_ids", "attention_mask")
            }
            with capture_hidden_states(self._blocks) as heard:
                self._model(**given)
            return pool_words(heard, [np.flatnonzero(row) for row in is_own], pooling)

    def _refuse(self, words: Sequence[str], is_own: Any, lengths: Any) -> None:
        limit = self._limit()
        for word, own, length in zip(words, is_own, lengths, strict=True):
            if not own.any():
                raise EncoderError(
                    f"“{self._spec.title}” has no token for the written form “{word}”.",
                    "Change the written form, or choose another model.",
                )
            if length > limit:
                raise EncoderError(
                    f"“{word[:40]}…” is too long for “{self._spec.title}”: {length} tokens; the "
                    f"limit is {limit}.",
                    "Shorten the written form.",
                )

    def _limit(self) -> int:
        config = self._model.config
        # RoBERTa positions start after the id of the padding token.
        offset = config.pad_token_id + 1 if "roberta" in config.model_type else 0
        return int(min(config.max_position_embeddings - offset, self._tokenizer.model_max_length))


BERT = Family("bert", "BERT and MiniLM", Modality.TEXT, ("bert",), None, describe_bert, load_bert)
ROBERTA = Family(
    "roberta", "RoBERTa", Modality.TEXT, ("roberta", "xlm-roberta"), None, describe_bert, load_bert
)
CLIP_TEXT = Family(
    "clip-text",
    "CLIP text",
    Modality.TEXT,
    ("clip", "clip_text_model"),
    True,
    describe_clip,
    load_clip,
)
