"""Turn a BERT checkpoint of the MiniLM-L6-H384 family into a DistilBERT for sequence classification.

The two architectures compute the same function, apart from two things:

- BERT adds a *token type* embedding to each position. With one sentence at a time the type is always 0, so its
  vector is the same everywhere and can be added to each position embedding once and for all.
- BERT has a pooler behind its last layer. DistilBERT has none; its classification head brings its own
  ``pre_classifier`` instead, which starts from random numbers and is what the fine-tuning has to learn.

So ``DistilBertModel`` with the converted weights gives the same hidden states as the ``BertModel`` they come from
(``tests/test_train_classroom.py`` holds them against each other).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PreTrainedTokenizerBase,
)

ID2LABEL = {0: "NEGATIVE", 1: "POSITIVE"}

# BERT's name of a part of a layer → DistilBERT's name of the same part.
LAYER_PARTS = {
    "attention.self.query": "attention.q_lin",
    "attention.self.key": "attention.k_lin",
    "attention.self.value": "attention.v_lin",
    "attention.output.dense": "attention.out_lin",
    "attention.output.LayerNorm": "sa_layer_norm",
    "intermediate.dense": "ffn.lin1",
    "output.dense": "ffn.lin2",
    "output.LayerNorm": "output_layer_norm",
}


def distilbert_config(bert: BertConfig, *, dropout: float = 0.1, seq_classif_dropout: float = 0.2) -> DistilBertConfig:
    """The DistilBERT configuration of the same shape as ``bert``, with two labels.

    Raises ``ValueError`` for a BERT that DistilBERT has no counterpart of (another activation than GELU, or
    position embeddings that are not absolute).
    """
    position_embedding_type = getattr(bert, "position_embedding_type", "absolute")
    if bert.hidden_act != "gelu" or position_embedding_type != "absolute":
        raise ValueError(
            "bert: expected hidden_act 'gelu' and absolute position embeddings, "
            f"got {bert.hidden_act!r} and {position_embedding_type!r}"
        )
    return DistilBertConfig(
        vocab_size=bert.vocab_size,
        max_position_embeddings=bert.max_position_embeddings,
        n_layers=bert.num_hidden_layers,
        n_heads=bert.num_attention_heads,
        dim=bert.hidden_size,
        hidden_dim=bert.intermediate_size,
        dropout=dropout,
        attention_dropout=dropout,
        seq_classif_dropout=seq_classif_dropout,
        activation="gelu",
        initializer_range=bert.initializer_range,
        pad_token_id=bert.pad_token_id,
        id2label=ID2LABEL,
        label2id={label: index for index, label in ID2LABEL.items()},
    )


def convert_state_dict(bert: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """``BertModel``'s weights under ``DistilBertModel``'s names; the pooler and the token types drop out."""
    converted = {name: weight for name, weight in bert.items() if name.startswith("embeddings.")}
    types, positions = "embeddings.token_type_embeddings.weight", "embeddings.position_embeddings.weight"
    converted[positions] = converted[positions] + converted.pop(types)[0]
    for name, weight in bert.items():
        match = re.fullmatch(r"encoder\.layer\.(\d+)\.(.+)\.(weight|bias)", name)
        if match:
            layer, part, kind = match.groups()
            converted[f"transformer.layer.{layer}.{LAYER_PARTS[part]}.{kind}"] = weight
    return converted


def bert_to_distilbert(bert: BertModel, **config: float) -> DistilBertForSequenceClassification:
    """A DistilBERT that gives the hidden states of ``bert``, with a new classification head of two labels.

    ``config`` goes to :func:`distilbert_config`. The head is drawn from torch's random numbers: set the seed first.
    """
    # BertModel's own layer norm constant is fixed in DistilBERT.
    if bert.config.layer_norm_eps != 1e-12:
        raise ValueError(f"bert: expected layer_norm_eps 1e-12 (DistilBERT's), got {bert.config.layer_norm_eps}")
    model = DistilBertForSequenceClassification(distilbert_config(bert.config, **config))
    report = model.distilbert.load_state_dict(convert_state_dict(bert.state_dict()), strict=False)
    left = [name for name in report.missing_keys if not name.endswith("position_ids")] + report.unexpected_keys
    if left:
        raise ValueError(f"bert: these weights have no counterpart: {', '.join(left)}")
    return model


def load_initial(
    source: str | Path, **config: float
) -> tuple[DistilBertForSequenceClassification, PreTrainedTokenizerBase]:
    """Model and tokenizer to start from: ``source`` is a folder or a hub id of a BERT of the MiniLM-L6-H384 family."""
    bert = BertModel.from_pretrained(source, dtype=torch.float32, add_pooling_layer=False)
    tokenizer = AutoTokenizer.from_pretrained(source)
    # Sentence encoders store a fixed padding and a short cut-off with their tokenizer: not what a classifier wants.
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    return bert_to_distilbert(bert, **config), tokenizer
