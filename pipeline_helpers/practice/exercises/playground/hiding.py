"""A token that nobody can look at, and what that does to the answer."""

from functools import lru_cache

import numpy as np
import torch

from pipeline_helpers.practice.answers import NUMBER, NUMBERS
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given, alone


def mask_without(tokens, hidden):
    return [0 if token in hidden else 1 for token in tokens]


def _tokens(_: Given) -> list[Arguments]:
    film = ["[CLS]", "a", "terrible", ",", "awful", "film", ".", "[SEP]"]
    twice = ["[CLS]", "not", "good", ",", "not", "bad", ",", "good", "[SEP]"]
    spanish = ["[CLS]", "no", "me", "gust", "##o", "nad", "##a", "[SEP]"]
    return [
        (film, ["terrible", "awful"]),
        (film, ["awful"]),
        (film, []),
        (twice, ["not"]),
        (twice, ["good", ","]),
        (spanish, ["o", "##a"]),  # "o" is no token of it
        (spanish, ["gust", "nad", "no", "wonderful"]),
        (film, ["[CLS]"]),
        (["[CLS]", "a", "a", "[SEP]"], ["a"]),
        (["[CLS]", "film", "[SEP]"], ["[CLS]", "[SEP]", "film"]),
    ]


def _first_of_each(tokens, hidden):
    mask = [1] * len(tokens)
    for token in hidden:
        if token in tokens:
            mask[tokens.index(token)] = 0
    return mask


def _last_of_each(tokens, hidden):
    mask = [1] * len(tokens)
    for token in hidden:
        for place, other in enumerate(tokens):
            if other == token:
                last = place
        if token in tokens:
            mask[last] = 0
    return mask


def _first_of_each_or_error(tokens, hidden):
    mask = [1] * len(tokens)
    for token in hidden:
        mask[tokens.index(token)] = 0
    return mask


def _only_the_first_hidden(tokens, hidden):
    return [0 if hidden and token == hidden[0] else 1 for token in tokens]


def _only_the_last_hidden(tokens, hidden):
    return [0 if hidden and token == hidden[-1] else 1 for token in tokens]


def _one_loop_in_the_other(tokens, hidden):
    return [0 if token == one else 1 for one in hidden for token in tokens]


def _from_the_first_on(tokens, hidden):
    mask, seen = [], False
    for token in tokens:
        seen = seen or token in hidden
        mask.append(0 if seen else 1)
    return mask


MASK_WITHOUT = Exercise(
    solution=mask_without,
    cases=_tokens,
    reads=NUMBERS,
    needs_model=False,
    minutes=4,
    difficulty=1,
    mistakes={
        "turned_round": Change("0 if token in hidden else 1", "1 if token in hidden else 0"),
        "removed": [
            Change("0 if token in hidden else 1 for token in tokens", "1 for token in tokens if token not in hidden"),
            Change("0 if token in hidden else 1 for token in tokens", "0 for token in tokens if token in hidden"),
        ],
        "first_of_each": [_first_of_each, _first_of_each_or_error, _last_of_each],
        "one_hidden": [_only_the_first_hidden, _only_the_last_hidden],
        "too_long": _one_loop_in_the_other,
        "from_there": _from_the_first_on,
        "part_of_a_token": [
            Change("token in hidden", "any(one in token for one in hidden)"),
            Change("token in hidden", "any(token in one for one in hidden)"),
            Change("token in hidden", "token in ' '.join(hidden)"), Change("token in hidden", "token in str(hidden)"),
        ],
        "specials": [
            Change("token in hidden", "token in hidden and token[0] != '['"),
            Change("token in hidden", "token in hidden or token[0] == '['"),
        ],
        "at_the_end": Change(
            "[0 if token in hidden else 1 for token in tokens]",
            "[1] * (len(tokens) - len(hidden)) + [0] * len(hidden)",
        ),
        "without_specials": Change("in tokens", "in tokens[1:-1]"),
        "places": [
            Change("0 if token in hidden else 1 for token in tokens",
                   "place for place, token in enumerate(tokens) if token in hidden"),
            Change("0 if token in hidden else 1 for token in tokens",
                   "place for place, token in enumerate(tokens) if token not in hidden"),
        ],
        "other_number": [Change("0 if", "-1 if"), Change("else 1", "else 2"), Change("0 if", "float('-inf') if")],
    },
    symptoms={
        "length": lambda arguments, came, _: len(came) != len(arguments[0]),
        "numbers": lambda _, came, __: any(number not in (0, 1) for number in came.ravel()),
        "too_many": lambda _, came, expected: (came <= expected).all(),
        "too_few": lambda _, came, expected: (came >= expected).all(),
    },
    traits={
        "twice": lambda tokens, hidden: any(tokens.count(token) > 1 for token in hidden),
        "absent": lambda tokens, hidden: any(token not in tokens for token in hidden),
        "none": lambda _, hidden: not hidden,
    },
)  # fmt: skip


def token_effect(text, place):
    inputs = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        whole = torch.softmax(model(**inputs).logits[0], dim=-1)
        inputs["attention_mask"][0, place] = 0
        hidden = torch.softmax(model(**inputs).logits[0], dim=-1)
    label = whole.argmax()
    return (hidden[label] - whole[label]).item()


def _places(_: Given) -> list[Arguments]:
    twice = "It was not good and not bad"  # "not" at 3 and at 6
    return [
        ("The film is not bad at all", 4),
        ("I hate this so much!", 2),
        ("No fue divertido", 2),  # half of a word; the label becomes surer
        ("It is far from perfect.", 3),  # less sure, and the label stays
        (twice, 6),
        (twice, 3),
        ("No fue divertido", 0),
    ]


def _deleted(text, place):
    inputs = tokenizer(text, return_tensors="pt")
    whole = torch.softmax(model(**inputs).logits[0], dim=-1)
    ids = inputs["input_ids"]
    ids = torch.cat([ids[:, :place], ids[:, place + 1 :]], dim=1)
    hidden = torch.softmax(model(ids, torch.ones_like(ids)).logits[0], dim=-1)
    label = whole.argmax()
    return (hidden[label] - whole[label]).item()


def _word_deleted(text, place):
    def probabilities(text):
        return torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits[0], dim=-1)

    pieces = tokenizer.tokenize(text)
    left = tokenizer.convert_tokens_to_string(pieces[: max(place - 1, 0)] + pieces[place:])
    whole, hidden = probabilities(text), probabilities(left)
    label = whole.argmax()
    return (hidden[label] - whole[label]).item()


def _logit_of_difference(text, place):
    inputs = tokenizer(text, return_tensors="pt")
    whole = model(**inputs).logits[0]
    inputs["attention_mask"][0, place] = 0
    hidden = model(**inputs).logits[0]
    label = whole.argmax()
    return ((hidden[label] - hidden[1 - label]) - (whole[label] - whole[1 - label])).item()


def _split_word_deleted(text, place):
    def probabilities(text):
        return torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits[0], dim=-1)

    words = text.split()
    whole, hidden = probabilities(text), probabilities(" ".join(words[: place - 1] + words[place:]))
    label = whole.argmax()
    return (hidden[label] - whole[label]).item()


def _word_at_place_deleted(text, place):
    def probabilities(text):
        return torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits[0], dim=-1)

    words = text.split()
    whole, hidden = probabilities(text), probabilities(" ".join(words[:place] + words[place + 1 :]))
    label = whole.argmax()
    return (hidden[label] - whole[label]).item()


def _word_of_the_list_deleted(text, place):
    def probabilities(text):
        return torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits[0], dim=-1)

    left = " ".join(word for number, word in enumerate(text.split(), 1) if number != place)
    whole, hidden = probabilities(text), probabilities(left)
    label = whole.argmax()
    return (hidden[label] - whole[label]).item()


def _word_replaced_by_nothing(text, place):
    def probabilities(text):
        return torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits[0], dim=-1)

    token = tokenizer.tokenize(text, add_special_tokens=True)[place]
    whole, hidden = probabilities(text), probabilities(text.lower().replace(token, ""))
    label = whole.argmax()
    return (hidden[label] - whole[label]).item()


def _deleted_without_specials(text, place):
    ids = tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
    left = torch.cat([ids[:, : max(place - 1, 0)], ids[:, place:]], dim=1)
    whole, hidden = (torch.softmax(model(one).logits[0], dim=-1) for one in (ids, left))
    label = whole.argmax()
    return (hidden[label] - whole[label]).item()


def _zero_vector(text, place):
    inputs = tokenizer(text, return_tensors="pt")
    whole = torch.softmax(model(**inputs).logits[0], dim=-1)
    vectors = model.get_input_embeddings()(inputs["input_ids"]).detach().clone()
    vectors[0, place] = 0
    hidden = model(inputs_embeds=vectors, attention_mask=inputs["attention_mask"]).logits[0]
    label = whole.argmax()
    return (torch.softmax(hidden, dim=-1)[label] - whole[label]).item()


@lru_cache(maxsize=32)
def _gradient(text, place, tokenizer, model):
    """That of the winner's probability, and the vector that it belongs to."""
    inputs = tokenizer(text, return_tensors="pt")
    with torch.enable_grad():
        vectors = model.get_input_embeddings()(inputs["input_ids"]).detach().requires_grad_(True)
        logits = model(inputs_embeds=vectors, attention_mask=inputs["attention_mask"]).logits
        (gradient,) = torch.autograd.grad(torch.softmax(logits, dim=-1).max(), vectors)
    return gradient[0, place], vectors[0, place].detach()


def _length_of_the_gradient(text, place):
    return _gradient(text, place, tokenizer, model)[0].norm().item()


def _gradient_times_vector(text, place):
    gradient, vector = _gradient(text, place, tokenizer, model)
    return (gradient @ vector).item()


def _minus_gradient_times_vector(text, place):
    gradient, vector = _gradient(text, place, tokenizer, model)
    return -(gradient @ vector).item()


def _sigmoid_of_difference(text, place):
    inputs = tokenizer(text, return_tensors="pt")
    whole = model(**inputs).logits[0]
    inputs["attention_mask"][0, place] = 0
    hidden = model(**inputs).logits[0]
    return torch.sigmoid((hidden - whole)[whole.argmax()]).item()


def _softmax_of_difference(text, place):
    inputs = tokenizer(text, return_tensors="pt")
    whole = model(**inputs).logits[0]
    inputs["attention_mask"][0, place] = 0
    hidden = model(**inputs).logits[0]
    return torch.softmax(hidden - whole, dim=-1)[whole.argmax()].item()


_HIDE = 'inputs["attention_mask"][0, place] = 0'
_WHOLE = "whole = torch.softmax(model(**inputs).logits[0], dim=-1)"
_HIDDEN = "hidden = torch.softmax(model(**inputs).logits[0], dim=-1)"
_RESULT = "hidden[label] - whole[label]"


def _changed(*texts: str, paired: bool) -> Change:
    return Change(*texts) if paired else alone(token_effect, *texts)


def _both(new: str, paired: bool = True) -> Change:
    """Both probabilities computed in another way, whose text has LOGITS in it."""
    new = new.replace("LOGITS", "model(**inputs).logits")
    return _changed(_WHOLE, f"whole = {new}", _HIDDEN, f"hidden = {new}", paired=paired)


def _hidden_by(new: str, paired: bool = True) -> Change:
    return _changed(_HIDE, new, paired=paired)


def _result(new: str) -> Change:
    return alone(token_effect, _RESULT, new)


TOKEN_EFFECT = Exercise(
    solution=token_effect,
    cases=_places,
    reads=NUMBER,
    minutes=15,
    difficulty=3,
    mistakes={
        "deleted": _deleted,
        "word_deleted": [
            _word_deleted, _split_word_deleted, _word_at_place_deleted, _word_of_the_list_deleted,
            _word_replaced_by_nothing,
        ],
        "no_specials": [
            *(
                alone(token_effect, 'return_tensors="pt")', 'return_tensors="pt", add_special_tokens=False)',
                      _HIDE, f'inputs["attention_mask"][0, {there}] = 0')
                for there in ("place", "place - 1")
            ),
            _deleted_without_specials,
        ],
        "zero_vector": _zero_vector,
        "gradient": [
            _length_of_the_gradient, _gradient_times_vector, _minus_gradient_times_vector,
        ],
        "every_equal": _hidden_by(
            'inputs["attention_mask"][inputs["input_ids"] == inputs["input_ids"][0, place]] = 0', paired=False),
        "first_equal": _hidden_by(
            'ids = inputs["input_ids"][0].tolist(); inputs["attention_mask"][0, ids.index(ids[place])] = 0',
            paired=False),
        "last_equal": _hidden_by(
            'inputs["attention_mask"][0, (inputs["input_ids"][0] == inputs["input_ids"][0, place]).nonzero()[-1]] = 0',
            paired=False),
        "before_or_after": [
            _hidden_by(f'inputs["attention_mask"][0, {there}] = 0', paired=False)
            for there in (":place", "place + 1 :")
        ],
        "two_hidden": [
            _hidden_by(f'inputs["attention_mask"][0, {there}] = 0', paired=False)
            for there in ("place : place + 2", "max(place - 1, 0) : place + 1", "[0, place]")
        ],
        "over_sentences": [
            _changed(_HIDDEN, "hidden = torch.softmax(model(**inputs).logits, dim=0)[0]", paired=False),
            _changed(_WHOLE, "whole = torch.softmax(model(**inputs).logits, dim=0)[0]", paired=False),
        ],
        "one_logit": [
            _changed(_HIDDEN, "hidden = model(**inputs).logits[0]", paired=False),
            _changed(_WHOLE, "whole = model(**inputs).logits[0]", paired=False),
        ],
        "rounded_before": [
            *(
                _both(f"torch.softmax(LOGITS[0], dim=-1).round(decimals={digits})", paired=False)
                for digits in (2, 1, 3)
            ),
            _result("hidden[label].round() - whole[label].round()"),
        ],
        "sign": [
            Change(_RESULT, "whole[label] - hidden[label]"), Change("whole.argmax()", "whole.argmin()"),
            _result("hidden[1 - label] - whole[1 - label]"),
        ],
        "always_positive": Change("whole.argmax()", "1"),
        "always_negative": Change("whole.argmax()", "0"),
        "label_of_hidden": Change("whole.argmax()", "hidden.argmax()"),
        "own_labels": [
            _result("hidden.max() - whole.max()"), _result("hidden.max() - whole[label]"),
            _result("whole.max() - hidden.max()"),
        ],
        "other_labels": _result("hidden[1 - label] - whole[label]"),
        "replaced": [
            _hidden_by(f'inputs["input_ids"][0, place] = {number}')
            for number in ("tokenizer.mask_token_id", "0", "tokenizer.unk_token_id")
        ],
        "off_by_one": [
            _hidden_by('inputs["attention_mask"][0, place + 1] = 0'),
            _hidden_by('inputs["attention_mask"][0, place - 1] = 0'),
        ],
        "all_others": [
            _hidden_by('inputs["attention_mask"][:] = 0; inputs["attention_mask"][0, place] = 1'),
        ],
        "from_there": [
            _hidden_by('inputs["attention_mask"][0, place:] = 0'),
            _hidden_by('inputs["attention_mask"][0, : place + 1] = 0', paired=False),
            _hidden_by('inputs["attention_mask"][0, 1 : place + 1] = 0', paired=False),
        ],
        "whole_row": [
            _hidden_by('inputs["attention_mask"][place] = 0', paired=False),
            _hidden_by('inputs["attention_mask"][place, 0] = 0', paired=False),
        ],
        "not_hidden": [
            _hidden_by("pass", paired=False), _hidden_by('inputs["attention_mask"][0, place] = 1', paired=False),
        ],
        "logit": [_both("LOGITS[0]"), _logit_of_difference],
        "softmax_of_difference": [_softmax_of_difference, _sigmoid_of_difference],
        "log": _both("torch.log_softmax(LOGITS[0], dim=-1)", paired=False),
        "sigmoid": _both("torch.sigmoid(LOGITS[0])", paired=False),
        "twice": _both("torch.softmax(torch.softmax(LOGITS[0], dim=-1), dim=-1)", paired=False),
        "absolute": [
            Change(_RESULT, f"({_RESULT}).abs()"), _result("(hidden - whole).min()"),
        ],
        "relative": [
            _result("hidden[label] / whole[label]"),
            _result("(hidden[label] - whole[label]) / whole[label]"),
            _result("(whole[label] - hidden[label]) / whole[label]"),
        ],
        "hidden_alone": _result("hidden[label]"),
        "whole_alone": _result("whole[label]"),
        "sum": _result("hidden[label] + whole[label]"),
        "percent": _result("100 * (hidden[label] - whole[label])"),
        "both_labels": [
            _result("(hidden - whole).abs().sum()"),
            _result("(hidden - whole).norm()"),
        ],
    },
    symptoms={
        "zero": lambda _, came, __: abs(came) < 1e-4,
        "one_label_only": lambda _, came, expected: abs(came + expected) < 1e-4,
        "outside": lambda _, came, __: not -1 <= came <= 1,
        "whole_number": lambda _, came, __: came == np.round(came),
    },
    traits={
        "repeated": lambda text, _: text.startswith("It was"),
        "negative": lambda text, _: text.startswith(("I hate", "No fue", "It is far", "It was")),
        "first_token": lambda _, place: place == 0,
    },
    otherwise={
        "near": lambda _, came, expected: abs(came - expected) < 0.02 and came * expected > 0,
        "small": lambda _, came, __: abs(came) < 0.05,
        "right_sign": lambda _, came, expected: came * expected > 0,
    },
)  # fmt: skip
