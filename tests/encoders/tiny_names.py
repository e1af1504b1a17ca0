"""Names of the tiny models, to be known before torch is loaded."""

SPEECH_NAMES = (
    "wav2vec2-group",
    "wav2vec2-stable",
    "hubert-group",
    "hubert-stable",
    "hubert-batch-norm",
    "wavlm-group",
    "wavlm-stable",
    "data2vec-audio",
    "w2v-bert",
    "w2v-bert-relative",
    "w2v-bert-rotary",
    "w2v-bert-no-position",
    "whisper",
    "whisper-encoder",
)
TEXT_NAMES = ("bert", "roberta", "xlm-roberta", "clip", "clip-text")
