def _columns(table):
    return [list(c) for c in zip(*table)]


def _last(table):
    counts = [0] * len(table[0])
    for row in table:
        counts[row.index(min(row))] += 1
    return counts


def templates_instead_of_words(table):
    counts = [0] * len(table[0])
    for row in table:
        counts[row.index(min(row))] += 1
    return [min(r) for r in table], [sum(r) / len(r) for r in table], [max(r) for r in table], counts


def first_places_counted(table):
    c = _columns(table)
    counts = [0] * len(c)
    for row in table:
        counts[row.index(max(row))] += 1
    return [min(x) for x in c], [sum(x) / len(x) for x in c], [max(x) for x in c], counts


def highest_first(table):
    c = _columns(table)
    return [max(x) for x in c], [sum(x) / len(x) for x in c], [min(x) for x in c], _last(table)


def middle_value_not_mean(table):
    c = _columns(table)
    return [min(x) for x in c], [sorted(x)[len(x) // 2] for x in c], [max(x) for x in c], _last(table)


def halfway_between_extremes(table):
    c = _columns(table)
    return [min(x) for x in c], [(min(x) + max(x)) / 2 for x in c], [max(x) for x in c], _last(table)


def divided_by_the_words(table):
    c = _columns(table)
    return [min(x) for x in c], [sum(x) / len(c) for x in c], [max(x) for x in c], _last(table)


def which_template_is_lowest(table):
    c = _columns(table)
    return [min(x) for x in c], [sum(x) / len(x) for x in c], [max(x) for x in c], [x.index(min(x)) for x in c]


def last_place_is_last_column(table):
    c = _columns(table)
    counts = [sum(row[w] == min(row) and w == len(row) - 1 for row in table) for w in range(len(c))]
    return [min(x) for x in c], [sum(x) / len(x) for x in c], [max(x) for x in c], counts


def below_the_mean_of_the_row(table):
    c = _columns(table)
    counts = [sum(row[w] < sum(row) / len(row) for row in table) for w in range(len(c))]
    return [min(x) for x in c], [sum(x) / len(x) for x in c], [max(x) for x in c], counts


def four_numbers_for_each_word(table):
    last = _last(table)
    return [(min(x), sum(x) / len(x), max(x), last[w]) for w, x in enumerate(_columns(table))]
