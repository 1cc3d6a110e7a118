def first_with_that_sign(reads):
    positive = reads[-1] > 0
    for i, r in enumerate(reads):
        if (r > 0) == positive:
            return i


def last_other_sign(reads):
    positive = reads[-1] > 0
    place = 0
    for i, r in enumerate(reads):
        if (r > 0) != positive:
            place = i
    return place


def how_many_at_the_end(reads):
    n = 0
    for r in reversed(reads):
        if (r > 0) != (reads[-1] > 0):
            break
        n += 1
    return n


def always_positive_wins(reads):
    place = 0
    for i, r in enumerate(reads):
        if r < 0:
            place = i + 1
    return place


def number_of_changes(reads):
    return sum((a > 0) != (b > 0) for a, b in zip(reads, reads[1:]))


def first_change(reads):
    for i in range(1, len(reads)):
        if (reads[i] > 0) != (reads[i - 1] > 0):
            return i
    return 0


def counted_from_one(reads):
    place = 1
    for i, r in enumerate(reads):
        if (r > 0) != (reads[-1] > 0):
            place = i + 2
    return place


def never_changed_is_last(reads):
    for i in range(len(reads) - 1, 0, -1):
        if reads[i] * reads[i - 1] < 0:
            return i
    return len(reads) - 1


def all_with_that_sign(reads):
    same = [r for r in reads if r * reads[-1] > 0]
    return len(reads) - len(same)


def two_in_a_row_suffice(reads):
    positive = reads[-1] > 0
    for i in range(len(reads) - 1):
        if (reads[i] > 0) == positive and (reads[i + 1] > 0) == positive:
            return i
    return len(reads) - 1
