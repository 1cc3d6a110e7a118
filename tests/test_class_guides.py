"""hub/README.md and what it names: the same in both languages, and every command, path and number is there."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from hub.settings import Settings

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "hub" / "README.md").read_text(encoding="utf-8")
SPANISH, ENGLISH = re.split(r"^## (?:Español|English)$", GUIDE, flags=re.MULTILINE)[1:]
VALUES = (ROOT / "hub" / "values.yaml").read_text(encoding="utf-8")
TRANSLATED = (
    ("DIRECCIÓN_DE_ESTE_REPOSITORIO", "ADDRESS_OF_THIS_REPOSITORY"), ("USUARIO/REPOSITORIO", "USER/REPOSITORY"),
    ("NOMBRE", "NAME"), ("lang=es", "lang=en"), ('"es"', '"en"'), ("otra-clase", "another-class"),
    ("clase", "class"), ("curso.", "course."), ("lo que ha dicho, con la dirección y la contraseña",
                                                "what it has said, with the address and the password"),
)  # fmt: skip
"""What a command says in Spanish and in English, where that differs."""


def structure(text):
    """What both languages have to share: blocks, links to elsewhere, code."""
    for spanish, english in TRANSLATED:
        text = text.replace(spanish, english)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or []]
    links = [child.attrGet("href") for child in inline if child.type == "link_open"]
    return {
        "blocks": [(token.type, token.tag) for token in tokens if token.type != "inline"],
        "bold": sum(child.type == "strong_open" for child in inline),
        "links": [link for link in links if not link.startswith("#")],
        "code": sorted(child.content for child in inline if child.type == "code_inline"),
        "fences": [token.content for token in tokens if token.type == "fence"],
    }


def test_both_languages_say_the_same():
    spanish, english = structure(SPANISH), structure(ENGLISH)
    for part, found in spanish.items():
        assert found == english[part], part


def code(text):
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child.content for token in tokens for child in token.children or [] if child.type == "code_inline"]
    return [token.content for token in tokens if token.type == "fence"] + inline


@pytest.mark.parametrize("text", [SPANISH, ENGLISH], ids=["es", "en"])
def test_links_inside_lead_to_headings(text):
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    places = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) == places


@pytest.mark.parametrize("text", [SPANISH, ENGLISH], ids=["es", "en"])
def test_every_option_of_make_hub_is_there_with_its_default(text):
    recipe = re.search(r"python -m hub .*foreach it,([\w ]+),", (ROOT / "Makefile").read_text(encoding="utf-8"))
    table = dict(re.findall(r"^\| `(\w+)=.*\| (.+) \|$", text, re.MULTILINE))
    table["key"] = table["certificate"]
    assert set(table) == set(recipe[1].split())
    defaults = Settings("")
    assert (table["memory"], table["idle"], table["port"]) == (
        f"{defaults.memory // 1024**3} GB", f"{defaults.idle:.0f}", str(defaults.port)
    )  # fmt: skip
    assert f"Path({table['class'].strip('`')!r})".replace("'", '"') in (ROOT / "hub" / "__main__.py").read_text()
    used = re.findall(
        r"(?<= )(\w+)=", " ".join(line for line in " ".join(code(text)).split("\n") if "make hub" in line)
    )
    assert set(used) <= set(table)


def test_what_is_named_is_there():
    named = set(re.findall(r"/srv/course/([\w./]+)", GUIDE + VALUES))
    named |= {name for name in code(GUIDE) if re.fullmatch(r"(hub|benchmarks)/[\w.]+", name)}
    named |= {"environment.yml", "postBuild"} & set(code(GUIDE))
    assert {"hub/copy_lessons.py", "notebooks", "constraints.txt", "hub/values.yaml", "benchmarks/class.py"} <= named
    assert [name for name in named if not (ROOT / name).exists()] == []
    modules = set(re.findall(r"python3? -m (pipeline_helpers\.\w+)", GUIDE + (ROOT / "postBuild").read_text()))
    assert modules == {"pipeline_helpers.shared_weights"}
    assert (ROOT / "pipeline_helpers" / "shared_weights.py").exists()
    notebooks = set(re.findall(r"notebooks(?:/|%2F)([\w]+\.ipynb)", GUIDE + VALUES))
    assert notebooks == {min(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make (hub[\w-]*)", "\n".join(code(GUIDE)))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_torch_is_the_version_that_the_course_asks_for():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert set(re.findall(r"torch==[\d.]+", GUIDE)) == {item for item in wanted if item.startswith("torch")}


def test_the_values_for_kubernetes_are_what_the_guide_says():
    values = yaml.safe_load(VALUES)
    student = values["singleuser"]
    assert student["memory"] == {"guarantee": "600M", "limit": "2G"}
    assert "600 MB" in SPANISH
    assert student["storage"]["capacity"] == "1Gi"
    assert values["cull"]["timeout"] == 3600
    assert f"{student['image']['name']}:{student['image']['tag']}" in GUIDE
    assert values["hub"]["config"]["FirstUseAuthenticator"]["create_users"] is False
    assert student["extraEnv"] == {"PIPELINE_HELPERS_LANG": "es", "OMP_NUM_THREADS": "1"}


def test_the_lessons_come_to_a_student_by_the_command_of_the_values(tmp_path):
    *shell, line = yaml.safe_load(VALUES)["singleuser"]["lifecycleHooks"]["postStart"]["exec"]["command"]
    environment = {"HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run([*shell, line.replace("/srv/course", str(ROOT))], env=environment, check=True)
    lessons = {path.name: path.read_bytes() for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "notebooks").glob("*.ipynb")} == lessons
    full = {**environment, "HOME": str(tmp_path / "nowhere" / "at all")}
    assert subprocess.run([*shell, line.replace("/srv/course", str(ROOT))], env=full, stderr=-3).returncode == 0


def test_post_build_can_be_run():
    assert os.access(ROOT / "postBuild", os.X_OK)
    subprocess.run(["sh", "-n", ROOT / "postBuild"], check=True)
