import torch


def smallest_logit(logits, id2label):
    return id2label[logits.index(min(logits))]


def largest_absolute(logits, id2label):
    sizes = [abs(x) for x in logits]
    return id2label[sizes.index(max(sizes))]


def two_labels_only(logits, id2label):
    if logits[1] > logits[0]:
        return id2label[1]
    return id2label[0]


def index_not_name(logits, id2label):
    return logits.index(max(logits))


def best_starts_at_zero(logits, id2label):
    best, place = 0, 0
    for i, x in enumerate(logits):
        if x > best:
            best, place = x, i
    return id2label[place]


def fixed_names(logits, id2label):
    return ["NEGATIVE", "POSITIVE"][logits[1] > logits[0]]


def value_not_name(logits, id2label):
    return max(logits)


def order_of_the_dictionary(logits, id2label):
    return list(id2label.values())[logits.index(max(logits))]


def alphabetical_labels(logits, id2label):
    labels = sorted(id2label.values())
    return labels[int(torch.tensor(logits).argmax())]


def positive_logit_first_found(logits, id2label):
    for i, x in enumerate(logits):
        if x > 0:
            return id2label[i]
    return id2label[0]
