import string


def length_not_compared(pairs):
    return [sum(a != b for a, b in zip(x.split(), y.split())) == 1 for x, y in pairs]


def set_of_words(pairs):
    result = []
    for x, y in pairs:
        x, y = x.split(), y.split()
        result.append(len(x) == len(y) and len(set(x) - set(y)) == 1)
    return result


def lower_case(pairs):
    result = []
    for x, y in pairs:
        x, y = x.lower().split(), y.lower().split()
        result.append(len(x) == len(y) and sum(a != b for a, b in zip(x, y)) == 1)
    return result


def punctuation_stripped(pairs):
    result = []
    for x, y in pairs:
        x = [w.strip(string.punctuation) for w in x.split()]
        y = [w.strip(string.punctuation) for w in y.split()]
        result.append(len(x) == len(y) and sum(a != b for a, b in zip(x, y)) == 1)
    return result


def letters_compared(pairs):
    return [len(x) == len(y) and sum(a != b for a, b in zip(x, y)) == 1 for x, y in pairs]


def equal_sentences_pass(pairs):
    result = []
    for x, y in pairs:
        x, y = x.split(), y.split()
        result.append(len(x) == len(y) and sum(a != b for a, b in zip(x, y)) <= 1)
    return result


def same_length_only(pairs):
    return [len(x.split()) == len(y.split()) and x != y for x, y in pairs]


def places_ignored(pairs):
    result = []
    for x, y in pairs:
        x, y = x.split(), y.split()
        rest = list(y)
        for word in x:
            if word in rest:
                rest.remove(word)
        result.append(len(x) == len(y) and len(rest) == 1)
    return result


def all_pairs_at_once(pairs):
    for x, y in pairs:
        x, y = x.split(), y.split()
        if len(x) != len(y) or sum(a != b for a, b in zip(x, y)) != 1:
            return False
    return True


def last_word_not_seen(pairs):
    result = []
    for x, y in pairs:
        x, y = x.split(), y.split()
        different = 0
        for i in range(len(x) - 1):
            if len(x) == len(y) and x[i] != y[i]:
                different += 1
        result.append(different == 1)
    return result
