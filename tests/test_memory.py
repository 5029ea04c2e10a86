"""What a process may still take, read off system files written here."""

from __future__ import annotations

import os

import pytest

from srkit import memory
from srkit.memory import available_bytes

GIB = 2**30
MACHINE = {
    "proc/meminfo": f"MemTotal: {64 * 2**20} kB\nMemAvailable: {32 * 2**20} kB\n"
}
V1, V2 = "sys/fs/cgroup/memory", "sys/fs/cgroup"


@pytest.fixture
def system(tmp_path, monkeypatch):
    """Pretend that these are the system's files: {path: text}."""

    def write(files):
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        monkeypatch.setattr(memory, "_ROOT", tmp_path)

    return write


def group(folder, limit, taken, *, cached=0):
    """The files of a control group: version 1 says limit_in_bytes, 2 says max."""
    old = folder.startswith(V1)
    limit_name, taken_name = (
        ("limit_in_bytes", "usage_in_bytes") if old else ("max", "current")
    )
    total = "total_" if old else ""
    return {
        f"{folder}/memory.{limit_name}": f"{limit}\n",
        f"{folder}/memory.{taken_name}": f"{taken}\n",
        f"{folder}/memory.stat": f"anon 7\n{total}inactive_file {cached}\n"
        f"{total}active_file {cached}\n",
    }


def test_this_machine_tells():
    available = available_bytes()
    if available is None:
        pytest.skip("this system does not tell")
    assert 0 < available <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_a_machine_without_groups(system):
    system(MACHINE)
    assert available_bytes() == 32 * GIB


@pytest.mark.parametrize(("entry", "top"), [("0::", V2), ("4:hugetlb,memory:", V1)])
def test_the_limit_of_a_container(system, entry, top):
    files = group(f"{top}/box", 8 * GIB, 5 * GIB, cached=GIB)
    system({**MACHINE, **files, "proc/self/cgroup": f"3:cpuset:/\n{entry}/box\n"})
    assert available_bytes() == 5 * GIB


@pytest.mark.parametrize(("entry", "top"), [("0::", V2), ("4:memory:", V1)])
def test_the_tightest_of_the_groups_around_counts(system, entry, top):
    files = group(f"{top}/a/b", 20 * GIB, GIB) | group(f"{top}/a", 6 * GIB, 2 * GIB)
    system({**MACHINE, **files, "proc/self/cgroup": f"{entry}/a/b/c\n"})
    assert available_bytes() == 4 * GIB


@pytest.mark.parametrize(("entry", "top"), [("0::", V2), ("4:memory:", V1)])
def test_a_container_that_sees_its_group_as_the_topmost(system, entry, top):
    files = group(top, 3 * GIB, GIB)
    system({**MACHINE, **files, "proc/self/cgroup": f"{entry}/docker/1f00\n"})
    assert available_bytes() == 2 * GIB


@pytest.mark.parametrize(
    ("entry", "top", "none"), [("0::", V2, "max"), ("4:memory:", V1, 2**63 - 4096)]
)
def test_a_group_without_limit(system, entry, top, none):
    files = group(f"{top}/box", none, GIB)
    system({**MACHINE, **files, "proc/self/cgroup": f"{entry}/box\n"})
    assert available_bytes() == 32 * GIB


def test_a_group_beyond_its_limit_leaves_nothing(system):
    files = group(f"{V2}/box", GIB, 2 * GIB)
    system({**MACHINE, **files, "proc/self/cgroup": "0::/box\n"})
    assert available_bytes() == 0


def test_elsewhere_the_whole_machine_or_nothing(system, monkeypatch):
    system({})
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 1000}
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__)
    assert available_bytes() == 4_096_000
    monkeypatch.delattr(os, "sysconf")
    assert available_bytes() is None
