"""What goes into the model: how many rows, how many columns, and whether a text fits."""

import random

from pipeline_helpers.practice.answers import FLAGS, NUMBERS, parts
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def table_shapes():
    sentences, tokens, labels = 3, 12, 2
    return [(sentences, tokens), (sentences, tokens), (sentences, labels)]


TABLE_SHAPES = Exercise(
    solution=table_shapes,
    cases=lambda _: [()],
    reads=parts("input_ids", "attention_mask", "logits"),
    needs_model=False,
    value=True,
    minutes=4,
    difficulty=1,
    mistakes={
        "exchanged": [
            Change("return [(sentences, tokens), (sentences, tokens), (sentences, labels)]",
                   "return [(tokens, sentences), (tokens, sentences), (labels, sentences)]"),
            Change("return [(sentences, tokens), (sentences, tokens)",
                   "return [(tokens, sentences), (tokens, sentences)"),
            Change("(sentences, labels)", "(labels, sentences)"),
        ],
        "two_sentences": Change("= 3,", "= 2,"),
        "sixteen": Change("12, 2", "16, 2"),
        "specials_again": [Change("12, 2", "14, 2"), Change("12, 2", "13, 2"), Change("12, 2", "10, 2")],
        "one_label": [
            Change("(sentences, labels)", "(sentences,)"), Change("(sentences, labels)", "(sentences, 1)"),
            Change("(sentences, labels)", "(1, labels)"), Change("(sentences, labels)", "(labels,)"),
        ],
        "logits_of_tokens": [
            Change("(sentences, labels)", "(sentences, tokens)"),
            Change("(sentences, labels)", "(sentences, tokens, labels)"),
            Change("(sentences, labels)", "(tokens, labels)"),
        ],
        "labels_are_sentences": Change("(sentences, labels)", "(sentences, sentences)"),
        "one_mask": [
            Change("(sentences, tokens), (sentences, labels)", "(tokens,), (sentences, labels)"),
            Change("(sentences, tokens), (sentences, labels)", "(1, tokens), (sentences, labels)"),
            Change("(sentences, tokens), (sentences, labels)", "(sentences,), (sentences, labels)"),
            Change("(sentences, tokens), (sentences, labels)", "(sentences, 2), (sentences, labels)"),
        ],
        "all_tokens": Change("12, 2", "36, 2"),
    },
    symptoms={
        "ids": lambda _, came, expected: came["input_ids"].tolist() != expected["input_ids"].tolist(),
        "mask_as_ids": lambda _, came, expected: came["attention_mask"].tolist() != expected["input_ids"].tolist(),
        "logits": lambda _, came, expected: came["logits"].tolist() != expected["logits"].tolist(),
    },
)  # fmt: skip


def fits(texts):
    longest = model.config.max_position_embeddings
    return [len(tokenizer(text)["input_ids"]) <= longest for text in texts]


def _long_texts(_: Given) -> list[Arguments]:
    return [
        (["Wonderful!", "good " * 600],),
        (["good " * 510],),
        (["good " * 511, "good " * 509],),
        (["español " * 200, "good " * 300],),  # fewer words than 512 and more tokens; more characters than 512
        (["", "español " * 170, "What a waste of money."],),
        (["good " * 512, "I hate this so much!", "good, " * 254],),
    ]


def _together(texts):
    inputs = tokenizer(texts, padding=True)
    return [len(row) <= 512 for row in inputs["input_ids"]]


def _specials_twice(texts):
    return [len(tokenizer(text)["input_ids"]) + 2 <= 512 for text in texts]


FITS = Exercise(
    solution=fits,
    cases=_long_texts,
    reads=FLAGS,
    minutes=5,
    difficulty=1,
    mistakes={
        "strict": Change("<= longest", "< longest"),
        "no_specials": [
            Change('len(tokenizer(text)["input_ids"])', "len(tokenizer.tokenize(text))"),
            Change("<= longest", "<= longest + 2"), Change("<= longest", "<= longest + 1"),
        ],
        "specials_twice": _specials_twice,
        "words": [
            Change('len(tokenizer(text)["input_ids"])', "len(text.split())"),
            Change('len(tokenizer(text)["input_ids"])', "len(text.split()) + 2"),
            Change('len(tokenizer(text)["input_ids"])', 'len(text.split(" "))'),
        ],
        "characters": Change('len(tokenizer(text)["input_ids"])', "len(text)"),
        "cut_first": [
            Change("tokenizer(text)", "tokenizer(text, truncation=True)"),
            Change('tokenizer(text)["input_ids"]', "tokenizer(text)"),
        ],
        "turned_round": [Change("<= longest", "> longest"), Change("<= longest", ">= longest")],
        "together": _together,
    },
    symptoms={
        "how_many": lambda arguments, came, _: len(came) != len(arguments[0]),
        "too_many": lambda _, came, expected: all(a or not b for a, b in zip(came, expected, strict=True)),
        "too_few": lambda _, came, expected: all(b or not a for a, b in zip(came, expected, strict=True)),
    },
)  # fmt: skip


def batches(lengths, batch_size):
    shapes = []
    for start in range(0, len(lengths), batch_size):
        batch = lengths[start : start + batch_size]
        shapes.append((len(batch), max(batch)))
    return shapes


def _lengths(_: Given) -> list[Arguments]:
    seeded = random.Random(0)
    return [
        ([16, 8], 2),
        ([16, 8], 1),
        ([8, 16, 5, 7, 12], 2),
        ([7, 4, 9, 30, 6, 11], 3),
        ([9], 4),
        ([5, 6, 4, 11, 3, 8, 10], 4),
        *(([seeded.randint(3, 40) for _ in range(seeded.randint(5, 9))], size) for size in (2, 3, 4)),
    ]


def _reaching_the_size(lengths, batch_size):
    shapes = []
    batch = []
    for length in lengths:
        batch.append(length)
        if len(batch) == batch_size:
            shapes.append((len(batch), max(batch)))
            batch = []
    return shapes


def _in_so_many(lengths, batch_size):
    size = -(-len(lengths) // batch_size)
    return [(len(lengths[i : i + size]), max(lengths[i : i + size])) for i in range(0, len(lengths), size)]


BATCHES = Exercise(
    solution=batches,
    cases=_lengths,
    reads=NUMBERS,
    needs_model=False,
    minutes=8,
    difficulty=2,
    mistakes={
        "longest_of_all": Change("max(batch)", "max(lengths)"),
        "last_lost": [
            _reaching_the_size,
            Change("len(lengths), batch_size", "len(lengths) // batch_size * batch_size, batch_size"),
            Change("len(lengths), batch_size", "len(lengths) - batch_size, batch_size"),
            Change("len(lengths), batch_size", "len(lengths) - 1, batch_size"),
            Change("return shapes", "return shapes[:-1]"),
        ],
        "always_full": Change("len(batch)", "batch_size"),
        "total": Change("max(batch)", "sum(batch)"),
        "shortest": Change("max(batch)", "min(batch)"),
        "first_length": [Change("max(batch)", "batch[0]"), Change("max(batch)", "lengths[start]")],
        "last_length": Change("max(batch)", "batch[-1]"),
        "mean_length": [
            Change("max(batch)", "sum(batch) / len(batch)"), Change("max(batch)", "sum(batch) // len(batch)"),
        ],
        "exchanged": Change("(len(batch), max(batch))", "(max(batch), len(batch))"),
        "sliding": Change("len(lengths), batch_size", "len(lengths)"),
        "sorted_first": [
            Change("    shapes = []", "    lengths = sorted(lengths)\n    shapes = []"),
            Change("    shapes = []", "    lengths = sorted(lengths, reverse=True)\n    shapes = []"),
        ],
        "one_by_one": Change("len(lengths), batch_size", "len(lengths)", "start + batch_size", "start + 1"),
        "all_at_once": [
            Change("len(lengths), batch_size", "len(lengths), len(lengths)",
                                 "start + batch_size", "start + len(lengths)"),
            Change("return shapes", "return [(len(lengths), max(lengths))]"),
        ],
        "one_less": [Change("start + batch_size]", "start + batch_size - 1]"),
                     Change("start : start + batch_size", "start + 1 : start + batch_size")],
        "one_more": Change("start + batch_size]", "start + batch_size + 1]"),
        "to_the_end": Change("start : start + batch_size", "start:"),
        "from_the_beginning": [Change("start : start + batch_size", ": start + batch_size"),
                               Change("start : start + batch_size", ":batch_size")],
        "no_start": Change("start : start + batch_size", "start:batch_size"),
        "specials": Change("max(batch)", "max(batch) + 2"),
        "in_so_many": _in_so_many,
        "one_batch": [
            Change("return shapes", "return shapes[-1:]"), Change("return shapes", "return shapes[:1]"),
            Change("return shapes", "return shapes[0]"), Change("return shapes", "return shapes[-1]"),
        ],
    },
    symptoms={
        "sentences": lambda arguments, came, _: came[:, 0].sum() != len(arguments[0]),
        "second_number": lambda _, came, expected: (came[:, 0] == expected[:, 0]).all(),
        "first_number": lambda _, came, expected: (came[:, 1] == expected[:, 1]).all(),
        "how_many_batches": lambda _, came, expected: len(came) != len(expected),
    },
    traits={"not_full": lambda lengths, batch_size: len(lengths) % batch_size != 0},
)  # fmt: skip
