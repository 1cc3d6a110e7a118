def longest_of_all(lengths, batch_size):
    result = []
    for i in range(0, len(lengths), batch_size):
        result.append((len(lengths[i : i + batch_size]), max(lengths)))
    return result


def sorted_first(lengths, batch_size):
    lengths = sorted(lengths, reverse=True)
    parts = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return [(len(p), max(p)) for p in parts]


def last_batch_as_full(lengths, batch_size):
    return [(batch_size, max(lengths[i : i + batch_size])) for i in range(0, len(lengths), batch_size)]


def incomplete_batch_lost(lengths, batch_size):
    result = []
    for b in range(len(lengths) // batch_size):
        part = lengths[b * batch_size : (b + 1) * batch_size]
        result.append((len(part), max(part)))
    return result


def pair_swapped(lengths, batch_size):
    parts = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return [(max(p), len(p)) for p in parts]


def sum_of_lengths(lengths, batch_size):
    parts = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return [(len(p), sum(p)) for p in parts]


def first_of_the_batch(lengths, batch_size):
    parts = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return [(len(p), p[0]) for p in parts]


def specials_added(lengths, batch_size):
    parts = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return [(len(p), max(p) + 2) for p in parts]


def number_of_batches(lengths, batch_size):
    size = -(-len(lengths) // batch_size)
    parts = [lengths[i : i + size] for i in range(0, len(lengths), size)]
    return [(len(p), max(p)) for p in parts]


def remainder_not_appended(lengths, batch_size):
    result, current = [], []
    for n in lengths:
        if len(current) == batch_size:
            result.append((len(current), max(current)))
            current = []
        current.append(n)
    return result
