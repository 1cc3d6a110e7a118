import math
import numpy as np
import torch
from torch.nn import functional as F


def score_is_the_logit(texts):
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        logits = model(**batch).logits
    best = logits.max(dim=-1)
    return [
        {"label": model.config.id2label[i], "score": s} for s, i in zip(best.values.tolist(), best.indices.tolist())
    ]


def softmax_over_the_batch(texts):
    inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        outputs = model(**inputs)
    probs = torch.softmax(outputs.logits, dim=0)
    results = []
    for row in probs:
        k = row.argmax().item()
        results.append({"label": model.config.id2label[k], "score": row[k].item()})
    return results


def mask_not_passed(texts):
    ids = tokenizer(texts, padding=True, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        probs = model(ids).logits.softmax(-1)
    return [{"label": model.config.id2label[int(p.argmax())], "score": float(p.max())} for p in probs]


def score_always_of_positive(texts):
    enc = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        p = F.softmax(model(**enc).logits, dim=-1)
    answers = []
    for row in p:
        label = "POSITIVE" if row[1] > row[0] else "NEGATIVE"
        answers.append({"label": label, "score": row[1].item()})
    return answers


def label_names_swapped(texts):
    names = ["POSITIVE", "NEGATIVE"]
    out = []
    for text in texts:
        enc = tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            p = model(**enc).logits[0].softmax(0)
        i = int(torch.argmax(p))
        out.append({"label": names[i], "score": p[i].item()})
    return out


def sigmoid_instead_of_softmax(texts):
    enc = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        p = torch.sigmoid(model(**enc).logits)
    return [{"label": model.config.id2label[r.argmax().item()], "score": r.max().item()} for r in p]


def only_the_first_text(texts):
    enc = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        p = model(**enc).logits.softmax(-1)[0]
    return [{"label": model.config.id2label[p.argmax().item()], "score": p.max().item()}]


def first_row_for_every_text(texts):
    enc = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        probs = model(**enc).logits.softmax(-1)
    result = []
    for text in texts:
        i = probs[0].argmax().item()
        result.append({"label": model.config.id2label[i], "score": probs[0][i].item()})
    return result


def generic_label_names(texts):
    enc = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        probs = model(**enc).logits.softmax(-1).numpy()
    return [{"label": f"LABEL_{np.argmax(p)}", "score": float(np.max(p))} for p in probs]


def score_in_percent(texts):
    enc = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        probs = model(**enc).logits.softmax(-1)
    return [{"label": model.config.id2label[p.argmax().item()], "score": round(p.max().item() * 100, 2)} for p in probs]


def without_special_tokens(texts):
    out = []
    for t in texts:
        tokens = tokenizer.tokenize(t)
        ids = torch.tensor([tokenizer.convert_tokens_to_ids(tokens)])
        with torch.no_grad():
            p = model(ids).logits.softmax(-1)[0]
        out.append({"label": model.config.id2label[p.argmax().item()], "score": p.max().item()})
    return out


def cut_to_sixteen_tokens(texts):
    enc = tokenizer(texts, padding="max_length", truncation=True, max_length=16, return_tensors="pt")
    with torch.no_grad():
        probs = model(**enc).logits.softmax(-1)
    return [{"label": model.config.id2label[p.argmax().item()], "score": p.max().item()} for p in probs]


def words_split_at_spaces(texts):
    out = []
    for t in texts:
        ids = tokenizer.convert_tokens_to_ids(["[CLS]"] + t.split() + ["[SEP]"])
        with torch.no_grad():
            p = torch.softmax(model(torch.tensor([ids])).logits, -1)[0]
        out.append({"label": model.config.id2label[p.argmax().item()], "score": p.max().item()})
    return out


def log_softmax_as_score(texts):
    enc = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        lp = F.log_softmax(model(**enc).logits, dim=1)
    return [{"label": model.config.id2label[r.argmax().item()], "score": r.max().item()} for r in lp]


def one_dict_reused(texts):
    answer = {}
    answers = []
    for t in texts:
        with torch.no_grad():
            p = model(**tokenizer(t, return_tensors="pt")).logits.softmax(-1)[0]
        answer["label"] = model.config.id2label[p.argmax().item()]
        answer["score"] = p.max().item()
        answers.append(answer)
    return answers
