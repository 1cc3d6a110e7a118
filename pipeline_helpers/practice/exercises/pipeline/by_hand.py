"""Text in, labels and scores out: what the pipeline answers, without it."""

from collections.abc import Callable
from typing import Any

import torch

from pipeline_helpers.practice.answers import ANSWERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, Program, alone


def all_scores(text):
    inputs = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        logits = model(**inputs).logits[0]
    scores = torch.softmax(logits, dim=-1).tolist()
    answers = [{"label": name, "score": scores[column]} for column, name in model.config.id2label.items()]
    return sorted(answers, key=lambda answer: answer["score"], reverse=True)


def _texts(_: Given) -> list[Arguments]:
    return [
        ("I've been waiting for a HuggingFace course my whole life.",),
        ("I hate this so much!",),
        ("No me gustó nada",),
        ("¡Qué día tan bonito!",),
        ("Great, my flight is cancelled again.",),
        ("",),
    ]


def _names_in_fixed_order(text):
    logits = model(**tokenizer(text, return_tensors="pt")).logits[0]
    scores = sorted(torch.softmax(logits, dim=-1).tolist(), reverse=True)
    return [{"label": "POSITIVE", "score": scores[0]}, {"label": "NEGATIVE", "score": scores[1]}]


def _names_of_the_configuration(text):
    logits = model(**tokenizer(text, return_tensors="pt")).logits[0]
    scores = sorted(torch.softmax(logits, dim=-1).tolist(), reverse=True)
    return [{"label": model.config.id2label[place], "score": score} for place, score in enumerate(scores)]


def _without_specials(text):
    inputs = tokenizer(text, return_tensors="pt", add_special_tokens=False)
    if not inputs["input_ids"].numel():
        return [{"label": "POSITIVE", "score": 0.5}, {"label": "NEGATIVE", "score": 0.5}]
    scores = torch.softmax(model(**inputs).logits[0], dim=-1).tolist()
    answers = [{"label": model.config.id2label[place], "score": score} for place, score in enumerate(scores)]
    return sorted(answers, key=lambda answer: -answer["score"])


_SORTED = 'sorted(answers, key=lambda answer: answer["score"], reverse=True)'


_SOFTMAX = "torch.softmax(logits, dim=-1)"


def _instead_of_softmax(solution: Callable[[Any], Any]) -> dict[str, list[Program]]:
    """The mistakes about softmax that both exercises share."""

    def ways(*texts: str) -> list[Program]:
        return [alone(solution, _SOFTMAX, text) for text in texts]

    return {
        "logit": [Change(_SOFTMAX, "logits")],
        "sigmoid": [Change(_SOFTMAX, "logits.sigmoid()")],
        "twice": [Change(_SOFTMAX, f"torch.softmax({_SOFTMAX}, dim=-1)")],
        "log_softmax": ways("torch.log_softmax(logits, dim=-1)"),
        "only_exp": ways("logits.exp()"),
        "only_divided": ways(
            "(logits / logits.sum(dim=-1, keepdim=True))", "(logits.abs() / logits.abs().sum(dim=-1, keepdim=True))",
            "torch.nn.functional.normalize(logits, dim=-1)",
        ),
        "sigmoid_of_softmax": ways(f"{_SOFTMAX}.sigmoid()"),
        "temperature": ways("torch.softmax(logits / 2, dim=-1)", "torch.softmax(logits / 100, dim=-1)"),
    }  # fmt: skip


ALL_SCORES = Exercise(
    solution=all_scores,
    cases=_texts,
    reads=ANSWERS,
    minutes=10,
    difficulty=2,
    mistakes={
        "unsorted": Change(_SORTED, "answers"),
        "ascending": [Change(", reverse=True", ""), Change("reverse=True", "reverse=False")],
        "best_alone": [Change(_SORTED, _SORTED + "[:1]"), Change(_SORTED, f"{_SORTED}[0:1]")],
        "by_name": Change('answer["score"], reverse', 'answer["label"], reverse'),
        "exchanged": [Change("scores[column]", "scores[1 - column]"), Change("scores[column]", "1 - scores[column]")],
        "torn_apart": [_names_in_fixed_order, _names_of_the_configuration],
        **_instead_of_softmax(all_scores),
        "over_sentences": [
            Change("torch.softmax(logits, dim=-1)", "torch.softmax(logits[None], dim=0)[0]"),
            Change("torch.softmax(logits, dim=-1)", "torch.ones(2)"),
        ],
        "same_score": [
            Change("scores[column]", "max(scores)"), Change("scores[column]", "scores[0]"),
            Change("scores[column]", "scores[1]"), Change("scores[column]", "min(scores)"),
        ],
        "rounded": [Change("scores[column]", f"round(scores[column], {digits})") for digits in (3, 2, 1)],
        "percent": Change("scores[column]", "100 * scores[column]"),
        "no_specials": _without_specials,
        "label_number": [
            alone(all_scores, '"label": name', '"label": str(column)'),
            alone(all_scores, '"label": name', '"label": f"LABEL_{column}"'),
        ],
        "letters": [
            alone(all_scores, '"label": name', '"label": name.lower()'),
            alone(all_scores, '"label": name', '"label": name.title()'),
        ],
    },
    symptoms={
        "how_many": lambda _, came, expected: len(came) != len(expected),
        "no_label": lambda _, came, __: any(one["label"] not in ("NEGATIVE", "POSITIVE") for one in came),
        "outside": lambda _, came, __: any(not 0 <= one["score"] <= 1 for one in came),
        "no_sum": lambda _, came, __: abs(sum(one["score"] for one in came) - 1) > 1e-3,
        "order": lambda _, came, __: came[0]["score"] < came[-1]["score"],
        "labels_right": lambda _, came, expected: [a["label"] for a in came] == [b["label"] for b in expected],
        "scores_right": lambda _, came, expected: all(
            abs(a["score"] - b["score"]) < 1e-4 for a, b in zip(came, expected, strict=True)
        ),
    },
    traits={
        "empty": lambda text: not text,
        "negative": lambda text: text.startswith(("I hate", "No me", "Great")),
    },
)  # fmt: skip


def my_pipeline(texts):
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        logits = model(**inputs).logits
    answers = []
    for row in torch.softmax(logits, dim=-1):
        best = row.argmax().item()
        answers.append({"label": model.config.id2label[best], "score": row[best].item()})
    return answers


def _batches(_: Given) -> list[Arguments]:
    return [
        (["I love this film"],),
        (["I hate this so much!"],),
        (["We have been waiting for two hours, and nobody has told us anything."],),  # long, without padding
        (["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"],),
        (["This film is good.", "That film is bad."],),  # equally long: no padding
        (["No me gustó nada", "¡Qué día tan bonito!", "La comida estaba rica, pero el servicio fue muy lento."],),
        (["", "What a waste of money."],),
        (["Me encanta", "The room was dirty and cold.", "Me encanta", "Genial, volvieron a cancelar mi vuelo."],),
    ]


def _scores(texts, tokenizer, model):
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    return torch.softmax(model(**inputs).logits, dim=-1)


def _largest_of_all(texts):
    scores = _scores(texts, tokenizer, model)
    return [{"label": model.config.id2label[scores.argmax().item() % 2], "score": scores.max().item()}]


def _largest_of_all_for_each(texts):
    scores = _scores(texts, tokenizer, model)
    answer = {"label": model.config.id2label[scores.argmax().item() % 2], "score": scores.max().item()}
    return [dict(answer) for _ in texts]


def _mean_of_the_batch(texts):
    scores = _scores(texts, tokenizer, model).mean(dim=0)
    return [{"label": model.config.id2label[scores.argmax().item()], "score": scores.max().item()}]


def _mean_for_each(texts):
    scores = _scores(texts, tokenizer, model).mean(dim=0)
    return [{"label": model.config.id2label[scores.argmax().item()], "score": scores.max().item()} for _ in texts]


def _one_dictionary(texts):
    answers, answer = [], {}
    for row in _scores(texts, tokenizer, model):
        answer["label"], answer["score"] = model.config.id2label[row.argmax().item()], row.max().item()
        answers.append(answer)
    return answers


def _best_sentences(texts):
    scores = _scores(texts, tokenizer, model)
    return [
        {"label": model.config.id2label[best % 2], "score": row.max().item()}
        for best, row in zip(scores.argmax(dim=0).tolist() * len(texts), scores, strict=False)
    ]


def _best_of_all_first(texts):
    scores = _scores(texts, tokenizer, model)
    best = scores.argmax().item()
    return [{"score": row[best].item(), "label": model.config.id2label[best]} for row in scores]


def _largest_sentences(texts):
    largest = _scores(texts, tokenizer, model).max(dim=0)
    return [
        {"label": model.config.id2label[best.item()], "score": score.item()}
        for score, best in zip(largest.values, largest.indices, strict=True)
    ]


def _over_the_only_sentence(texts):
    answers = []
    for text in texts:
        row = torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits, dim=0)[0]
        answers.append({"label": model.config.id2label[row.argmax().item()], "score": row.max().item()})
    return answers


def _by_column(texts):
    scores = _scores(texts, tokenizer, model)
    return [
        {"label": model.config.id2label[column], "score": scores[:, column].max().item()}
        for column in range(scores.shape[1])
    ]


def _both_of_each(texts):
    return [
        {"label": model.config.id2label[column], "score": row[column].item()}
        for row in _scores(texts, tokenizer, model)
        for column in range(2)
    ]


def _padded_on_the_left(texts):
    inputs = tokenizer(texts, padding=True, return_tensors="pt", padding_side="left")
    return [
        {"label": model.config.id2label[row.argmax().item()], "score": row.max().item()}
        for row in torch.softmax(model(**inputs).logits, dim=-1)
    ]


def _split_at_spaces(texts):
    answers = []
    for text in texts:
        ids = tokenizer.convert_tokens_to_ids(["[CLS]", *text.split(), "[SEP]"])
        row = torch.softmax(model(torch.tensor([ids])).logits[0], dim=-1)
        answers.append({"label": model.config.id2label[row.argmax().item()], "score": row.max().item()})
    return answers


def _small_letters_split_at_spaces(texts):
    answers = []
    for text in texts:
        ids = tokenizer.convert_tokens_to_ids(["[CLS]", *text.lower().split(), "[SEP]"])
        row = torch.softmax(model(torch.tensor([ids])).logits[0], dim=-1)
        answers.append({"label": model.config.id2label[row.argmax().item()], "score": row.max().item()})
    return answers


def _no_specials_one_by_one(texts):
    answers = []
    for text in texts:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        row = torch.softmax(model(torch.tensor([ids])).logits[0], dim=-1)
        answers.append({"label": model.config.id2label[row.argmax().item()], "score": row.max().item()})
    return answers


def _no_specials_but_for_the_empty(texts):
    answers = []
    for text in texts:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"] or [0]
        row = torch.softmax(model(torch.tensor([ids])).logits[0], dim=-1)
        answers.append({"label": model.config.id2label[row.argmax().item()], "score": row.max().item()})
    return answers


def _no_separator(texts):
    answers = []
    for text in texts:
        ids = tokenizer(text)["input_ids"][:-1]
        row = torch.softmax(model(torch.tensor([ids])).logits[0], dim=-1)
        answers.append({"label": model.config.id2label[row.argmax().item()], "score": row.max().item()})
    return answers


def _no_first_token(texts):
    answers = []
    for text in texts:
        ids = tokenizer(text)["input_ids"][1:]
        row = torch.softmax(model(torch.tensor([ids])).logits[0], dim=-1)
        answers.append({"label": model.config.id2label[row.argmax().item()], "score": row.max().item()})
    return answers


_CUT = "    inputs = {{name: x[:, {}] for name, x in inputs.items()}}\n    with torch"


def _alone(*texts: str) -> Change:
    return alone(my_pipeline, *texts)


MY_PIPELINE = Exercise(
    solution=my_pipeline,
    cases=_batches,
    reads=ANSWERS,
    minutes=15,
    difficulty=3,
    mistakes={
        "no_padding": _alone("padding=True, ", ""),
        "no_mask": Change("model(**inputs)", 'model(inputs["input_ids"])'),
        "mask_turned_round": _alone("model(**inputs)", 'model(inputs["input_ids"], 1 - inputs["attention_mask"])'),
        "over_sentences": [Change("dim=-1", "dim=0"), _over_the_only_sentence],
        "over_everything": [
            _alone(_SOFTMAX, "torch.softmax(logits.flatten(), dim=0).reshape(logits.shape)"),
            _alone(_SOFTMAX, "(logits.exp() / logits.exp().sum())"),
        ],
        "one_answer": [
            _largest_of_all, _largest_of_all_for_each, _mean_of_the_batch, _mean_for_each,
            _alone("return answers", "return answers[:1]"),
        ],
        "first_row": [
            Change("row.argmax()", "logits[0].argmax()"), Change("row[best]", f"{_SOFTMAX}[0][best]"),
            _alone("row[best]", f"{_SOFTMAX}[0].max()"), _alone("return answers", "return answers[:1] * len(texts)"),
        ],
        "last_row": [
            _one_dictionary, _alone("return answers", "return answers[-1:]"),
            _alone("row.argmax()", "logits[-1].argmax()"), _alone("row[best]", f"{_SOFTMAX}[-1][best]"),
        ],
        "whole_argmax": [_alone("row.argmax()", "logits.argmax()"), _best_of_all_first],
        "best_sentence": [_best_sentences, _by_column, _largest_sentences],
        "score_of_batch": _alone("row[best]", f"{_SOFTMAX}.max()"),
        "exchanged": Change("id2label[best]", "id2label[1 - best]"),
        **_instead_of_softmax(my_pipeline),
        "other_score": Change("row[best]", "row[1 - best]"),
        "column_of_one_label": [Change("row[best]", "row[1]"), Change("row[best]", "row[0]")],
        "one_label": [
            _alone("model.config.id2label[best]", '"POSITIVE"'), _alone("model.config.id2label[best]", '"NEGATIVE"'),
            _alone("row.argmax().item()", "1"), _alone("row.argmax().item()", "0"),
        ],
        "label_number": [
            _alone("model.config.id2label[best]", "str(best)"),
            _alone("model.config.id2label[best]", 'f"LABEL_{best}"'),
        ],
        "letters": [
            _alone("id2label[best]", "id2label[best].lower()"), _alone("id2label[best]", "id2label[best].title()"),
        ],
        "rounded": [
            *(Change("row[best].item()", f"round(row[best].item(), {digits})") for digits in (3, 2)),
            _alone("row[best].item()", "round(row[best].item(), 1)"),
        ],
        "percent": _alone("row[best].item()", "100 * row[best].item()"),
        "sum_of_row": [_alone("row[best]", "row.sum()"), _alone("row[best]", "row.mean()")],
        "difference": [_alone("row[best]", "(row[best] - row[1 - best])"), _alone("row[best]", "(row[1] - row[0])")],
        "both": _both_of_each,
        "left": _padded_on_the_left,
        "split_at_spaces": [_split_at_spaces, _small_letters_split_at_spaces],
        "no_specials": [
            _alone("padding=True", "padding=True, add_special_tokens=False"),
            _no_specials_one_by_one, _no_specials_but_for_the_empty,
        ],
        "no_separator": [
            _no_separator, _alone("    with torch", _CUT.format(":-1")),
        ],
        "no_first_token": [
            _no_first_token, _alone("    with torch", _CUT.format("1:")),
        ],
    },
    symptoms={
        "how_many": lambda _, came, expected: len(came) != len(expected),
        "no_label": lambda _, came, __: any(one["label"] not in ("NEGATIVE", "POSITIVE") for one in came),
        "outside": lambda _, came, __: any(not 0 <= one["score"] <= 1 for one in came),
        "below_half": lambda _, came, __: any(one["score"] < 0.499 for one in came),
        "order": lambda _, came, expected: _as_a_set(came) == _as_a_set(expected),
        "same_for_all": lambda _, came, __: len(came) > 1 and len(_as_a_set(came)) == 1,
        "scores_right": lambda _, came, expected: _scores_of(came) == _scores_of(expected),
        "near": lambda _, came, expected: _labels(came) == _labels(expected) and all(
            abs(one["score"] - other["score"]) < 0.03 for one, other in zip(came, expected, strict=True)
        ),
        "labels_right": lambda _, came, expected: _labels(came) == _labels(expected),
    },
    otherwise={
        "other_tokens": lambda _, came, __: all(0.5 <= one["score"] <= 1 for one in came),
    },
    traits={
        "long": lambda texts: any(len(text) > 32 for text in texts),
        "padding": lambda texts: len({len(text.split()) for text in texts}) > 1,
        "several": lambda texts: len(texts) > 1,
        "empty": lambda texts: "" in texts,
    },
)  # fmt: skip


def _as_a_set(answers: list[dict[str, object]]) -> set[tuple[object, float]]:
    return {(one["label"], round(float(one["score"]), 3)) for one in answers}  # type: ignore[arg-type]


def _labels(answers: list[dict[str, object]]) -> list[object]:
    return [one["label"] for one in answers]


def _scores_of(answers: list[dict[str, object]]) -> list[float]:
    return [round(float(one["score"]), 3) for one in answers]  # type: ignore[arg-type]
