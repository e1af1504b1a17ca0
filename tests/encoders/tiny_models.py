"""Models of every family that are too small to know anything, saved as real ones are."""

import string
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForMaskedLM,
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    Data2VecAudioConfig,
    Data2VecAudioModel,
    HubertConfig,
    HubertModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaModel,
    Wav2Vec2BertConfig,
    Wav2Vec2BertForCTC,
    Wav2Vec2BertModel,
    Wav2Vec2Config,
    Wav2Vec2ForCTC,
    Wav2Vec2Model,
    WavLMConfig,
    WavLMModel,
    WhisperConfig,
    WhisperForConditionalGeneration,
    XLMRobertaConfig,
    XLMRobertaModel,
)
from transformers.models.whisper.modeling_whisper import WhisperEncoder

DIM = 32
_BLOCKS = {
    "hidden_size": DIM,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
}
_FRONT = {**_BLOCKS, "conv_dim": (24,) * 7, "num_conv_pos_embedding_groups": 4}
_WAVE = {**_FRONT, "num_conv_pos_embeddings": 16}
_STABLE = {"feat_extract_norm": "layer", "do_stable_layer_norm": True, "conv_bias": True}
_W2V_BERT = {**_BLOCKS, "conv_depthwise_kernel_size": 5}
_LONG = {"feature_projection_input_dim": 4 * 80}  # frames of four spectra, not of two
_WHISPER = {
    "vocab_size": 60,
    "d_model": DIM,
    "encoder_layers": 3,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 1,
    "suppress_tokens": None,
    "begin_suppress_tokens": None,
}
_TEXT = {**_BLOCKS, "vocab_size": 100, "max_position_embeddings": 40}
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_CLIP_ENDS = {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1}

SPEECH = {
    "wav2vec2-group": lambda: Wav2Vec2Model(Wav2Vec2Config(**_WAVE)),
    "wav2vec2-stable": lambda: Wav2Vec2ForCTC(Wav2Vec2Config(**_WAVE, **_STABLE, vocab_size=32)),
    "hubert-group": lambda: HubertModel(HubertConfig(**_WAVE)),
    "hubert-stable": lambda: HubertModel(HubertConfig(**_WAVE, **_STABLE)),
    "hubert-batch-norm": lambda: HubertModel(HubertConfig(**_WAVE, conv_pos_batch_norm=True)),
    "wavlm-group": lambda: WavLMModel(WavLMConfig(**_WAVE)),
    "wavlm-stable": lambda: WavLMModel(WavLMConfig(**_WAVE, **_STABLE)),
    "data2vec-audio": lambda: Data2VecAudioModel(
        Data2VecAudioConfig(**_FRONT, num_conv_pos_embeddings=3, conv_pos_kernel_size=7)
    ),
    "w2v-bert": lambda: Wav2Vec2BertModel(Wav2Vec2BertConfig(**_W2V_BERT)),
    "w2v-bert-relative": lambda: Wav2Vec2BertModel(
        Wav2Vec2BertConfig(**_W2V_BERT, position_embeddings_type="relative")
    ),
    "w2v-bert-rotary": lambda: Wav2Vec2BertModel(
        Wav2Vec2BertConfig(**_W2V_BERT, **_LONG, position_embeddings_type="rotary")
    ),
    "w2v-bert-no-position": lambda: Wav2Vec2BertForCTC(
        Wav2Vec2BertConfig(
            **_W2V_BERT,
            **_LONG,
            position_embeddings_type=None,
            add_adapter=True,
            mask_time_prob=0,
            vocab_size=32,
        )
    ),
    "whisper": lambda: WhisperForConditionalGeneration(WhisperConfig(**_WHISPER)),
    "whisper-encoder": lambda: WhisperEncoder(WhisperConfig(**_WHISPER)),
}
TEXT = {
    "bert": lambda: BertForMaskedLM(BertConfig(**_TEXT, pad_token_id=1)),
    "roberta": lambda: RobertaModel(RobertaConfig(**_TEXT)),
    "xlm-roberta": lambda: XLMRobertaModel(XLMRobertaConfig(**_TEXT)),
    "clip": lambda: CLIPModel(
        CLIPConfig(
            text_config={**_TEXT, **_CLIP_ENDS},
            vision_config={**_BLOCKS, "image_size": 32, "patch_size": 16},
        )
    ),
    "clip-text": lambda: CLIPTextModel(CLIPTextConfig(**_TEXT, **_CLIP_ENDS)),
}


def save_tiny_model(name: str, folder: Path) -> Path:
    """Save a model with random weights; nothing is left at a value that would hide a mistake."""
    torch.manual_seed(1)
    model = {**SPEECH, **TEXT}[name]()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.05)
    model.save_pretrained(folder)
    if name in TEXT:
        _tokenizer().save_pretrained(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    """Cut words into single letters between <s> and </s>."""
    vocabulary = {token: place for place, token in enumerate((*_SPECIAL, *string.ascii_letters))}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=[], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
    )
