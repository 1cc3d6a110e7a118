import unicodedata


def removed_while_looping(text):
    letters = list(unicodedata.normalize("NFD", text.lower()))
    for letter in letters:
        if unicodedata.category(letter) == "Mn":
            letters.remove(letter)
    return "".join(letters)


def popped_while_looping(text):
    letters = list(unicodedata.normalize("NFD", text.lower()))
    for place, letter in enumerate(letters):
        if unicodedata.category(letter) == "Mn":
            letters.pop(place)
    return "".join(letters)


def every_mark(text):
    text = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in text if not unicodedata.category(letter).startswith("M"))


def every_mark_but_a_list(text):
    text = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Mn", "Mc", "Me"))


def by_combining(text):
    text = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def replaced_and_not_kept(text):
    text = unicodedata.normalize("NFD", text.lower())
    for letter in text:
        if unicodedata.category(letter) == "Mn":
            text.replace(letter, "")
    return text


def lower_not_kept(text):
    text.lower()
    text = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in text if unicodedata.category(letter) != "Mn")


def apart_not_kept(text):
    text = text.lower()
    unicodedata.normalize("NFD", text)
    return "".join(letter for letter in text if unicodedata.category(letter) != "Mn")


def nothing_kept(text):
    text.lower()
    unicodedata.normalize("NFD", text)
    for letter in text:
        if unicodedata.category(letter) == "Mn":
            text.replace(letter, "")
    return text


def kind_of_two_characters(text):
    result = ""
    for letter in text.lower():
        letter = unicodedata.normalize("NFD", letter)
        if unicodedata.category(letter) != "Mn":
            result += letter
    return result


def kind_of_the_text(text):
    text = unicodedata.normalize("NFD", text.lower())
    if unicodedata.category(text) == "Mn":
        text = text.replace(text, "")
    return text


def no_opening_marks(text):
    text = unicodedata.normalize("NFD", text.lower())
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
    return text.replace("¡", "").replace("¿", "")


def no_opening_exclamation_mark(text):
    text = unicodedata.normalize("NFD", text.lower()).replace("¡", "")
    return "".join(letter for letter in text if unicodedata.category(letter) != "Mn")


def a_list_as_a_text(text):
    text = unicodedata.normalize("NFD", text.lower())
    return str([letter for letter in text if unicodedata.category(letter) != "Mn"])


def a_list(text):
    text = unicodedata.normalize("NFD", text.lower())
    return [letter for letter in text if unicodedata.category(letter) != "Mn"]


def ascii_alone(text):
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("utf-8").lower()


def vowels_and_enye(text):
    text = text.lower()
    for accented, bare in zip("áéíóúñ", "aeioun"):
        text = text.replace(accented, bare)
    return text


def accented_letters_lost(text):
    return "".join(letter for letter in text.lower() if unicodedata.normalize("NFD", letter) == letter)


def first_of_each(text):
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text.lower())


def capitals_left(text):
    text = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in text if unicodedata.category(letter) != "Mn")


def kept_the_accents(text):
    text = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in text if unicodedata.category(letter) == "Mn")


def composed(text):
    text = unicodedata.normalize("NFC", text.lower())
    return "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
