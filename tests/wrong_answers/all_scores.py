import torch


def _logits(text, **kwargs):
    with torch.no_grad():
        return model(**tokenizer(text, return_tensors="pt", **kwargs)).logits


def logits_as_scores(text):
    logits = _logits(text)[0]
    out = [{"label": model.config.id2label[i], "score": x.item()} for i, x in enumerate(logits)]
    return sorted(out, key=lambda d: d["score"], reverse=True)


def sigmoids(text):
    scores = torch.sigmoid(_logits(text)[0])
    out = [{"label": model.config.id2label[i], "score": x.item()} for i, x in enumerate(scores)]
    return sorted(out, key=lambda d: -d["score"])


def order_of_columns(text):
    scores = _logits(text).softmax(dim=-1)[0]
    return [{"label": model.config.id2label[i], "score": s.item()} for i, s in enumerate(scores)]


def smallest_first(text):
    scores = _logits(text).softmax(dim=-1)[0]
    out = [{"label": model.config.id2label[i], "score": s.item()} for i, s in enumerate(scores)]
    return sorted(out, key=lambda d: d["score"])


def rounded_scores(text):
    scores = _logits(text).softmax(dim=-1)[0].tolist()
    out = [{"label": model.config.id2label[i], "score": round(s, 2)} for i, s in enumerate(scores)]
    return sorted(out, key=lambda d: d["score"], reverse=True)


def best_only(text):
    scores = _logits(text).softmax(dim=-1)[0]
    i = int(scores.argmax())
    return [{"label": model.config.id2label[i], "score": scores[i].item()}]


def softmax_over_sentences(text):
    scores = _logits(text).softmax(dim=0)[0]
    out = [{"label": model.config.id2label[i], "score": s.item()} for i, s in enumerate(scores)]
    return sorted(out, key=lambda d: d["score"], reverse=True)


def scores_sorted_without_labels(text):
    scores = sorted(_logits(text).softmax(dim=-1)[0].tolist(), reverse=True)
    return [{"label": model.config.id2label[i], "score": s} for i, s in enumerate(scores)]


def list_in_a_list(text):
    rows = _logits([text]).softmax(dim=-1)
    result = []
    for row in rows:
        out = [{"label": model.config.id2label[i], "score": s.item()} for i, s in enumerate(row)]
        result.append(sorted(out, key=lambda d: d["score"], reverse=True))
    return result


def without_special_tokens(text):
    scores = _logits(text, add_special_tokens=False).softmax(dim=-1)[0]
    out = [{"label": model.config.id2label[i], "score": s.item()} for i, s in enumerate(scores)]
    return sorted(out, key=lambda d: d["score"], reverse=True)
