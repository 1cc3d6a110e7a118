from collections import Counter


def sets_compared(pairs):
    return [set(tokenizer.tokenize(a)) == set(tokenizer.tokenize(b)) for a, b in pairs]


def words_of_split(pairs):
    return [sorted(a.split()) == sorted(b.split()) for a, b in pairs]


def order_counts(pairs):
    return [tokenizer.tokenize(a) == tokenizer.tokenize(b) for a, b in pairs]


def only_how_many(pairs):
    return [len(tokenizer.tokenize(a)) == len(tokenizer.tokenize(b)) for a, b in pairs]


def letters_compared(pairs):
    return [sorted(a.lower()) == sorted(b.lower()) for a, b in pairs]


def sets_and_lengths(pairs):
    result = []
    for a, b in pairs:
        a, b = tokenizer.tokenize(a), tokenizer.tokenize(b)
        result.append(len(a) == len(b) and set(a) == set(b))
    return result


def first_within_the_second(pairs):
    result = []
    for a, b in pairs:
        rest = tokenizer.tokenize(b)
        found = True
        for token in tokenizer.tokenize(a):
            if token in rest:
                rest.remove(token)
            else:
                found = False
        result.append(found)
    return result


def sum_of_the_ids(pairs):
    return [sum(tokenizer(a)["input_ids"]) == sum(tokenizer(b)["input_ids"]) for a, b in pairs]


def one_answer_for_all(pairs):
    return all(Counter(tokenizer.tokenize(a)) == Counter(tokenizer.tokenize(b)) for a, b in pairs)


def pairs_that_pass(pairs):
    return [(a, b) for a, b in pairs if Counter(tokenizer.tokenize(a)) == Counter(tokenizer.tokenize(b))]
