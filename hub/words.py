"""What the hub says to students, on pages that are JupyterHub's own and in English otherwise."""

_WORDS = {
    "first_time": {
        "es": "¿Primera vez? Elige un nombre de usuario y una contraseña: será la tuya desde ahora.",
        "en": "First time? Choose a username and a password: it is yours from then on.",
    },
    "change_password": {
        "es": "Cambiar la contraseña",
        "en": "Change the password",
    },
    "name": {
        "es": "El nombre de usuario lleva letras sin acento, cifras, - y _, y como mucho 24.",
        "en": "A username has letters without accents, digits, - and _, and no more than 24.",
    },
    "not_on_the_list": {
        "es": "Ese nombre de usuario no está en la lista de la clase.",
        "en": "That username is not on the list of the class.",
    },
    "password": {
        "es": "La contraseña lleva al menos {shortest} letras y ocupa como mucho {longest} bytes.",
        "en": "A password has at least {shortest} letters and takes no more than {longest} bytes.",
    },
}


def words(key: str, lang: str) -> str:
    """The sentence `key` in `lang`; in all languages, one after the other, where none was chosen for the class."""
    return _WORDS[key][lang] if lang else " · ".join(_WORDS[key].values())
