import torch
from torch.nn import functional


def _gradient(weight, features, labels):
    p = torch.softmax(features @ weight.T, dim=-1)
    return (p - functional.one_hot(labels, weight.shape[0])).T @ features


def uphill(weight, features, labels, lr):
    return weight + lr * _gradient(weight, features, labels) / len(labels)


def sum_of_the_batch(weight, features, labels, lr):
    return weight - lr * _gradient(weight, features, labels)


def probability_not_compared(weight, features, labels, lr):
    p = torch.softmax(features @ weight.T, dim=-1)
    return weight - lr * p.T @ features / len(labels)


def softmax_over_sentences(weight, features, labels, lr):
    p = torch.softmax(features @ weight.T, dim=0)
    error = p - functional.one_hot(labels, weight.shape[0])
    return weight - lr * error.T @ features / len(labels)


def softmax_forgotten(weight, features, labels, lr):
    error = features @ weight.T - functional.one_hot(labels, weight.shape[0])
    return weight - lr * error.T @ features / len(labels)


def given_weights_changed(weight, features, labels, lr):
    weight -= lr * _gradient(weight, features, labels) / len(labels)
    return weight


def gradient_returned(weight, features, labels, lr):
    return _gradient(weight, features, labels) / len(labels)


def learning_rate_forgotten(weight, features, labels, lr):
    return weight - _gradient(weight, features, labels) / len(labels)


def only_rows_of_the_right_label(weight, features, labels, lr):
    p = torch.softmax(features @ weight.T, dim=-1)
    new = weight.clone()
    for i, label in enumerate(labels.tolist()):
        new[label] -= lr * (p[i, label] - 1) * features[i] / len(labels)
    return new


def one_sentence_after_another(weight, features, labels, lr):
    new = weight.clone()
    for x, y in zip(features, labels):
        new = new - lr * _gradient(new, x[None], y[None]) / len(labels)
    return new
