"""Checks on the settings of a model folder, which may come from an untrusted source.

The library that runs models follows its settings to programs that come with the model, to weights
elsewhere, and to any amount of memory. So the settings are checked first.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from vgdesk.core.errors import EncoderError
from vgdesk.encoders.checkpoint import PREPROCESSOR, read_settings

_WITH_SIZES = ("config.json", PREPROCESSOR)
_FILES = (*_WITH_SIZES, "processor_config.json", "tokenizer_config.json")
# Names of programs in the folder, or on the hub.
_CODE = ("auto_map", "custom_pipelines", "custom_generate")
_ATTENTION = (
    "attn_implementation",
    "_attn_implementation",
)  # a value with "/" is fetched from the hub
# Settings, tokenizers and weights other than those whose content identifies the model;
# `init_inputs` may be file names.
_ELSEWHERE = (
    "transformers_weights", "configuration_files", "fast_tokenizer_files", "init_inputs",
)  # fmt: skip
_PACKED = "quantization_config"


class _Range(NamedTuple):
    least: int
    most: int


_LAYERS, _DIM, _BANDS = _Range(0, 1_000), _Range(0, 100_000), _Range(1, 1_024)
_LENGTH, _TOKENS = _Range(0, 1_000_000), _Range(0, 10_000_000)
_SOME, _WINDOW = _Range(1, 10_000), _Range(1, 100_000)
_MOST_PARTS = 100  # of a list of sizes, one for each convolution
_SIZES: Mapping[str, _Range] = {
    **dict.fromkeys(("num_hidden_layers", "encoder_layers", "decoder_layers"), _LAYERS),
    **dict.fromkeys(("num_adapter_layers", "num_feat_extract_layers", "num_layers"), _LAYERS),
    **dict.fromkeys(("hidden_size", "d_model", "intermediate_size", "projection_dim"), _DIM),
    **dict.fromkeys(("encoder_ffn_dim", "decoder_ffn_dim", "output_hidden_size"), _DIM),
    **dict.fromkeys(("feature_projection_input_dim", "conv_dim", "tdnn_dim"), _DIM),
    **dict.fromkeys(("classifier_proj_size", "codevector_dim", "proj_codevector_dim"), _DIM),
    **dict.fromkeys(("num_attention_heads", "encoder_attention_heads"), _SOME),
    **dict.fromkeys(("conv_kernel", "conv_stride", "conv_depthwise_kernel_size"), _SOME),
    **dict.fromkeys(("num_conv_pos_embeddings", "conv_pos_kernel_size"), _SOME),
    **dict.fromkeys(("num_buckets", "max_bucket_distance"), _LENGTH),
    **dict.fromkeys(("left_max_position_embeddings", "right_max_position_embeddings"), _LENGTH),
    **dict.fromkeys(("max_source_positions", "max_position_embeddings"), _LENGTH),
    **dict.fromkeys(("type_vocab_size", "nb_max_frames"), _LENGTH),
    "vocab_size": _TOKENS,
    "sampling_rate": _Range(1_000, 768_000),  # Hz
    "num_mel_bins": _BANDS,
    "feature_size": _BANDS,
    "n_fft": _WINDOW,
    "hop_length": _WINDOW,
    "chunk_length": _Range(1, 600),  # s
    "stride": _Range(1, 100),
}


def check_settings(folder: Path) -> None:
    """Refuse settings that request foreign code, other files, or unreasonable sizes.

    Raises
    ------
    EncoderError
        With a sentence that names the file and the setting.
    """
    for name in _FILES:
        for key, value in _named(read_settings(folder, name)):
            if value in (None, "", [], {}):
                continue
            if key in _CODE or (key in _ATTENTION and "/" in str(value)):
                raise _asks_for_code(folder, name, key)
            if key in _ELSEWHERE:
                raise _leads_elsewhere(folder, name, key)
            if key == _PACKED:
                raise _is_packed(folder)
            if key in _SIZES and name in _WITH_SIZES:
                _check_size(folder, name, key, value)


def _named(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield all named values, at any depth."""
    waiting: list[Any] = [settings]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from one.items()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _check_size(folder: Path, name: str, key: str, value: Any) -> None:
    sizes = value if isinstance(value, list) else [value]
    least, most = _SIZES[key]
    if len(sizes) > _MOST_PARTS:
        raise _too_large(folder, name, f"{key} has {len(sizes):,} parts; at most {_MOST_PARTS} are")
    for size in sizes:
        if type(size) is not int or not least <= size <= most:
            said = f"{key} is {str(size)[:20]}; whole numbers from {least:,} to {most:,} are"
            raise _too_large(folder, name, said)


def _asks_for_code(folder: Path, name: str, key: str) -> EncoderError:
    return EncoderError(
        f"The model in “{folder.name}” requires custom code ({key} in {name}), which could do "
        "anything on this computer. vgdesk did not run it.",
        "Choose a model without custom code.",
    )


def _leads_elsewhere(folder: Path, name: str, key: str) -> EncoderError:
    return EncoderError(
        f"The settings of the model in “{folder.name}” refer to other files instead of the usual "
        f"ones ({key} in {name}), so it would be unclear which model was used.",
        f"Give the files their usual names, and delete {key} from {name}.",
    )


def _is_packed(folder: Path) -> EncoderError:
    return EncoderError(
        f"The weights of the model in “{folder.name}” are quantized, which vgdesk cannot read.",
        "Get the same model in full or half precision.",
    )


def _too_large(folder: Path, name: str, what: str) -> EncoderError:
    return EncoderError(
        f"The model in “{folder.name}” has an invalid size: in {name}, {what} allowed.",
        f"Get {name} again from where the model was published.",
    )
