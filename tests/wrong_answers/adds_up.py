import torch


def all_close(probabilities):
    sums = probabilities.sum(dim=-1)
    return torch.allclose(sums, torch.ones(len(sums)), atol=0.001)


def rounded_tensor(probabilities):
    return round(probabilities.sum(dim=-1), 3) == 1


def rounded_one_by_one(probabilities):
    return [round(row.sum(), 3) == 1 for row in probabilities]


def exactly_one(probabilities):
    return probabilities.sum(dim=-1) == 1


def sum_of_columns(probabilities):
    return (probabilities.sum(dim=0) - 1).abs() < 0.001
