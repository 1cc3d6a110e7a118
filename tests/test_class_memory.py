"""The memory limit's file operations, on folders that stand in for the kernel's; tests/test_class_server.py has it
take effect."""

import shutil
from pathlib import Path

import pytest

from hub.memory import Groups, find_groups


@pytest.fixture
def kernels_folders(monkeypatch):
    """As the kernel has it: a new group has its files, and a removed one takes them along."""
    mkdir = Path.mkdir

    def with_files(self, *args, **kwargs):
        new = not self.exists()
        mkdir(self, *args, **kwargs)
        if new and "pipeline" in str(self):
            version_2 = "cgroup2" in str(self)
            names = ["memory.max", "memory.swap.max", "cgroup.subtree_control"] if version_2 else [
                "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]  # fmt: skip
            for name in [*names, "cgroup.procs"]:
                (self / name).write_text("")

    monkeypatch.setattr(Path, "mkdir", with_files)
    monkeypatch.setattr(Path, "rmdir", lambda self: shutil.rmtree(self))


def version_1(tmp_path):
    root = tmp_path / "cgroup1"
    (root / "memory").mkdir(parents=True)
    (root / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712")
    return root


def version_2(tmp_path):
    root = tmp_path / "cgroup2"
    root.mkdir()
    (root / "cgroup.controllers").write_text("cpu memory")
    (root / "cgroup.subtree_control").write_text("")
    return root


def test_version_2_hands_the_controller_down_and_forbids_swap(tmp_path, kernels_folders):
    root = version_2(tmp_path)

    groups = find_groups("pipeline-x", root)
    groups.make("x-ana", 700)

    assert groups == Groups(root / "pipeline-x", 2)
    assert (root / "cgroup.subtree_control").read_text() == "+memory"
    assert (root / "pipeline-x" / "cgroup.subtree_control").read_text() == "+memory"
    assert (root / "pipeline-x" / "x-ana" / "memory.max").read_text() == "700"
    assert (root / "pipeline-x" / "x-ana" / "memory.swap.max").read_text() == "0"
    assert not (root / "pipeline-x" / "trial").exists()


def test_version_1_limits_memory_and_swap_together(tmp_path, kernels_folders):
    root = version_1(tmp_path)

    groups = find_groups("pipeline-x", root)
    groups.make("x-ana", 700)

    assert groups == Groups(root / "memory" / "pipeline-x", 1)
    assert (root / "memory" / "pipeline-x" / "x-ana" / "memory.limit_in_bytes").read_text() == "700"
    assert (root / "memory" / "pipeline-x" / "x-ana" / "memory.memsw.limit_in_bytes").read_text() == "700"


@pytest.mark.parametrize("make_root", [version_1, version_2])
def test_a_system_that_does_not_let_us_has_no_groups(tmp_path, kernels_folders, monkeypatch, make_root):
    root = make_root(tmp_path)

    def refused(self, *args, **kwargs):
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "write_text", refused)

    assert find_groups("pipeline-x", root) is None


def test_a_system_without_control_groups_has_none(tmp_path):
    assert find_groups("pipeline-x", tmp_path) is None


def test_a_group_that_is_not_there_is_removed_already(tmp_path):
    assert Groups(tmp_path, 2).remove("x-ana") is True


def test_a_group_is_removed_with_what_runs_in_it(tmp_path, kernels_folders, monkeypatch):
    ended = []
    monkeypatch.setattr("os.kill", lambda pid, sig: ended.append((pid, sig)))
    groups = Groups(tmp_path / "cgroup1-pipeline", 1)
    groups.folder.mkdir()
    groups.make("x-ana", 700)
    (groups.folder / "x-ana" / "cgroup.procs").write_text("11\n12\n")

    assert groups.remove("x-ana") is True

    assert ended == [(11, 9), (12, 9)]
    assert not (groups.folder / "x-ana").exists()
