"""The first stage by hand: lower case, and no accents."""

import unicodedata

from pipeline_helpers.practice.answers import TEXT
from pipeline_helpers.practice.exercise import Arguments, Change, Exercise, Given


def normalize(text):
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def _accented_thrown_away(text):
    return "".join(letter for letter in text.lower() if letter not in "áéíóúüñ")


def _accented_vowels_thrown_away(text):
    return "".join(letter for letter in text.lower() if letter not in "áéíóú")


def _all_accented_thrown_away(text):
    return "".join(letter for letter in text.lower() if not unicodedata.decomposition(letter))


def _space_for_an_accent(text):
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(" " if unicodedata.category(letter) == "Mn" else letter for letter in letters)


def _acute_and_tilde_alone(text):
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if letter not in "\u0301\u0303\u0308")


def _acute_alone(text):
    return unicodedata.normalize("NFD", text.lower()).replace("\u0301", "")


def _lower_alone(text):
    return text.lower()


def _only_the_vowels(text):
    return text.lower().translate(str.maketrans("áéíóú", "aeiou"))


def _only_spanish(text):
    return text.lower().translate(str.maketrans("áéíóúüñ", "aeiouun"))


def _vowels_and_tilde(text):
    return text.lower().translate(str.maketrans("áéíóúñ", "aeioun"))


def _vowels_and_dots(text):
    return text.lower().translate(str.maketrans("áéíóúü", "aeiouu"))


def _table_before_lower_case(text):
    return text.translate(str.maketrans("áéíóúüñ", "aeiouun")).lower()


def _tilde_kept(text):
    return "".join(
        letter if letter == "ñ" else normalize(letter) for letter in unicodedata.normalize("NFC", text.lower())
    )


def _ascii_alone(text):
    return unicodedata.normalize("NFD", text.lower()).encode("ascii", "ignore").decode()


def _ascii_of_compatible(text):
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()


def _letters_thrown_away(text):
    return text.lower().encode("ascii", "ignore").decode()


def _question_marks(text):
    return text.lower().encode("ascii", "replace").decode()


def _english_alphabet(text):
    return "".join(letter for letter in normalize(text) if letter in "abcdefghijklmnopqrstuvwxyz ")


def _enye_alone(text):
    return text.lower().replace("ñ", "n")


def _two_letters(text):
    return text.lower().replace("á", "a").replace("é", "e")


def _letters_alone(text):
    return "".join(letter for letter in unicodedata.normalize("NFD", text.lower()) if letter.isalpha())


def _letters_and_spaces(text):
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if letter.isalpha() or letter == " ")


def _letters_digits_and_spaces(text):
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if letter.isalnum() or letter == " ")


def _no_punctuation(text):
    return "".join(letter for letter in normalize(text) if not unicodedata.category(letter).startswith("P"))


def _categories(text):
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if unicodedata.category(letter) in ("Ll", "Zs", "Po"))


def _spaces_joined(text):
    return " ".join(normalize(text).split())


def _stripped(text):
    return normalize(text).strip()


def _no_spaces(text):
    return normalize(text).replace(" ", "")


def _first_alone(text):
    letters = unicodedata.normalize("NFD", text[:1].lower() + text[1:])
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def _removed_while_looping(text):
    letters = list(unicodedata.normalize("NFD", text.lower()))
    for letter in letters:
        if unicodedata.category(letter) == "Mn":
            letters.remove(letter)
    return "".join(letters)


def _combining(text):
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _as_it_came(text):
    return text


def _category_of_two(text):
    letters = [unicodedata.normalize("NFD", letter) for letter in text.lower()]
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def _category_of_the_text(text):
    return "" if unicodedata.category(text) == "Mn" else text


def _no_opening_marks(text):
    return normalize(text).replace("¡", "").replace("¿", "")


def _no_opening_exclamation_mark(text):
    return normalize(text).replace("¡", "")


def _no_opening_question_mark(text):
    return normalize(text).replace("¿", "")


def _list_as_a_text(text):
    return str(list(normalize(text)))


def _marked(text):
    return any(unicodedata.category(letter) == "Mn" for letter in unicodedata.normalize("NFD", text))


def _ascii(text):
    return "".join(letter for letter in text if letter.isascii() and letter != " ")


def _subsequence(short, long):
    letters = iter(long)
    return all(letter in letters for letter in short)


def _texts(_: Given) -> list[Arguments]:
    return [
        ("¡Qué película tan MALA! 😀",),
        ("MALA",),
        ("película",),
        ("¿Y dónde está la Αθήνα de «ß»?",),
        ("El español",),
        ("ÁÉÍÓÚ ÜÑ",),
        ("cigüeña",),
        ("Cafe\N{COMBINING ACUTE ACCENT} sen\N{COMBINING TILDE}or",),  # letter and accent already apart
        ("no accents: it's 100 % fine, isn't it?",),
        ("ÇA VA, À LA FORÊT? ÎLE, NAÏVE, GARÇON",),
        ("Ångström, São Paulo, Dvořák, Łódź",),
        ("Me gustó 😀 €20 «sí»",),
        ("STRASSE, straße",),
        ("ﬁn, x², ½, nº 1ª",),
        ("Это ЁЖ, Йод",),
        ("Αθήνα ΕΛΛΆΔΑ",),
        ("Tiếng Việt",),  # two accents in a row
        ("हिंदी, 1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",),  # categories Mn, Mc and Me
        ("  dos  espacios ",),
        ("",),
    ]


NORMALIZE = Exercise(
    solution=normalize,
    cases=_texts,
    reads=TEXT,
    needs_model=False,
    minutes=10,
    difficulty=2,
    mistakes={
        "accents_apart": Change(' if unicodedata.category(letter) != "Mn"', ""),
        "accents": [
            Change('"NFD"', '"NFC"'), Change('unicodedata.normalize("NFD", text.lower())', "text.lower()"),
            _lower_alone,
        ],
        "as_it_came": _as_it_came,
        "capitals": [Change("text.lower()", "text"), Change("text.lower()", "text.capitalize()"), _first_alone],
        "upper": [Change("text.lower()", "text.upper()"), Change("text.lower()", "text.swapcase()")],
        "listed": [
            _only_the_vowels, _only_spanish, _vowels_and_tilde, _vowels_and_dots, _table_before_lower_case, _enye_alone,
            _two_letters, _acute_alone, _acute_and_tilde_alone,
        ],
        "enye": _tilde_kept,
        "letters_lost": [
            _letters_thrown_away, _question_marks, _accented_thrown_away, _accented_vowels_thrown_away,
            _all_accented_thrown_away,
        ],
        "ascii": [_ascii_alone, _ascii_of_compatible],
        "letters_alone": [_letters_alone, _letters_and_spaces, _letters_digits_and_spaces, _english_alphabet],
        "punctuation": [_no_punctuation, _categories],
        "spaces": [_spaces_joined, _stripped, _no_spaces],
        "apart": Change('"".join', '" ".join'),
        "space_for_an_accent": _space_for_an_accent,
        "compatible": [Change('"NFD"', '"NFKD"'), Change('"NFD"', '"NFKC"')],
        "casefold": Change("text.lower()", "text.casefold()"),
        "turned_round": Change("!=", "=="),
        "removed_while_looping": _removed_while_looping,
        "all_marks": [
            Change('unicodedata.category(letter) != "Mn"', 'unicodedata.category(letter)[0] != "M"'),
            Change('!= "Mn"', 'not in ("Mn", "Mc")'), Change('!= "Mn"', 'not in ("Mn", "Me")'),
        ],
        "combining": _combining,
        "two_characters": [_category_of_two, _category_of_the_text],
        "opening_marks": [_no_opening_marks, _no_opening_exclamation_mark, _no_opening_question_mark],
        "list_as_a_text": _list_as_a_text,
    },
    symptoms={
        "spaces": lambda _, came, expected: came.split() == expected.split(),
        "one_letter": lambda _, came, __: len(came) <= 1,
        "reversed": lambda _, came, expected: came == expected[::-1],
        "capitals": lambda _, came, expected: came != came.lower() or came.split() == expected.split(),
        "accents_left": lambda _, came, expected: _marked(came) or came.split() == expected.split(),
        "ascii": lambda _, came, expected: came.isascii() and _subsequence(_ascii(expected), came),
        "lost": lambda _, came, expected: len(came) < len(expected) and _subsequence(came, expected),
        "lost_or_left": lambda _, came, expected: _marked(came) or len(came) < len(expected),
        "added": lambda _, came, expected: _subsequence(expected, came),
        "not_all": lambda _, came, __: came != came.lower() or _marked(came),
        "others": lambda _, came, expected: len(came) == len(expected),
    },
)  # fmt: skip
