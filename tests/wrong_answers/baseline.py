import torch


def word_by_word(one, other):
    n = min(len(one), len(other))
    return torch.cosine_similarity(one[:n], other[:n], dim=-1).mean()


def cosine_of_the_means(one, other):
    return torch.cosine_similarity(one.mean(dim=0), other.mean(dim=0), dim=0)


def best_partner_only(one, other):
    cosines = torch.cosine_similarity(one[:, None], other[None], dim=-1)
    return cosines.max(dim=1).values.mean()


def products_not_cosines(one, other):
    return (one @ other.T).mean()


def sum_not_mean(one, other):
    return torch.cosine_similarity(one[:, None], other[None], dim=-1).sum()


def ends_left_out_again(one, other):
    cosines = torch.cosine_similarity(one[1:-1, None], other[None, 1:-1], dim=-1)
    return cosines.mean() if cosines.numel() else torch.tensor(0.0)


def all_words_together(one, other):
    words = torch.cat([one, other])
    return torch.cosine_similarity(words[:, None], words[None], dim=-1).mean()


def absolute_cosines(one, other):
    return torch.cosine_similarity(one[:, None], other[None], dim=-1).abs().mean()


def divided_by_s_only(one, other):
    total = 0
    for a in one:
        for b in other:
            total = total + torch.cosine_similarity(a, b, dim=0)
    return total / len(one)


def columns_normalized(one, other):
    a = one / one.norm(dim=0, keepdim=True).clamp(min=1e-8)
    b = other / other.norm(dim=0, keepdim=True).clamp(min=1e-8)
    return (a @ b.T).mean()
