"""A class in a hub that runs: `make hub-test`, as root. Real Unix users, terminals, kernels, limits and kills."""

import asyncio
import dbm
import json
import os
import pwd
import stat
import subprocess
from pathlib import Path

import pytest

from hub.users import unix_user
from tests import class_hub, hub_client
from tests.hub_client import CellError, HubError, KernelGone, Student
from tests.loops import finish as run
from tools.run_lessons import KERNEL

pytestmark = pytest.mark.hub
hub_client.PATIENCE = 180.0  # what hangs is named before CI itself gives up
PASSWORD = "a long password"
LIMIT = 500 * 1024**2


@pytest.fixture(scope="session")
def course():
    """A course that all may read, with the hub's environment."""
    if os.geteuid() != 0:
        pytest.fail("These tests make Unix users, which needs root: sudo make hub-test")
    from hub import proxy

    proxy.install()
    with class_hub.shared_environment() as course:
        yield course


@pytest.fixture(scope="module")
def hub(course):
    """A hub for whoever comes, in Spanish, with a small memory limit."""
    hub = class_hub.Hub(course, lang="es", memory=f"{LIMIT // 1024**2}M")
    try:
        hub.start()
        yield hub
    finally:
        hub.remove()


@pytest.fixture(scope="module")
def listed_hub(course, tmp_path_factory):
    """A hub for a list of names, with a teacher, that stops a server after three idle seconds."""
    names = tmp_path_factory.mktemp("class") / "names"
    names.write_text("dora\n")
    hub = class_hub.Hub(course, lang="en", idle="0.05", names=str(names), teacher="eva")
    try:
        hub.start()
        yield hub
    finally:
        hub.remove()


async def student(hub, name, password=PASSWORD):
    return await Student.login(hub.url, name, password)


async def started(hub, name):
    came = await student(hub, name)
    if (await came.api("GET", f"/hub/api/users/{name}"))["server"]:
        await came._visit(f"{came.server}/lab")
    else:
        await came.start_server()
    return came


def printed(outputs):
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream")


def notebook(text, *code):
    cells = [{"cell_type": "markdown", "id": "text", "metadata": {}, "source": text}]
    cells += [
        {"cell_type": "code", "id": f"code{number}", "metadata": {}, "source": source, "outputs": [],
         "execution_count": None} for number, source in enumerate(code)
    ]  # fmt: skip
    return {"type": "notebook", "format": "json",
            "content": {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4,
                        "nbformat_minor": 5}}  # fmt: skip


def text_of(content):
    return "".join(content["cells"][0]["source"])


# Who comes in


@pytest.mark.parametrize(
    "name",
    ["../ana", "ana/..", "..", "/etc", "", " ", "-x", "x" * 25, "a b", "ana;id", "a\0na", "a\nna", "a%2f..", "\u0430na",
     "maría", "\u212aim", "\uff41na"],
)  # fmt: skip
def test_a_name_that_is_none_makes_nothing(hub, name):
    def made():
        users = {entry.pw_name for entry in pwd.getpwall()}
        with dbm.open(str(hub.folder / "state" / "passwords"), "c") as passwords:
            places = [hub.folder.parent.glob("ana*"), hub.folder.iterdir(), (hub.folder / "homes").rglob("*")]
            return users, [sorted(place) for place in places], set(passwords.keys())

    before = made()
    with pytest.raises(HubError, match=r"^403"):
        run(student(hub, name))
    assert made() == before


def test_the_first_password_is_the_password_however_the_name_is_typed(hub):
    async def try_them():
        with pytest.raises(HubError, match=r"403.*contraseña lleva al menos 8"):
            await student(hub, "first", "short")
        with pytest.raises(HubError, match=r"403.*contraseña lleva al menos 8"):
            await student(hub, "first", "x" * 73)
        (await student(hub, "First")).close()
        (await student(hub, "first")).close()
        for wrong in ("another password", PASSWORD.upper(), "x" * 80):
            with pytest.raises(HubError, match=r"^403"):
                await student(hub, "first", wrong)

    run(try_them())


def test_nobody_gets_an_account_of_the_machine_by_its_name(hub):
    entry = run(unix_user("games", hub.prefix, hub.folder / "homes"))

    assert entry.pw_uid not in (0, pwd.getpwnam("games").pw_uid)
    assert entry.pw_name == hub.prefix + "games"
    home = Path(entry.pw_dir).stat()
    assert (stat.S_IMODE(home.st_mode), home.st_uid) == (0o700, entry.pw_uid)


def test_a_unix_user_that_is_not_ours_is_not_taken(hub, tmp_path):
    run(unix_user("taken", hub.prefix, hub.folder / "homes"))

    with pytest.raises(RuntimeError, match="another folder"):
        run(unix_user("taken", hub.prefix, tmp_path))


def test_a_list_of_names_lets_those_in_and_a_teacher_sees_all_and_resets_a_password(listed_hub):
    (said,) = [line for line in listed_hub.said if "a first password" in line]
    password = said.split(": ")[1].strip()

    async def try_them():
        with pytest.raises(HubError, match=r"403.*not on the list"):
            await student(listed_hub, "carla")
        with pytest.raises(HubError, match=r"^403"):
            await student(listed_hub, "eva", PASSWORD)
        dora, eva = await student(listed_hub, "dora"), await student(listed_hub, "eva", password)
        with pytest.raises(HubError, match=r"^403"):
            await dora.api("GET", "/hub/api/users")
        assert {user["name"] for user in await eva.api("GET", "/hub/api/users")} == {"dora", "eva"}
        await eva.api("DELETE", "/hub/api/users/dora")
        (await student(listed_hub, "dora", "the next password")).close()
        with pytest.raises(HubError, match=r"^403"):
            await student(listed_hub, "dora", PASSWORD)
        dora.close()
        eva.close()

    run(try_them())


def test_a_server_that_nobody_uses_is_stopped(listed_hub):
    async def come():
        dora = await student(listed_hub, "dora", "the next password")
        await dora.start_server()
        dora.close()

    run(come())

    class_hub.wait_for_end(listed_hub.server("dora"))
    assert any("Culling server dora" in line for line in listed_hub.said)


# What each has, and nobody else


def test_the_hubs_own_files_are_roots_alone(hub):
    run(student(hub, "first")).close()
    state = (hub.folder / "state").stat()
    assert (stat.S_IMODE(state.st_mode), state.st_uid) == (0o700, 0)
    inside = {path.stem for path in (hub.folder / "state").iterdir()}
    assert {"hub", "cookie_secret", "passwords", "proxy"} <= inside
    assert {path.name for path in hub.folder.iterdir()} == {"homes", "state"}
    command = Path(f"/proc/{(hub.folder / 'state' / 'proxy.pid').read_text()}/cmdline").read_text().split("\0")
    assert command[command.index("--api-ip") + 1] == "127.0.0.1"


def test_a_student_has_the_lessons_a_terminal_and_a_kernel_in_the_language_of_the_class(hub):
    async def look():
        ana = await started(hub, "ana")
        for folder in ("", "practice"):
            there = {path.name for path in (hub.course / "notebooks" / folder).iterdir() if path.name[0] != "."}
            assert {entry["name"] for entry in (await ana.get(folder))["content"]} == there
        assert (await ana.terminal("whoami; pwd; which python")).split() == [
            hub.prefix + "ana", str(hub.home("ana")), str(hub.course / ".venv" / "bin" / "python")
        ]  # fmt: skip
        async with await ana.start_kernel("00_behind_the_pipeline.ipynb") as kernel:
            asked = "import os, pipeline_helpers.language as l; print(os.getcwd(), l.current_language())"
            assert printed(await kernel.execute(asked)).split() == [str(hub.home("ana") / "notebooks"), "es"]
            environment = printed(await kernel.execute("print(*os.environ.items(), os.umask(0o77))"))
            assert "'OMP_NUM_THREADS', '1'" in environment
            assert "SECRET" not in environment
            assert environment.strip().endswith(str(0o77))
        ana.close()

    run(look())


def test_a_student_reads_nothing_of_another_from_a_terminal_a_kernel_or_the_files(hub):
    async def try_it():
        ana, beto = await asyncio.gather(started(hub, "ana"), started(hub, "beto"))
        (hub.home("ana") / "notebooks" / "secret.txt").write_text("of ana alone")
        os.chown(hub.home("ana") / "notebooks" / "secret.txt", hub.user("ana").pw_uid, hub.user("ana").pw_gid)
        secret, server = hub.home("ana") / "notebooks" / "secret.txt", hub.server("ana")
        assert "of ana alone" in await ana.terminal(f"cat {secret}"), "or the rest would say nothing"
        assert "JUPYTERHUB_API_TOKEN" in await ana.terminal(f"cat /proc/{server}/environ | tr '\\0' '\\n'")

        refused = [f"cat {secret}", f"ls {secret.parent}", f"ls {hub.home('ana')}", f"ls {hub.home('ana').parent}",
                   f"ls {hub.folder}/state", f"cat {hub.folder}/state/cookie_secret", f"cat /proc/{server}/environ",
                   f"ls /proc/{server}/cwd/", f"kill {server}", f"touch {hub.course}/x",
                   f"touch {hub.folder}/x"]  # fmt: skip
        for command in refused:
            said = await beto.terminal(f"LC_ALL=C {command}; echo status $?")
            assert "ermission denied" in said or "not permitted" in said, (command, said)
            assert "status 0" not in said, (command, said)
            assert "of ana" not in said

        async with await beto.start_kernel() as kernel:
            for code in (f"open({str(secret)!r})", f"import os; os.listdir({str(secret.parent)!r})"):
                with pytest.raises(CellError, match="PermissionError"):
                    await kernel.execute(code)

        await beto.terminal(f"ln -s {secret.parent} ~/notebooks/door; ln -s {secret} ~/notebooks/window.txt")
        name = hub.home("ana").name
        for path in (f"../../{name}/notebooks/secret.txt", str(secret), "door/secret.txt", "door", "window.txt"):
            with pytest.raises(HubError, match=r"^(403|404|500)"):  # 500: Jupyter's, where it may not even ask
                await beto.get(path)
        with pytest.raises(HubError, match=r"^403"):
            await beto.api("GET", "/user/ana/api/contents/secret.txt")
        ana.close()
        beto.close()

    run(try_it())


def test_a_student_can_not_listen_to_the_kernel_of_another(hub):
    listen = """
import zmq
from zmq.utils.monitor import parse_monitor_message
ear = zmq.Context().socket(zmq.SUB)
monitor = ear.get_monitor_socket()
ear.subscribe(b"")
ear.connect("tcp://127.0.0.1:{port}")
ended = {{zmq.EVENT_HANDSHAKE_SUCCEEDED: "heard", zmq.EVENT_DISCONNECTED: "refused",
          zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: "refused", zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "refused"}}
while (event := parse_monitor_message(monitor.recv_multipart())["event"]) not in ended:
    pass
print(ended[event])
ear.close(0)
"""

    async def try_it():
        ana, beto = await asyncio.gather(started(hub, "ana"), started(hub, "beto"))
        async with await ana.start_kernel() as kernel, await beto.start_kernel() as other:
            file = hub.home("ana") / ".local" / "share" / "jupyter" / "runtime" / f"kernel-{kernel.id}.json"
            port = json.loads(file.read_text())["iopub_port"]
            assert printed(await other.execute(listen.format(port=port))).strip() == "refused"
        ana.close()
        beto.close()

    run(try_it())


# Memory


@pytest.fixture
def limited(hub):
    if hub.groups is None:
        pytest.skip("this system has no memory cgroup that can be written to")
    return hub


def test_a_kernel_that_takes_too_much_dies_alone_and_what_is_mapped_does_not_count(limited):
    mapped = f"""
import mmap
with open("/tmp/{limited.prefix}mapped", "w+b") as file:
    file.truncate({2 * LIMIT})
    weights = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
print(sum(weights[at] for at in range(0, len(weights), 4096)), len(weights))
"""

    async def try_it():
        ana, beto = await asyncio.gather(started(limited, "ana"), started(limited, "beto"))
        server = limited.server("ana")
        async with (
            await ana.start_kernel() as kernel,
            await ana.start_kernel() as small,
            await beto.start_kernel() as other,
        ):
            await asyncio.gather(small.execute("mine = 1"), other.execute("mine = 2"))
            assert printed(await kernel.execute(mapped)).split() == ["0", str(2 * LIMIT)]
            await kernel.execute(f"weights = None; some = bytearray({LIMIT // 4})")
            with pytest.raises(KernelGone):
                await kernel.execute(f"more = [bytearray(b'x' * 2**20) for _ in range({LIMIT // 2**20})]")
            assert printed(await small.execute("print(mine)")) == "1\n"
            assert printed(await other.execute("print(mine)")) == "2\n"
            assert limited.server("ana") == server
            async with await ana.start_kernel() as again:  # another one has room in the same group
                assert printed(await again.execute("print('more' in globals())")) == "False\n"
        await ana.stop_server()
        assert not (limited.groups.folder / limited.user("ana").pw_name).exists(), "its group goes with it"
        ana.close()
        beto.close()

    try:
        run(try_it())
    finally:
        Path(f"/tmp/{limited.prefix}mapped").unlink(missing_ok=True)


def test_what_a_student_leaves_running_ends_with_the_server(limited):
    async def leave_it():
        ana = await started(limited, "ana")
        said = await ana.terminal("nohup sleep 1000000 >/dev/null 2>&1 & echo $!")
        pid = int(said.split()[-1])
        assert Path(f"/proc/{pid}").exists()
        await ana.stop_server()
        ana.close()
        return pid

    class_hub.wait_for_end(run(leave_it()))


@pytest.mark.browser
def test_the_page_says_that_the_kernel_died(limited, page):
    greedy = f"x = [bytearray(b'x' * 2**20) for _ in range({LIMIT // 2**20})]"

    async def prepare():
        gema = await started(limited, "gema")
        await gema.put("greedy.ipynb", notebook("# Too much", greedy))
        gema.close()

    run(prepare())
    page.goto(f"{limited.url}/hub/login?next=/user/gema/lab/tree/greedy.ipynb")
    page.get_by_text("¿Primera vez? Elige un nombre de usuario").wait_for()
    page.fill("#username_input", "gema")
    page.fill("#password_input", PASSWORD)
    page.click("#login_submit")
    page.get_by_text("| Idle").wait_for()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("appears to have died. It will restart automatically.").wait_for()


# Kills


def test_a_server_killed_in_the_middle_of_a_save_leaves_the_notebook_whole(hub):
    async def try_it():
        ana = await started(hub, "ana")
        await ana.put("mine.ipynb", notebook("the old state"))
        folder = hub.home("ana") / "notebooks"
        for name in ("mine.ipynb", "first.ipynb"):
            os.mkfifo(folder / "stop-save")
            os.chown(folder / "stop-save", hub.user("ana").pw_uid, hub.user("ana").pw_gid)
            saving = asyncio.create_task(ana.put(name, notebook("the new state" * 1000)))
            await asyncio.to_thread((folder / "stop-save").read_bytes)  # returns when the save is half-way
            class_hub.kill_and_wait(hub.server("ana"))
            with pytest.raises(HubError):
                await saving
            (folder / "stop-save").unlink()
            assert text_of(json.loads((folder / "mine.ipynb").read_text())) == "the old state"
            assert not (folder / "first.ipynb").exists()

            await ana.start_server()
            assert text_of((await ana.get("mine.ipynb"))["content"]) == "the old state"
            assert [path for path in folder.iterdir() if path.name.endswith(".saving")] == []
        await ana.put("mine.ipynb", notebook("the new state"))
        assert text_of((await ana.get("mine.ipynb"))["content"]) == "the new state"
        ana.close()

    run(try_it())


def test_a_kernel_killed_while_it_runs_costs_neither_the_server_nor_the_notebook(hub):
    async def try_it():
        ana = await started(hub, "ana")
        await ana.put("run.ipynb", notebook("of mine"))
        folder = hub.home("ana") / "notebooks"
        pipe = folder / "running"
        async with await ana.start_kernel("run.ipynb") as kernel:
            os.mkfifo(pipe)
            os.chown(pipe, hub.user("ana").pw_uid, hub.user("ana").pw_gid)
            running = asyncio.create_task(
                kernel.execute(
                    "import os, threading; print(os.getpid(), file=open('running', 'w')); threading.Event().wait()"
                )
            )
            class_hub.kill_and_wait(int(await asyncio.to_thread(pipe.read_text)))
            with pytest.raises(KernelGone):
                await running
            async with await ana.start_kernel() as again:
                assert printed(await again.execute("print('here')")) == "here\n"
        assert text_of(json.loads((folder / "run.ipynb").read_text())) == "of mine"
        await ana.put("run.ipynb", notebook("saved after"))
        assert text_of((await ana.get("run.ipynb"))["content"]) == "saved after"
        ana.close()

    run(try_it())


def test_a_hub_that_is_killed_is_started_again_and_all_go_on(hub):
    async def before():
        ana = await started(hub, "ana")
        await ana.put("mine.ipynb", notebook("of mine"))
        kernel = await ana.start_kernel("mine.ipynb")
        await kernel.execute("kept = 42")
        await kernel.close()
        ana.close()
        return kernel.id

    async def after(kernel_id):
        with pytest.raises(HubError, match=r"^403"):
            await student(hub, "ana", "another password")
        ana = await student(hub, "ana")
        await ana._visit(f"{ana.server}/lab")
        assert hub.server("ana") == server
        assert text_of((await ana.get("mine.ipynb"))["content"]) == "of mine"
        async with await ana.connect(kernel_id) as kernel:
            assert printed(await kernel.execute("print(kept)")) == "42\n"
        await ana.stop_server()
        await ana.start_server()
        assert text_of((await ana.get("mine.ipynb"))["content"]) == "of mine"
        ana.close()

    kernel_id = run(before())
    server = hub.server("ana")
    hub.kill()
    hub.start()
    run(after(kernel_id))


# Who may not start it


def test_who_is_not_root_is_told_so_in_one_sentence(course):
    refused = subprocess.run(
        [course / ".venv" / "bin" / "python", "-m", "hub"], cwd=course, user=65534, group=65534, extra_groups=[],
        env=class_hub.PLAIN | class_hub.libraries(course), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert refused.returncode == 1
    assert refused.stderr == "The hub makes a Unix user for each student, which needs root: sudo make hub\n"
