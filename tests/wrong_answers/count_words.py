def all_tokens(tokens):
    return len(tokens)


def marks_left_out(tokens):
    return len([t for t in tokens if not t.startswith("##") and t.isalnum()])


def only_the_pieces(tokens):
    return sum(t.startswith("##") for t in tokens)


def repeated_words_once(tokens):
    return len({t for t in tokens if not t.startswith("##")})


def one_hash_is_enough(tokens):
    count = 0
    for token in tokens:
        if token[0] != "#":
            count += 1
    return count


def list_of_words(tokens):
    words = []
    for token in tokens:
        if token.startswith("##"):
            words[-1] += token[2:]
        else:
            words.append(token)
    return words


def specials_subtracted(tokens):
    return sum(not t.startswith("##") for t in tokens) - 2


def split_words_dropped(tokens):
    count = 0
    for i, token in enumerate(tokens):
        following = tokens[i + 1] if i + 1 < len(tokens) else ""
        if not token.startswith("##") and not following.startswith("##"):
            count += 1
    return count


def one_for_each_split(tokens):
    # each run of pieces takes away only one
    removed = 0
    for i, token in enumerate(tokens):
        if token.startswith("##") and not tokens[i - 1].startswith("##"):
            removed += 1
    return len(tokens) - removed


def stops_at_first_piece(tokens):
    count = 0
    for token in tokens:
        if token.startswith("##"):
            break
        count += 1
    return count
