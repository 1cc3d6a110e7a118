"""Small untrained models of many kinds, each with a tokenizer of its own kind, made on the spot and offline."""

import threading
from contextlib import contextmanager

import torch
import transformers
from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors, trainers
from tokenizers import models as kinds
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedTokenizerFast

import pipeline_helpers as ph

LINES = ["I love this film, it's great!", "I hate this so much", "Me encanta el español", "a b c d e f g"] * 20
LIMIT = 64
"""Usable positions of each model that has any."""
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
SIZES = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 37,
    "max_position_embeddings": LIMIT, "initializer_range": 0.5,
}  # fmt: skip
GPT2 = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": LIMIT, "initializer_range": 0.5}
GPT2 |= {"bos_token_id": 0, "eos_token_id": 2}
XLNET = {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 37, "initializer_range": 0.5, "pad_token_id": 1}
DISTILBERT = {"dim": 32, "hidden_dim": 37, "n_layers": 2, "n_heads": 2, "initializer_range": 0.5}
DISTILBERT |= {"max_position_embeddings": LIMIT}
MODERNBERT = {**SIZES, "pad_token_id": 0, "cls_token_id": 101, "sep_token_id": 102}
MODERNBERT |= {"bos_token_id": 101, "eos_token_id": 102}
MOBILEBERT = {**SIZES, "initializer_range": 0.1, "true_hidden_size": 32, "intra_bottleneck_size": 32}
MOBILEBERT |= {"embedding_size": 16}
ROBERTA = {**SIZES, "max_position_embeddings": LIMIT + 2, "pad_token_id": 1}


def byte_level(**options):
    """As GPT-2 and RoBERTa have it: bytes, and Ġ for a space."""
    made = Tokenizer(kinds.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.train_from_iterator(LINES, trainers.BpeTrainer(
        vocab_size=400, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ))  # fmt: skip
    made.post_processor = processors.ByteLevel(trim_offsets=True)
    return fast(made, **options)


def metaspace(**options):
    """As XLNet, ALBERT and XLM-R have it: ▁ for a space."""
    made = Tokenizer(kinds.Unigram())
    made.normalizer, made.pre_tokenizer = normalizers.NFKC(), pre_tokenizers.Metaspace()
    made.train_from_iterator(LINES, trainers.UnigramTrainer(
        vocab_size=120, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False
    ))  # fmt: skip
    return fast(made, **options)


def whole_text(**options):
    """As Llama has it: no words, ▁ for a space, and a byte for what the vocabulary lacks."""
    vocabulary = {token: place for place, token in enumerate([*SPECIAL, *(f"<0x{b:02X}>" for b in range(256))])}
    for token in ["▁", *"▁abcdefghilmnorstuvyIM,'!"]:
        vocabulary.setdefault(token, len(vocabulary))
    merges = [("▁", letter) for letter in "lfgIehiabct"]
    for one, other in merges:
        vocabulary.setdefault(one + other, len(vocabulary))
    made = Tokenizer(kinds.BPE(vocabulary, merges, byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return fast(made, **options)


def wordpiece(**options):
    """The course's own."""
    return AutoTokenizer.from_pretrained(ph.checkpoint("classroom"), **options)


def fast(made, **options):
    names = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=made, **{**names, **options})


# name → the configuration's class and its values, the tokenizer, and at which end of a sentence the head reads.
MODELS = {
    "gpt2": ("GPT2Config", {**GPT2, "pad_token_id": 1}, byte_level, {}, -1),
    "gpt2 that names no padding": ("GPT2Config", {**GPT2, "pad_token_id": None}, byte_level, {}, -1),
    "gpt2 that names another padding": ("GPT2Config", {**GPT2, "pad_token_id": 3}, byte_level, {}, -1),
    "gpt2, padded left": ("GPT2Config", {**GPT2, "pad_token_id": 1}, byte_level, {"padding_side": "left"}, -1),
    "llama": ("LlamaConfig", {**SIZES, "pad_token_id": 1}, whole_text, {}, -1),
    "roberta": ("RobertaConfig", ROBERTA, byte_level, {}, 0),
    "xlm-roberta": ("XLMRobertaConfig", ROBERTA, metaspace, {}, 0),
    "longformer": ("LongformerConfig", {**ROBERTA, "attention_window": 8}, byte_level, {}, 0),
    "xlnet": ("XLNetConfig", XLNET, metaspace, {"padding_side": "left"}, -1),
    "xlnet, padded right": ("XLNetConfig", XLNET, metaspace, {}, -1),
    "bert": ("BertConfig", SIZES, wordpiece, {}, 0),
    "electra": ("ElectraConfig", SIZES, wordpiece, {}, 0),
    "deberta": ("DebertaV2Config", SIZES, wordpiece, {}, 0),
    "albert": ("AlbertConfig", {**SIZES, "embedding_size": 16}, metaspace, {}, 0),
    "mobilebert": ("MobileBertConfig", MOBILEBERT, wordpiece, {}, 0),
    "modernbert": ("ModernBertConfig", MODERNBERT, wordpiece, {}, 0),
    "modernbert, mean": ("ModernBertConfig", {**MODERNBERT, "classifier_pooling": "mean"}, wordpiece, {}, None),
    "distilbert": ("DistilBertConfig", DISTILBERT, wordpiece, {}, 0),
    "distilbert, padded left": ("DistilBertConfig", DISTILBERT, wordpiece, {"padding_side": "left"}, 0),
    "distilbert without a mask": ("DistilBertConfig", DISTILBERT, wordpiece, {"model_input_names": ["input_ids"]}, 0),
}


def make(name):
    """The model called `name`, its tokenizer, and at which end of a sentence its head reads."""
    config, values, tokenizer, options, read = MODELS[name]
    tokenizer = tokenizer(**options)
    torch.manual_seed(0)
    config = getattr(transformers, config)(vocab_size=len(tokenizer), **values)
    return AutoModelForSequenceClassification.from_config(config).eval(), tokenizer, read


def save(name, folder):
    """The model called `name` as a checkpoint in `folder`; returns its path as a string."""
    model, tokenizer, _ = make(name)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@contextmanager
def another_thread_inside(model, inputs):
    """Whenever this thread has the first layer behind it, another runs the whole DistilBERT; its logits, run by run."""
    here, answers = threading.get_ident(), []

    def other():
        with torch.no_grad():
            answers.append(model(**inputs).logits)

    def meanwhile(*_):
        if threading.get_ident() == here:
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()

    hook = model.distilbert.transformer.layer[0].register_forward_hook(meanwhile)
    try:
        yield answers
    finally:
        hook.remove()
