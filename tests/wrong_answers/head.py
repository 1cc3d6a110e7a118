import math
import numpy as np
import torch
from torch.nn import functional as F


def relu_forgotten(hidden, model):
    return model.classifier(model.pre_classifier(hidden[:, 0]))


def tanh_instead_of_relu(hidden, model):
    x = torch.tanh(model.pre_classifier(hidden[:, 0, :]))
    return model.classifier(x)


def mean_instead_of_position_zero(hidden, model):
    x = hidden.mean(dim=1)
    return model.classifier(torch.relu(model.pre_classifier(x)))


def last_position(hidden, model):
    x = hidden[:, -1]
    return model.classifier(torch.relu(model.pre_classifier(x)))


def first_sentence_instead_of_first_position(hidden, model):
    x = hidden[0]
    x = F.relu(model.pre_classifier(x))
    return model.classifier(x)


def pre_classifier_forgotten(hidden, model):
    return model.classifier(F.relu(hidden[:, 0]))


def softmax_at_the_end(hidden, model):
    x = F.relu(model.pre_classifier(hidden[:, 0]))
    return F.softmax(model.classifier(x), dim=-1)


def relu_after_the_classifier(hidden, model):
    x = model.pre_classifier(hidden[:, 0])
    return F.relu(model.classifier(x))


def gelu_instead_of_relu(hidden, model):
    return model.classifier(F.gelu(model.pre_classifier(hidden[:, 0])))


def bias_forgotten(hidden, model):
    x = hidden[:, 0] @ model.pre_classifier.weight.T
    x = x.clamp(min=0)
    return x @ model.classifier.weight.T


def weight_not_transposed(hidden, model):
    x = hidden[:, 0] @ model.pre_classifier.weight + model.pre_classifier.bias
    x = torch.maximum(x, torch.zeros_like(x))
    return x @ model.classifier.weight.T + model.classifier.bias


def dropout_left_on(hidden, model):
    x = F.relu(model.pre_classifier(hidden[:, 0]))
    x = F.dropout(x, p=0.2)
    return model.classifier(x)


def every_position(hidden, model):
    return model.classifier(F.relu(model.pre_classifier(hidden)))


def relu_before_the_pre_classifier(hidden, model):
    return model.classifier(model.pre_classifier(F.relu(hidden[:, 0])))


def residual_added(hidden, model):
    cls = hidden[:, 0]
    x = cls + F.relu(model.pre_classifier(cls))
    return model.classifier(x)
