"""Vectors cut into heads, mixed and glued again; and the shapes on the way."""

import torch

from pipeline_helpers.practice.answers import NUMBERS, parts
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def layer_shapes():
    q = [3, 20, 768]
    queries = [3, 12, 20, 768 // 12]
    scores = [3, 12, 20, 20]
    mixed = [3, 12, 20, 64]
    glued = [3, 20, 12 * 64]
    return q, queries, scores, mixed, glued


def _in_the_classroom():
    return [2, 16, 384], [2, 12, 16, 32], [2, 12, 16, 16], [2, 12, 16, 32], [2, 16, 384]


def _in_the_lesson_s_batch():
    return [2, 16, 768], [2, 12, 16, 64], [2, 12, 16, 16], [2, 12, 16, 64], [2, 16, 768]


def _part_is(name: str, *shapes: list[int]):
    return lambda _, came, __: came[name].tolist() in shapes


def _part_differs(name: str):
    return lambda _, came, expected: came[name].tolist() != expected[name].tolist()


_FIRST_HEADS = "[3, 12, 20, 768 // 12]"

LAYER_SHAPES = Exercise(
    solution=layer_shapes,
    cases=lambda _: [()],
    reads=parts("q", "queries", "scores", "mixed", "glued"),
    needs_model=False,
    value=True,
    minutes=4,
    difficulty=1,
    mistakes={
        "classroom_shapes": _in_the_classroom,
        "lesson_batch": _in_the_lesson_s_batch,
        "classroom_width": Change("20, 768]", "20, 384]", "768 // 12", "32", "20, 64]", "20, 32]", "12 * 64", "384"),
        "head_of_32": [
            Change("768 // 12", "32", "20, 64]", "20, 32]"),
            Change("768 // 12", "32", "20, 64]", "20, 32]", "12 * 64", "12 * 32"),
        ],
        "tokens_before_heads": Change(_FIRST_HEADS, "[3, 20, 12, 64]"),
        "mixed_tokens_before_heads": Change("[3, 12, 20, 64]", "[3, 20, 12, 64]"),
        "not_cut": [Change("768 // 12", "768"), Change("768 // 12", "768", "20, 64]", "20, 768]")],
        "scores_without_heads": Change("[3, 12, 20, 20]", "[3, 20, 20]"),
        "scores_as_queries": [Change("[3, 12, 20, 20]", f"[3, 12, {text}]") for text in ("20, 64", "64, 64", "64, 20")],
        "mixed_as_scores": Change("[3, 12, 20, 64]", "[3, 12, 20, 20]"),
        "glued_one_head": [Change("12 * 64", "64"), Change("[3, 20, 12 * 64]", "[3, 20, 12, 64]")],
    },
    symptoms={
        "no_sentences": lambda _, came, expected: all(
            len(came[name]) == len(expected[name]) - 1 and came[name].tolist()[:1] != [3] for name in expected
        ),
        "lesson_batch": lambda _, came, __: any(
            part.tolist()[:1] == [2] or 16 in part.tolist() for part in came.values()
        ),
        "head_of_32": lambda _, came, __: any(32 in part.tolist() for part in came.values()),
        "wrong_q": _part_differs("q"),
        "tokens_before_heads": _part_is("queries", [3, 20, 12, 64], [3, 20, 64, 12]),
        "wrong_queries": _part_differs("queries"),
        "scores_without_heads": _part_is("scores", [3, 20, 20], [20, 20]),
        "scores_as_queries": _part_is("scores", [3, 12, 64, 64], [3, 12, 20, 64], [3, 12, 64, 20]),
        "wrong_scores": _part_differs("scores"),
        "mixed_as_scores": _part_is("mixed", [3, 12, 20, 20]),
        "wrong_mixed": _part_differs("mixed"),
        "glued_one_head": _part_is("glued", [3, 20, 64], [3, 20, 12, 64]),
        "wrong_glued": _part_differs("glued"),
    },
)  # fmt: skip


def split_heads(x, heads):
    sentences, tokens, width = x.shape
    size = width // heads
    x = x.reshape(sentences, tokens, heads, size)
    return x.transpose(1, 2)


def _vectors(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(5)
    counted = torch.arange(24.0).reshape(1, 2, 12), 3
    sizes = (
        (1, 4, 10, 2),
        (2, 4, 15, 3),
        (3, 2, 12, 6),
        (2, 5, 24, 4),
        (4, 6, 35, 7),
        (3, 2, 64, 1),
        (2, 3, 36, 12),
        (2, 5, 9, 3),
        (2, 3, 64, 2),
    )
    return [counted, *((torch.randn(b, s, h, generator=random), heads) for b, s, h, heads in sizes)]


_CUT, _CROSS = "x.reshape(sentences, tokens, heads, size)", "x.transpose(1, 2)"


def _same_numbers(_: Arguments, came, expected) -> bool:
    return came.shape == expected.shape and sorted(came.ravel().tolist()) == sorted(expected.ravel().tolist())


SPLIT_HEADS = Exercise(
    solution=split_heads,
    cases=_vectors,
    reads=NUMBERS,
    needs_model=False,
    minutes=6,
    difficulty=1,
    mistakes={
        "not_crossed": Change(_CROSS, "x"),
        "cut_across": Change(_CUT, "x.reshape(sentences, heads, tokens, size)", _CROSS, "x"),
        "crossed_after_all": Change(_CUT, "x.reshape(sentences, heads, tokens, size)"),
        "heads_and_size": [
            Change(_CUT, "x.reshape(sentences, tokens, size, heads)"),
            Change(_CUT, "x.reshape(sentences, tokens, size, heads)", _CROSS, "x"),
        ],
        "interleaved": [
            Change(_CUT, "x.reshape(sentences, tokens, size, heads)", _CROSS, f"x.{text}")
            for text in ("permute(0, 3, 1, 2)", "transpose(1, 3)", "transpose(2, 3)")
        ],
        "heads_in_front": [
            Change(_CROSS, "x.permute(2, 0, 1, 3)"), Change(_CROSS, "x.permute(2, 1, 0, 3)"),
        ],
        "other_dimensions": [
            Change(_CROSS, f"x.{text}")
            for text in ("transpose(2, 3)", "transpose(-1, -2).transpose(1, 2)", "transpose(0, 1)",
                         "transpose(1, 3)", "permute(0, 2, 3, 1)")
        ],
        "tokens_cut": [
            Change(_CUT, "x.reshape(sentences, heads, tokens // heads, width)", _CROSS, "x"),
            Change(_CUT, "x.reshape(sentences, heads, -1, width)", _CROSS, "x"),
        ],
        "fixed_heads": [
            *(Change(_CUT, f"x.reshape(sentences, tokens, {number}, -1)") for number in (12, 6, 2, 3)),
            *(Change(_CUT, f"x.reshape(sentences, tokens, -1, {number})") for number in (32, 64)),
            *(Change("width // heads", str(number)) for number in (32, 64)),
        ],
        "heads_as_size": Change("width // heads", "heads"),
        "not_whole": [
            Change("//", "/"),
            *(Change("//", "/", _CUT, f"x.{text}") for text in (
                "view(sentences, tokens, heads, size)", "unflatten(-1, (heads, size))", "split(size, dim=-1)",
                "view(sentences, tokens, size, heads)",
            )),
            Change("//", "/", _CUT, "torch.stack([x[..., i * size : (i + 1) * size] for i in range(heads)])"),
        ],
        "pieces": [
            Change(_CUT, "torch.stack([x[..., i : i + size] for i in range(heads)], dim=2)"),
            Change(_CUT, "torch.stack([x[..., i : i + heads] for i in range(heads)], dim=2)"),
            Change(_CUT, "torch.stack([x[..., i * heads : i * heads + size] for i in range(heads)], dim=2)"),
        ],
        "first_head": [
            Change(_CROSS, "x.transpose(1, 2)[:, 0]"), Change(_CUT, "x[..., :size]", _CROSS, "x"),
            Change(_CUT, "x[:, None, :, :size]", _CROSS, "x"),
        ],
        "repeated": Change(_CUT, "x[:, :, None, :].expand(sentences, tokens, heads, width)"),
        "not_cut": [Change(_CUT, "x[:, None]", _CROSS, "x"), Change(_CUT, "x", _CROSS, "x")],
    },
    symptoms={"other_places": _same_numbers},
    traits={
        "several": lambda *arguments: len(arguments[0]) > 1,
        "several_heads": lambda *arguments: arguments[1] > 1,
    },
)  # fmt: skip


def mix_values(weights, v):
    mixed = weights @ v
    sentences, heads, tokens, size = mixed.shape
    mixed = mixed.transpose(1, 2)
    return mixed.reshape(sentences, tokens, heads * size)


def _weights_and_values(_: Given) -> list[Arguments]:
    random = torch.Generator().manual_seed(5)
    # More than two dozen numbers each, which a sentence does not show one by one; but of the first.
    sizes = ((1, 2, 4, 5), (1, 3, 5, 2), (2, 3, 4, 5), (3, 2, 5, 4), (4, 5, 2, 3), (2, 1, 4, 5), (5, 6, 1, 2))
    simple = torch.tensor([[[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [1.0, 0.0]]]])
    return [
        (simple, torch.tensor([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]])),
        *(
            (torch.randn(b, a, s, s, generator=random).softmax(dim=-1), torch.randn(b, a, s, d, generator=random))
            for b, a, s, d in sizes
        ),
    ]


_MIX, _BACK, _JOIN = "weights @ v", "mixed.transpose(1, 2)", "mixed.reshape(sentences, tokens, heads * size)"

MIX_VALUES = Exercise(
    solution=mix_values,
    cases=_weights_and_values,
    reads=NUMBERS,
    needs_model=False,
    minutes=8,
    difficulty=2,
    mistakes={
        "glued": Change(_BACK, "mixed"),
        "tokens_joined": [
            Change(_BACK, "mixed", _JOIN, "mixed.flatten(2)"),
            Change(_BACK, "mixed.transpose(-2, -1)", _JOIN, "mixed.flatten(2)"),
        ],
        "all_joined": [
            Change(_JOIN, "mixed.flatten(1)"), Change(_BACK, "mixed", _JOIN, "mixed.flatten(1)"),
            Change(_JOIN, "mixed.flatten()"), Change(_BACK, "mixed", _JOIN, "mixed.flatten()"),
        ],
        "view": Change(_JOIN, "mixed.view(sentences, tokens, heads * size)"),
        "not_joined": Change(_JOIN, "mixed"),
        "not_joined_nor_crossed": Change(_BACK, "mixed", _JOIN, "mixed"),
        "interleaved": [
            Change(_BACK, "mixed.permute(0, 2, 3, 1)"), Change(_BACK, "mixed.transpose(1, 3).transpose(1, 2)"),
        ],
        "other_dimensions": [
            Change(_BACK, f"mixed.{text}")
            for text in ("transpose(2, 3)", "transpose(1, 3)", "transpose(0, 1)", "permute(2, 0, 1, 3)",
                         "permute(0, 3, 2, 1)", "transpose(0, 2)")
        ],
        "heads_joined_with_tokens": [
            Change(_JOIN, "mixed.reshape(sentences, tokens * heads, size)"),
            Change(_BACK, "mixed", _JOIN, "mixed.reshape(sentences, heads * tokens, size)"),
            Change(_JOIN, "mixed.flatten(1, 2)"),
            Change(_JOIN, "mixed.reshape(sentences * tokens, heads * size)"),
        ],
        "from_queries": Change(_MIX, "weights.transpose(-2, -1) @ v"),
        "heads_added": [
            Change(_BACK, f"mixed.{name}(dim={dim})", _JOIN, "mixed")
            for name in ("sum", "mean") for dim in (1,)
        ],
        "first_head": [
            Change(_BACK, "mixed[:, 0]", _JOIN, "mixed"), Change(_BACK, "mixed[:, -1]", _JOIN, "mixed"),
        ],
        "not_mixed": Change(_MIX, "v"),
        "equal_weights": [Change(_MIX, "v.mean(dim=2, keepdim=True).expand(v.shape)"),
                          Change(_MIX, "torch.full_like(weights, 1 / v.shape[2]) @ v")],
        "added_up": Change(_MIX, "v.sum(dim=2, keepdim=True).expand(v.shape)"),
        "softmax_again": Change(_MIX, "weights.softmax(dim=-1) @ v"),
        "element_by_element": [Change(_MIX, "weights * v"), Change(_MIX, "v * weights")],
        "wrong_order": [Change(_MIX, "v @ weights"), Change(_MIX, "weights @ v.transpose(-2, -1)"),
                        Change(_MIX, "v.transpose(-2, -1) @ weights")],
        "only_the_largest": Change(_MIX, "(weights == weights.amax(dim=-1, keepdim=True)).float() @ v"),
        "own_weight": Change(_MIX, "weights.diagonal(dim1=-2, dim2=-1)[..., None] * v"),
        "first_query": Change(_MIX, "weights[:, :, :1].expand(weights.shape) @ v"),
    },
    symptoms={"other_places": _same_numbers},
    traits={
        "several": lambda *arguments: len(arguments[1]) > 1,
        "several_heads": lambda *arguments: arguments[1].shape[1] > 1,
    },
)  # fmt: skip
