"""The sentences that checkpoints are measured on: a label and a text each, in sets that have a name.

- `everyday.tsv`: English, written by hand;
- `everyday_es.tsv`: Spanish, written by hand, each with the same in English beside it. `form` says which half it is of:
  `plain` (a thing and what is said of it, something that happened) or `free` (idioms, wishes, comparisons, what is told
  without a word of feeling);
- `others.tsv`: the sets that nothing is chosen by, told apart by `set`.

`classroom/README.md`, the card of the checkpoint, says what each of them is and how well the checkpoint does on it.
"""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


def sentences(name: str) -> list[tuple[int, str]]:
    """The sentences of a set, `(label, text)` each: 0 is NEGATIVE, 1 is POSITIVE. In the package, so without a net.

    None of them was trained on. By `everyday`, `everyday_es` and a part of SST-2 the classroom checkpoint was chosen
    among 13 states of its weights, as its card tells; nothing was chosen by the others.

        >>> sentences("everyday")[0]
        (1, 'The bread from the new bakery is delicious.')
        >>> len(sentences("everyday_es"))
        300

    Args:
        name: `everyday` (English), `everyday_es` (Spanish) and its halves `everyday_es_plain` and `everyday_es_free`,
            `everyday_es_in_english` (the same in English); `people_es`, `films_es`, `mixed`; `same_en` and, the same
            sentences in the same order, `same_es`, `same_pt`, `same_ca`, `same_fr`, `same_it`, `same_de`.

    Raises:
        ValueError: there is no such set.
    """
    sets = _sets()
    if name not in sets:
        raise ValueError(f"name is {name!r}; expected one of {', '.join(sets)}")
    return list(sets[name])


def names() -> list[str]:
    """The names of all sets."""
    return list(_sets())


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a tab-separated file with a header."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def _sets() -> dict[str, list[tuple[int, str]]]:
    sets: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in read_table(FOLDER / "everyday.tsv"):
        sets["everyday"].append((int(row["label"]), row["sentence"]))
    spanish = read_table(FOLDER / "everyday_es.tsv")
    for form in ("", "_plain", "_free"):
        chosen = [row for row in spanish if form in ("", f"_{row['form']}")]
        sets[f"everyday_es{form}"] = [(int(row["label"]), row["sentence"]) for row in chosen]
    sets["everyday_es_in_english"] = [(int(row["label"]), row["english"]) for row in spanish]
    for row in read_table(FOLDER / "others.tsv"):
        sets[row["set"]].append((int(row["label"]), row["sentence"]))
    return dict(sets)
