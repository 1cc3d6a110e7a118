def each_by_itself(start_logits, end_logits):
    return start_logits.index(max(start_logits)), end_logits.index(max(end_logits))


def end_must_be_later(start_logits, end_logits):
    best, answer = float("-inf"), (0, 0)
    for s in range(len(start_logits)):
        for e in range(s + 1, len(end_logits)):
            if start_logits[s] + end_logits[e] > best:
                best, answer = start_logits[s] + end_logits[e], (s, e)
    return answer


def start_first_then_end(start_logits, end_logits):
    start = start_logits.index(max(start_logits))
    end = max(range(start, len(end_logits)), key=lambda e: end_logits[e])
    return start, end


def end_first_then_start(start_logits, end_logits):
    end = end_logits.index(max(end_logits))
    start = max(range(end + 1), key=lambda s: start_logits[s])
    return start, end


def swapped_if_backwards(start_logits, end_logits):
    s = start_logits.index(max(start_logits))
    e = end_logits.index(max(end_logits))
    return (min(s, e), max(s, e))


def best_sum_starts_at_zero(start_logits, end_logits):
    best, answer = 0, (0, 0)
    for s, a in enumerate(start_logits):
        for e, b in enumerate(end_logits):
            if e >= s and a + b > best:
                best, answer = a + b, (s, e)
    return answer


def end_within_the_slice(start_logits, end_logits):
    best, answer = None, None
    for s, a in enumerate(start_logits):
        rest = end_logits[s:]
        e = rest.index(max(rest))
        if best is None or a + rest[e] > best:
            best, answer = a + rest[e], (s, e)
    return answer


def product_instead_of_sum(start_logits, end_logits):
    n = len(start_logits)
    pairs = [(s, e) for s in range(n) for e in range(s, n)]
    return max(pairs, key=lambda p: start_logits[p[0]] * end_logits[p[1]])


def last_token_not_tried(start_logits, end_logits):
    n = len(start_logits) - 1
    pairs = [(s, e) for s in range(n) for e in range(s, n)]
    return max(pairs, key=lambda p: start_logits[p[0]] + end_logits[p[1]], default=(0, 0))


def end_not_included(start_logits, end_logits):
    n = len(start_logits)
    pairs = [(s, e) for s in range(n) for e in range(s, n)]
    s, e = max(pairs, key=lambda p: start_logits[p[0]] + end_logits[p[1]])
    return s, e + 1
