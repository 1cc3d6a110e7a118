"""A whole layer."""

import math

import torch
from torch.nn import functional

from pipeline_helpers.practice.answers import NUMBERS
from pipeline_helpers.practice.exercise import Change, Exercise, Program
from pipeline_helpers.practice.exercises.layer.changes import alone
from pipeline_helpers.practice.exercises.layer.seen import (
    has_holes,
    hidden_states,
    last_is_right,
    normed_by,
    not_normed,
    unrelated,
    where_attended,
)  # fmt: skip


def layer(hidden, attention_mask, model):
    first = model.distilbert.transformer.layer[0]
    attend, ffn = first.attention, first.ffn
    heads = model.config.n_heads
    q, k, v = attend.q_lin(hidden), attend.k_lin(hidden), attend.v_lin(hidden)
    q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (q, k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, -torch.inf)
    mixed = functional.softmax(scores, dim=-1) @ v
    joined = mixed.transpose(1, 2).flatten(2)
    between = first.sa_layer_norm(hidden + attend.out_lin(joined))
    wide = functional.gelu(ffn.lin1(between))
    return first.output_layer_norm(between + ffn.lin2(wide))


def _alone(*texts: str) -> Program:
    return alone(layer, *texts)


_ROOT, _MASK = " / math.sqrt(q.shape[-1])", "attention_mask[:, None, None, :]"
_FILL, _SOFTMAX = f"scores.masked_fill({_MASK} == 0, -torch.inf)", "functional.softmax(scores, dim=-1)"
_SPLIT, _JOIN = "x.unflatten(-1, (heads, -1)).transpose(1, 2)", "mixed.transpose(1, 2).flatten(2)"
_BETWEEN = "first.sa_layer_norm(hidden + attend.out_lin(joined))"
_WIDE, _END = "functional.gelu(ffn.lin1(between))", "first.output_layer_norm(between + ffn.lin2(wide))"
_ACROSS = "x.reshape(len(x), heads, x.shape[1], -1)"
_NO_BIAS = "(hidden @ attend.{0}.weight.T)"


def _every_layer(hidden, attention_mask, model):
    mask = torch.zeros(attention_mask.shape).masked_fill(attention_mask == 0, -1e9)[:, None, None]
    for one in model.distilbert.transformer.layer:
        hidden = one(hidden, attention_mask=mask)
    return hidden


def _from_the_embedding(hidden, attention_mask, model):
    out = model.distilbert(inputs_embeds=hidden, attention_mask=attention_mask, output_hidden_states=True)
    return out.hidden_states[1]


def _by_hand(x, norm):
    """LayerNorm with the deviation that divides by one less."""
    return (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True) * norm.weight + norm.bias


def _end(text: str) -> Program:
    return _alone(f"return {_END}", f"return {text}")


LAYER = Exercise(
    solution=layer,
    cases=hidden_states,
    reads=NUMBERS,
    minutes=25,
    difficulty=4,
    compared=where_attended,
    mistakes={
        "no_residual": _alone("hidden + attend", "attend", "between + ffn", "ffn"),
        "no_residual_of_attention": Change("hidden + ", ""),
        "no_residual_of_feed_forward": Change("between + ffn", "ffn"),
        "residual_from_the_start": [
            Change("between + ffn", "hidden + ffn"),
            _alone("between + ffn", "hidden + between + ffn"),
        ],
        "residual_of_another": [
            _alone("between + ffn", "attend.out_lin(joined) + ffn"),
            _alone("between + ffn", "joined + ffn"),
            _alone("hidden + attend", "joined + attend"),
            _alone("between + ffn", "hidden + attend.out_lin(joined) + ffn"),
        ],
        "relu": Change("functional.gelu", "functional.relu"),
        "gelu_tanh": [
            _alone("lin1(between))", "lin1(between), approximate='tanh')"),
            _alone(_WIDE, "ffn.lin1(between) * torch.sigmoid(1.702 * ffn.lin1(between))"),
        ],
        "other_activation": [
            _alone("functional.gelu", f"functional.{name}") for name in ("tanh", "sigmoid", "silu", "leaky_relu", "elu")
        ],
        "no_activation": Change("functional.gelu(ffn.lin1(between))", "ffn.lin1(between)"),
        "activation_too_early": [
            _alone(_WIDE, "ffn.lin1(functional.gelu(between))"),
            _alone(_WIDE, "ffn.lin1(functional.relu(between))"),
        ],
        "activation_at_the_end": [
            _alone(
                "functional.gelu(ffn.lin1(between))",
                "ffn.lin1(between)",
                "ffn.lin2(wide)",
                f"functional.{name}(ffn.lin2(wide))",
            )
            for name in ("gelu", "relu")
        ]
        + [_alone("ffn.lin2(wide)", f"functional.{name}(ffn.lin2(wide))") for name in ("gelu", "relu")],
        "norm_before": [
            _alone(
                "    q, k, v = attend.q_lin(hidden), attend.k_lin(hidden), attend.v_lin(hidden)",
                "    x = first.sa_layer_norm(hidden)\n    q, k, v = attend.q_lin(x), attend.k_lin(x), attend.v_lin(x)",
                _BETWEEN,
                "hidden + attend.out_lin(joined)",
                "lin1(between)",
                "lin1(first.output_layer_norm(between))",
                _END,
                "between + ffn.lin2(wide)",
            ),
            _alone(
                "    q, k, v = attend.q_lin(hidden), attend.k_lin(hidden), attend.v_lin(hidden)",
                "    x = first.sa_layer_norm(hidden)\n    q, k, v = attend.q_lin(x), attend.k_lin(x), attend.v_lin(x)",
                _BETWEEN,
                "hidden + attend.out_lin(joined)",
            ),
            _alone(
                "    q, k, v = attend.q_lin(hidden), attend.k_lin(hidden), attend.v_lin(hidden)",
                "    hidden = first.sa_layer_norm(hidden)\n"
                "    q, k, v = attend.q_lin(hidden), attend.k_lin(hidden), attend.v_lin(hidden)",
                _BETWEEN,
                "hidden + attend.out_lin(joined)",
                "lin1(between)",
                "lin1(first.output_layer_norm(between))",
                _END,
                "between + ffn.lin2(wide)",
            ),
            _alone(
                "    q, k, v = attend.q_lin(hidden), attend.k_lin(hidden), attend.v_lin(hidden)",
                "    hidden = first.sa_layer_norm(hidden)\n"
                "    q, k, v = attend.q_lin(hidden), attend.k_lin(hidden), attend.v_lin(hidden)",
                _BETWEEN,
                "first.output_layer_norm(hidden + attend.out_lin(joined))",
                _END,
                "between + ffn.lin2(wide)",
            ),
            _alone("lin1(between)", "lin1(first.output_layer_norm(between))", _END, "between + ffn.lin2(wide)"),
        ],
        "norm_inside_the_sum": [
            _alone(_BETWEEN, "hidden + first.sa_layer_norm(attend.out_lin(joined))"),
            _alone(_END, "between + first.output_layer_norm(ffn.lin2(wide))"),
            _alone(
                _BETWEEN,
                "hidden + first.sa_layer_norm(attend.out_lin(joined))",
                _END,
                "between + first.output_layer_norm(ffn.lin2(wide))",
            ),
        ],
        "norms_exchanged": _alone(
            "first.sa_layer_norm",
            "first.output_layer_norm",
            "return first.output_layer_norm",
            "return first.sa_layer_norm",
        ),
        "one_norm_twice": [
            _alone("first.sa_layer_norm", "first.output_layer_norm"),
            _alone("return first.output_layer_norm", "return first.sa_layer_norm"),
        ],
        "no_first_norm": Change("first.sa_layer_norm", ""),
        "no_second_norm": Change("return first.output_layer_norm", "return "),
        "no_norms": _alone("first.sa_layer_norm", "", "return first.output_layer_norm", "return "),
        "norm_without_weights": [
            _alone(
                _BETWEEN,
                "functional.layer_norm(hidden + attend.out_lin(joined), hidden.shape[-1:])",
                _END,
                "functional.layer_norm(between + ffn.lin2(wide), hidden.shape[-1:])",
            ),
            _alone(_BETWEEN, "functional.layer_norm(hidden + attend.out_lin(joined), hidden.shape[-1:])"),
            _alone(_END, "functional.layer_norm(between + ffn.lin2(wide), hidden.shape[-1:])"),
            _alone(
                _BETWEEN,
                "functional.normalize(hidden + attend.out_lin(joined), dim=-1)",
                _END,
                "functional.normalize(between + ffn.lin2(wide), dim=-1)",
            ),
        ],
        "norm_by_hand": [
            _alone(_END, "_by_hand(between + ffn.lin2(wide), first.output_layer_norm)"),
            _alone(_BETWEEN, "_by_hand(hidden + attend.out_lin(joined), first.sa_layer_norm)"),
            _alone(
                _BETWEEN,
                "_by_hand(hidden + attend.out_lin(joined), first.sa_layer_norm)",
                _END,
                "_by_hand(between + ffn.lin2(wide), first.output_layer_norm)",
            ),
        ],
        "embedded_again": _from_the_embedding,
        "norm_of_the_embedding": [
            _alone("first.sa_layer_norm", "model.distilbert.embeddings.LayerNorm"),
            _alone(
                "first.sa_layer_norm",
                "model.distilbert.embeddings.LayerNorm",
                "return first.output_layer_norm",
                "return model.distilbert.embeddings.LayerNorm",
            ),
            _alone("    attend, ffn", "    hidden = model.distilbert.embeddings.LayerNorm(hidden)\n    attend, ffn"),
        ],
        "glued": Change(_JOIN, "mixed.reshape(hidden.shape)"),
        "split_across": Change(_SPLIT, _ACROSS),
        "split_and_glued_across": [
            _alone(_SPLIT, _ACROSS, _JOIN, "mixed.reshape(hidden.shape)"),
            _alone(_SPLIT, _ACROSS, _JOIN, "mixed.reshape(hidden.shape)", _FILL, "scores"),
        ],
        "among_heads": _alone(_SPLIT, "x.unflatten(-1, (heads, -1))", _JOIN, "mixed.flatten(2)", _FILL, "scores"),
        "interleaved": [
            _alone(_SPLIT, "x.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)"),
            _alone(_JOIN, "mixed.permute(0, 2, 3, 1).flatten(2)"),
            _alone(
                _SPLIT,
                "x.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)",
                _JOIN,
                "mixed.permute(0, 2, 3, 1).flatten(2)",
            ),
        ],
        "other_heads": [
            Change("model.config.n_heads", "32"),
            *(_alone("model.config.n_heads", text) for text in ("model.config.n_layers", "8", "1", "16", "4")),
            _alone("model.config.n_heads", "1", _ROOT, " / math.sqrt(32)"),
        ],
        "not_joined": [
            _alone(_JOIN, text) for text in ("mixed", "mixed.transpose(1, 2)", "mixed.mean(dim=1)", "mixed.sum(dim=1)")
        ],
        "tokens_joined": [
            _alone(_JOIN, f"mixed{text}") for text in (".flatten(2)", ".transpose(-2, -1).flatten(2)", ".flatten(1)")
        ]
        + [_alone(_JOIN, "mixed.transpose(1, 2).flatten(1)")],
        "view": _alone(_JOIN, "mixed.transpose(1, 2).view(hidden.shape)"),
        "no_root": Change(_ROOT, ""),
        "no_square_root": _alone("math.sqrt(q.shape[-1])", "q.shape[-1]"),
        "other_root": [
            _alone("math.sqrt(q.shape[-1])", f"math.sqrt({text})")
            for text in ("hidden.shape[-1]", "heads", "q.shape[-2]", "64", "len(q)", "1536")
        ]
        + [_alone(_ROOT, " * math.sqrt(q.shape[-1])")],
        "over_queries": [
            Change("dim=-1", "dim=-2"),
            _alone("dim=-1", "dim=-2", "-torch.inf", "-1e9"),
            _alone(_FILL, "scores", "dim=-1", "dim=-2"),
        ],
        "over_heads": [
            _alone("dim=-1", "dim=1"),
            _alone("dim=-1", "dim=1", "-torch.inf", "-1e9"),
            _alone(_FILL, "scores", "dim=-1", "dim=1"),
            _alone("dim=-1", "dim=0"),
            _alone("dim=-1", "dim=0", "-torch.inf", "-1e9"),
        ],
        "weights_transposed": _alone(_SOFTMAX, f"{_SOFTMAX}.transpose(-2, -1)"),
        "no_softmax": [
            *(_alone(_SOFTMAX, f"torch.{name}(scores)") for name in ("exp", "sigmoid")),
            _alone(_SOFTMAX, "scores"),
            _alone(_SOFTMAX, "scores", "-torch.inf", "0"),
            _alone(_SOFTMAX, "scores", "-torch.inf", "-1e9"),
        ],
        "padding_counts": [
            Change(_FILL, "scores"),
            _alone(_MASK, "attention_mask[:, None, :, None]", "-torch.inf", "-1e9"),
            _alone(_FILL, "scores + (1 - attention_mask[:, None, :, None]) * -1e9"),
        ],
        "mask_after": Change(_FILL, "scores", _SOFTMAX, f"({_SOFTMAX} * {_MASK})"),
        "mask_on_vectors": [
            _alone(
                _FILL,
                "scores",
                "    attend, ffn",
                "    hidden = hidden * attention_mask[..., None]\n    attend, ffn",
            ),
        ],
        "turned_round": [
            Change("== 0", "== 1"),
            _alone("== 0", "== 1", "-torch.inf", "-1e9"),
            _alone(_FILL, f"scores + {_MASK} * -1e4"),
            _alone(_FILL, f"scores + {_MASK} * -1e9"),
            _alone(_FILL, f"scores + {_MASK} * torch.finfo(scores.dtype).min"),
        ],
        "zero_fill": [Change("-torch.inf", "0"), _alone("-torch.inf", "torch.finfo(scores.dtype).tiny")],
        "mask_added": [
            _alone(_FILL, f"scores + {_MASK}"),
            _alone(_FILL, f"scores + (1 - {_MASK})"),
            _alone(_FILL, f"scores - (1 - {_MASK})"),
        ],
        "mask_with_infinity": [
            _alone(_FILL, f"scores + (1 - {_MASK}) * -torch.inf"),
            _alone("-torch.inf", "torch.inf"),
        ],
        "first_mask": _alone("attention_mask[:", "attention_mask[:1"),
        "mask_shape": [_alone(_MASK, f"attention_mask{text}") for text in ("", "[:, None, :]", "[:, :, None]")]
        + [
            _alone(_FILL, f"scores + (1 - attention_mask{text}) * -1e9")
            for text in ("", "[:, None, :]", "[:, :, None]")
        ],
        "exchanged": [
            Change("= attend.q_lin(hidden), attend.k_lin", "= attend.k_lin(hidden), attend.q_lin"),
            _alone("q @ k.transpose", "k @ q.transpose"),
        ],
        "one_matrix_for_two": [
            _alone("attend.v_lin", "attend.k_lin"),
            _alone("attend.v_lin", "attend.q_lin"),
            _alone("attend.k_lin", "attend.q_lin"),
            _alone("attend.q_lin", "attend.k_lin"),
            _alone("attend.k_lin", "attend.v_lin"),
            _alone("attend.q_lin", "attend.v_lin"),
            _alone("attend.k_lin(hidden), attend.v_lin", "attend.v_lin(hidden), attend.k_lin"),
            _alone("attend.k_lin", "attend.q_lin", "attend.v_lin", "attend.q_lin"),
        ],
        "not_projected": [
            Change("attend.v_lin(hidden)", "hidden"),
            _alone("attend.q_lin(hidden)", "hidden"),
            _alone("attend.k_lin(hidden)", "hidden"),
            _alone("attend.q_lin(hidden), attend.k_lin(hidden), attend.v_lin(hidden)", "hidden, hidden, hidden"),
            _alone("attend.q_lin(hidden), attend.k_lin(hidden)", "hidden, hidden"),
        ],
        "no_output_matrix": Change("attend.out_lin(joined)", "joined"),
        "weight_not_transposed": [
            _alone(f"attend.{name}(hidden)", f"(hidden @ attend.{name}.weight + attend.{name}.bias)")
            for name in ("q_lin", "k_lin", "v_lin")
        ]
        + [
            _alone("attend.out_lin(joined)", "(joined @ attend.out_lin.weight + attend.out_lin.bias)"),
            _alone(
                *(
                    text
                    for name in ("q_lin", "k_lin", "v_lin")
                    for text in (
                        f"attend.{name}(hidden)",
                        f"(hidden @ attend.{name}.weight + attend.{name}.bias)",
                    )
                ),
            ),
            _alone(
                *(
                    text
                    for name in ("q_lin", "k_lin", "v_lin")
                    for text in (
                        f"attend.{name}(hidden)",
                        f"(hidden @ attend.{name}.weight + attend.{name}.bias)",
                    )
                ),
                "attend.out_lin(joined)",
                "(joined @ attend.out_lin.weight + attend.out_lin.bias)",
            ),
        ],
        "no_bias": [
            *(_alone(f"attend.{name}(hidden)", _NO_BIAS.format(name)) for name in ("q_lin", "v_lin")),
            _alone("attend.out_lin(joined)", "joined @ attend.out_lin.weight.T"),
            _alone("ffn.lin1(between)", "between @ ffn.lin1.weight.T"),
            _alone("ffn.lin2(wide)", "wide @ ffn.lin2.weight.T"),
            _alone("ffn.lin1(between)", "between @ ffn.lin1.weight.T", "ffn.lin2(wide)", "wide @ ffn.lin2.weight.T"),
            _alone(
                *(
                    text
                    for name in ("q_lin", "k_lin", "v_lin")
                    for text in (f"attend.{name}(hidden)", _NO_BIAS.format(name))
                )
            ),
            _alone(
                *(
                    text
                    for name in ("q_lin", "k_lin", "v_lin")
                    for text in (f"attend.{name}(hidden)", _NO_BIAS.format(name))
                ),
                "attend.out_lin(joined)",
                "joined @ attend.out_lin.weight.T",
                "ffn.lin1(between)",
                "between @ ffn.lin1.weight.T",
                "ffn.lin2(wide)",
                "wide @ ffn.lin2.weight.T",
            ),
        ],
        "other_layer": [
            _alone("layer[0]", "layer[1]"),
            _alone("layer[0]", "layer[-1]"),
            *(_alone("layer[0]", f"layer[{number}]") for number in (2, 3, 4)),
        ],
        "all_layers": _every_layer,
        "no_feed_forward": [
            _end("between"),
            _end("first.output_layer_norm(between)"),
            _end("first.output_layer_norm(between + between)"),
            _end("first.output_layer_norm(hidden + between)"),
        ],
        "no_attention": [
            _alone("hidden + attend.out_lin(joined)", "hidden"),
            _alone(_BETWEEN, "hidden"),
        ],
        "stops_early": [
            _end(text)
            for text in (
                "hidden",
                "joined",
                "attend.out_lin(joined)",
                "hidden + attend.out_lin(joined)",
                "ffn.lin2(wide)",
                "mixed",
                "wide",
            )
        ],
        "feed_forward_of_the_start": [
            _alone("lin1(between)", "lin1(hidden)"),
            _alone("lin1(between)", "lin1(attend.out_lin(joined))"),
            _alone("lin1(between)", "lin1(hidden + attend.out_lin(joined))"),
        ],
        "feed_forward_twice": _alone("ffn.lin2(wide)", "ffn.lin2(functional.gelu(ffn.lin1(ffn.lin2(wide))))"),
        "causal": _alone(f"{_MASK} == 0", f"({_MASK} == 0) | torch.ones(scores.shape[-2:]).triu(1).bool()"),
    },
    symptoms={
        "holes": lambda arguments, came, expected: came.shape == expected.shape and has_holes(arguments[1]),
        "dropout": lambda arguments, came, _: (came[arguments[1].numpy() == 1] == 0).mean() > 0.02,
        "norms_exchanged": normed_by("sa_layer_norm", "output_layer_norm"),
        "no_second_norm": unrelated(not_normed),
        "padding": lambda arguments, came, expected: (
            bool((arguments[1] == 0).any()) and last_is_right(arguments, came, expected)
        ),
        "weights": unrelated(last_is_right),
        "after_the_weights": unrelated(lambda _, came, expected: came.shape == expected.shape),
    },
)
