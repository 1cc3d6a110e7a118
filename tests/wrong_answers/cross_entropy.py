import math
import numpy as np
import torch
from torch.nn import functional as F


def sum_instead_of_mean(logits, labels):
    lp = torch.log_softmax(logits, -1)
    return -lp[torch.arange(len(labels)), labels].sum().item()


def log_forgotten(logits, labels):
    p = torch.softmax(logits, dim=-1)
    return -p.gather(1, labels[:, None]).mean().item()


def minus_forgotten(logits, labels):
    lp = F.log_softmax(logits, dim=-1)
    return lp[range(len(labels)), labels].mean().item()


def log_of_softmax_unstable(logits, labels):
    p = torch.exp(logits) / torch.exp(logits).sum(-1, keepdim=True)
    return -torch.log(p[torch.arange(len(labels)), labels]).mean().item()


def softmax_twice(logits, labels):
    probs = F.softmax(logits, dim=-1)
    return F.cross_entropy(probs, labels).item()


def logarithm_to_base_two(logits, labels):
    lp = torch.log_softmax(logits, -1) / math.log(2)
    return -sum(lp[i, y].item() for i, y in enumerate(labels)) / len(labels)


def softmax_over_the_batch(logits, labels):
    lp = F.log_softmax(logits, dim=0)
    return F.nll_loss(lp, labels).item()


def mean_over_every_class(logits, labels):
    one_hot = F.one_hot(labels, logits.shape[-1])
    lp = F.log_softmax(logits, dim=-1)
    return -(one_hot * lp).mean().item()


def predicted_class_instead_of_label(logits, labels):
    lp = F.log_softmax(logits, dim=-1)
    return -lp.max(dim=-1).values.mean().item()


def every_label_for_every_row(logits, labels):
    lp = F.log_softmax(logits, dim=-1)
    return -lp[:, labels].mean().item()


def squared_error(logits, labels):
    p = F.softmax(logits, dim=-1)
    y = F.one_hot(labels, logits.shape[-1]).float()
    return F.mse_loss(p, y).item()


def binary_with_sigmoid(logits, labels):
    y = F.one_hot(labels, logits.shape[-1]).float()
    return F.binary_cross_entropy_with_logits(logits, y).item()


def only_the_first_example(logits, labels):
    z = logits[0] - logits[0].max()
    return float(torch.log(torch.exp(z).sum()) - z[labels[0]])


def small_number_in_the_log(logits, labels):
    p = torch.softmax(logits, dim=-1)
    right = p[torch.arange(len(labels)), labels]
    return float(-torch.log(right + 1e-7).mean())


def log_of_the_mean(logits, labels):
    p = torch.softmax(logits.double(), dim=-1)
    right = p[torch.arange(len(labels)), labels]
    return -math.log(right.mean().item())


def labels_of_the_first_row(logits, labels):
    p = torch.softmax(logits, dim=-1)
    return -torch.log(p[0, labels]).mean()


def logit_inside_the_logarithm(logits, labels):
    chosen = logits[torch.arange(len(labels)), labels]
    return torch.log(torch.exp(logits).sum(dim=-1) - chosen).mean()


def maximum_inside_alone(logits, labels):
    m = logits.max(dim=-1, keepdim=True).values
    chosen = logits[torch.arange(len(labels)), labels]
    return (torch.log(torch.exp(logits - m).sum(dim=-1)) - chosen).mean()


def one_maximum_for_all(logits, labels):
    z = logits - logits.max()
    chosen = z[torch.arange(len(labels)), labels]
    return (torch.log(torch.exp(z).sum(dim=-1)) - chosen).mean()


def gather_without_a_dimension(logits, labels):
    return -torch.log_softmax(logits, dim=-1).gather(1, labels).mean()


def logsumexp_over_sentences(logits, labels):
    return (torch.logsumexp(logits, dim=0) - logits[torch.arange(len(labels)), labels]).mean()


def log_of_zero_in_a_loop(logits, labels):
    p = torch.softmax(logits, dim=-1)
    return sum(-math.log(p[i, labels[i]].item()) for i in range(len(labels))) / len(labels)
