import torch


def _bands(scores, right, edges):
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (scores >= low) & (scores < high)
        if inside.any():
            yield scores[inside], right[inside].float()


def every_band_the_same(scores, right, edges):
    distances = [(s.mean() - r.mean()).abs().item() for s, r in _bands(scores, right, edges)]
    return sum(distances) / len(distances)


def sign_kept(scores, right, edges):
    total = 0
    for s, r in _bands(scores, right, edges):
        total += len(s) * (s.mean() - r.mean()).item()
    return total / len(scores)


def middle_of_the_band(scores, right, edges):
    total = 0
    for low, high in zip(edges, edges[1:]):
        inside = (scores >= low) & (scores < high)
        if inside.any():
            total += inside.sum().item() * abs((low + high) / 2 - right[inside].float().mean().item())
    return total / len(scores)


def other_edge_included(scores, right, edges):
    total = 0
    for low, high in zip(edges, edges[1:]):
        inside = (scores > low) & (scores <= high)
        if inside.any():
            total += inside.sum().item() * (scores[inside].mean() - right[inside].float().mean()).abs().item()
    return total / len(scores)


def worst_band(scores, right, edges):
    return max((s.mean() - r.mean()).abs().item() for s, r in _bands(scores, right, edges))


def empty_bands_give_nan(scores, right, edges):
    total = 0
    for low, high in zip(edges, edges[1:]):
        inside = (scores >= low) & (scores < high)
        total += inside.sum() * (scores[inside].mean() - right[inside].float().mean()).abs()
    return total / len(scores)


def divided_by_bands(scores, right, edges):
    total = 0
    for s, r in _bands(scores, right, edges):
        total += len(s) * (s.mean() - r.mean()).abs().item()
    return total / (len(edges) - 1)


def answer_by_answer(scores, right, edges):
    return (scores - right.float()).abs().mean().item()


def bands_not_used(scores, right, edges):
    return (scores.mean() - right.float().mean()).abs().item()


def last_band_forgotten(scores, right, edges):
    total = 0
    for i in range(len(edges) - 2):
        inside = (scores >= edges[i]) & (scores < edges[i + 1])
        if inside.any():
            total += inside.sum().item() * (scores[inside].mean() - right[inside].float().mean()).abs().item()
    return total / len(scores)
