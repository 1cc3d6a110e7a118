import torch


def the_other_way_round(scores, right):
    return right.float().mean() - scores.mean()


def absolute_difference(scores, right):
    return (scores.mean() - right.float().mean()).abs()


def score_of_right_answers(scores, right):
    return scores[right].mean() - right.float().mean()


def above_half_counts(scores, right):
    return (scores > 0.5).float().mean() - right.float().mean()


def summed(scores, right):
    return (scores - right.float()).sum()


def share_of_wrong(scores, right):
    return scores.mean() - (~right).float().mean()


def wrong_minus_right_scores(scores, right):
    return scores[~right].mean() - scores[right].mean()


def one_for_each(scores, right):
    return scores - right.float()


def mean_absolute(scores, right):
    return (scores - right.float()).abs().mean()


def median_score(scores, right):
    return scores.median() - right.float().mean()
