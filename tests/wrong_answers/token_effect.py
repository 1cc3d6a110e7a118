import math
import numpy as np
import torch
from torch.nn import functional as F


def difference_turned_round(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        whole = model(**enc).logits.softmax(-1)[0]
        enc["attention_mask"][0, place] = 0
        hidden = model(**enc).logits.softmax(-1)[0]
    k = whole.argmax()
    return (whole[k] - hidden[k]).item()


def token_deleted(text, place):
    ids = tokenizer(text)["input_ids"]
    rest = ids[:place] + ids[place + 1 :]
    with torch.no_grad():
        a = model(torch.tensor([ids])).logits.softmax(-1)[0]
        b = model(torch.tensor([rest])).logits.softmax(-1)[0]
    k = a.argmax()
    return float(b[k] - a[k])


def replaced_by_the_mask_token(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        before = model(**enc).logits.softmax(-1)[0]
        enc["input_ids"][0, place] = tokenizer.mask_token_id
        after = model(**enc).logits.softmax(-1)[0]
    k = before.argmax().item()
    return after[k].item() - before[k].item()


def label_chosen_again(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        before = model(**enc).logits.softmax(-1).max().item()
        enc["attention_mask"][0, place] = 0
        after = model(**enc).logits.softmax(-1).max().item()
    return after - before


def always_the_positive_label(text, place):
    enc = tokenizer(text, return_tensors="pt")
    mask = enc["attention_mask"].clone()
    mask[:, place] = 0
    with torch.no_grad():
        before = model(**enc).logits.softmax(-1)[0, 1]
        after = model(enc["input_ids"], mask).logits.softmax(-1)[0, 1]
    return (after - before).item()


def logits_instead_of_probabilities(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        a = model(**enc).logits[0]
        enc["attention_mask"][0, place] = 0
        b = model(**enc).logits[0]
    return (b[a.argmax()] - a[a.argmax()]).item()


def place_counted_without_cls(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        a = model(**enc).logits.softmax(-1)[0]
        enc["attention_mask"][0, place + 1] = 0
        b = model(**enc).logits.softmax(-1)[0]
    return (b[a.argmax()] - a[a.argmax()]).item()


def everything_else_hidden(text, place):
    enc = tokenizer(text, return_tensors="pt")
    only = torch.zeros_like(enc["attention_mask"])
    only[0, place] = 1
    with torch.no_grad():
        a = model(**enc).logits.softmax(-1)[0]
        b = model(input_ids=enc["input_ids"], attention_mask=only).logits.softmax(-1)[0]
    k = int(a.argmax())
    return float(b[k] - a[k])


def same_mask_for_both(text, place):
    enc = tokenizer(text, return_tensors="pt")
    mask = enc["attention_mask"]
    hidden_mask = mask
    hidden_mask[0, place] = 0
    with torch.no_grad():
        a = model(input_ids=enc["input_ids"], attention_mask=mask).logits.softmax(-1)[0]
        b = model(input_ids=enc["input_ids"], attention_mask=hidden_mask).logits.softmax(-1)[0]
    k = a.argmax()
    return (b[k] - a[k]).item()


def size_of_the_difference(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        a = model(**enc).logits.softmax(-1)[0]
        enc["attention_mask"][0, place] = 0
        b = model(**enc).logits.softmax(-1)[0]
    k = a.argmax()
    return abs((b[k] - a[k]).item())


def id_set_to_pad_mask_left(text, place):
    enc = tokenizer(text, return_tensors="pt")
    ids = enc["input_ids"].clone()
    ids[0, place] = 0
    with torch.no_grad():
        a = F.softmax(model(**enc).logits, dim=-1)[0]
        b = F.softmax(model(ids, enc["attention_mask"]).logits, dim=-1)[0]
    k = a.argmax()
    return (b[k] - a[k]).item()


def word_taken_out_of_the_text(text, place):
    words = text.split()
    shorter = " ".join(w for i, w in enumerate(words) if i != place - 1)
    with torch.no_grad():
        a = model(**tokenizer(text, return_tensors="pt")).logits.softmax(-1)[0]
        b = model(**tokenizer(shorter, return_tensors="pt")).logits.softmax(-1)[0]
    k = a.argmax()
    return (b[k] - a[k]).item()


def hidden_from_there_on(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        a = model(**enc).logits.softmax(-1)[0]
        enc["attention_mask"][:, place:] = 0
        b = model(**enc).logits.softmax(-1)[0]
    k = a.argmax()
    return (b[k] - a[k]).item()


def row_instead_of_token_hidden(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        a = model(**enc).logits.softmax(-1)[0]
        enc["attention_mask"][place] = 0
        b = model(**enc).logits.softmax(-1)[0]
    k = a.argmax()
    return (b[k] - a[k]).item()


def relative_change(text, place):
    enc = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        a = model(**enc).logits.softmax(-1)[0]
        enc["attention_mask"][0, place] = 0
        b = model(**enc).logits.softmax(-1)[0]
    k = a.argmax()
    return ((b[k] - a[k]) / a[k]).item()
