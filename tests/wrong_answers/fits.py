def count_characters(texts):
    return [len(text) <= 512 for text in texts]


def count_split_words(texts):
    return [len(text.split()) <= 512 for text in texts]


def specials_not_counted(texts):
    return [len(tokenizer.tokenize(text)) <= 512 for text in texts]


def strictly_less(texts):
    result = []
    for text in texts:
        result.append(len(tokenizer(text)["input_ids"]) < 512)
    return result


def padded_lengths(texts):
    ids = tokenizer(texts, padding=True)["input_ids"]
    return [len(row) <= 512 for row in ids]


def truncated_before_counting(texts):
    ids = tokenizer(texts, truncation=True)["input_ids"]
    return [len(row) <= 512 for row in ids]


def one_answer_for_all(texts):
    return all(len(tokenizer(text)["input_ids"]) <= 512 for text in texts)


def specials_added_twice(texts):
    answers = []
    for text in texts:
        n = len(tokenizer(text)["input_ids"]) + 2
        answers.append(n <= 512)
    return answers


def too_long_instead(texts):
    return [len(ids) > 512 for ids in tokenizer(texts)["input_ids"]]


def only_cls_added(texts):
    return [len(tokenizer.tokenize(text)) + 1 <= 512 for text in texts]
