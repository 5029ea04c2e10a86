"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import configparser
import importlib
import inspect
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import srkit

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "srkit"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = [name for name in srkit.__all__ if (PACKAGE / name).is_dir()]
LONGEST_FILE, LONGEST_FUNCTION = 250, 30


def test_the_face_is_sorted_and_complete():
    assert srkit.__all__ == sorted(srkit.__all__)
    assert set(srkit.__all__) <= set(dir(srkit))
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders - set(srkit.__all__) == {"cli"}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = srkit.nothing


def test_importing_srkit_loads_nothing_heavy():
    heavy = ["tensorflow", "keras", "jax", "torch", "numpy", "PIL", "cv2", "rich"]
    code = (
        "import sys, srkit, srkit.cli;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize("room", ["layers", "losses", "metrics", "models", "image"])
def test_a_keras_room_loads_no_tensorflow_under_jax(room, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    code = f"import sys, srkit.{room}; print('tensorflow' in sys.modules)"
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, capture_output=True, text=True).stdout == "False\n"


def test_the_readme_uses_no_name_that_it_does_not_make():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    nodes = list(ast.walk(ast.parse("\n".join(blocks))))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)} | {"print"}
    made |= {node.name for node in nodes if isinstance(node, ast.alias)}
    assert {node.id for node in names} <= made


def test_public_names_are_documented():
    for name, thing in _public_things():
        assert inspect.getdoc(thing), f"{name} has no docstring"


def test_options_are_keyword_only():
    for name, function in _public_functions():
        positional = [
            parameter.name
            for parameter in inspect.signature(function).parameters.values()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
            and isinstance(parameter.default, bool)
        ]
        assert not positional, f"{name} takes {positional} by position"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_keeps_to_the_house(path):
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module opens with what it holds"
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            length = _length(node)
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"
    if path.name != "__init__.py" and path.parent != PACKAGE:
        assert _is_tested(path, tree), "needs a test file, or a place in its room's"


@pytest.mark.parametrize("folder", ["srkit", "tests"])
def test_a_rule_is_broken_for_a_reason(folder):
    mute = re.compile(r"#\s*(noqa|type:\s*ignore)(?!.* - )")
    for path in (ROOT / folder).rglob("*.py"):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            assert not mute.search(line), f"{path}:{number} does not say why"


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("target", ["bench", "readme"])
def test_what_is_compared_with_pytorch_installs_it(target):
    run = ["make", "--dry-run", "--always-make", target]
    told = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert '".[bench]"' in told.stdout


def test_every_package_is_installed():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert listed == found | {"srkit.saved_models"}


@pytest.mark.slow
def test_the_wheel_holds_the_presets(tmp_path):
    source = tmp_path / "source"
    for folder in ("srkit", "saved_models"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, source / folder, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    preset = source / "saved_models" / "tiny"
    preset.mkdir()
    wanted = {"config.json", "model.weights.h5", "README.md"}
    for name in (*wanted, "optimizer.bin"):
        (preset / name).touch()
    run = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    run += ["--no-build-isolation", "--wheel-dir", tmp_path, source]
    subprocess.run(run, check=True, capture_output=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    start = "srkit/saved_models/tiny/"
    assert {name for name in names if name.startswith(start)} == {
        start + name for name in wanted
    }


def test_no_path_of_a_machine_is_committed():
    listing = ["git", "ls-files", "-z"]
    files = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True).stdout
    if not files:
        pytest.skip("not a git clone")
    machine = re.compile(rb"/(work|home|Users|root|tmp)/[a-z]")
    for name in files.rstrip("\0").split("\0"):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".cfg", ".toml", ".ipynb", ".json"}:
            found = machine.search(path.read_bytes())
            assert not found, f"{name}: {found}"


def _is_tested(path, tree):
    """Whether a module has its test file, or a theme's test file uses its names."""
    room = ROOT / "tests" / path.parent.relative_to(PACKAGE)
    if (room / f"test_{path.name}").is_file():
        return True
    defined = (ast.FunctionDef, ast.ClassDef)
    names = {node.name for node in tree.body if isinstance(node, defined)}
    tests = " ".join(test.read_text() for test in room.glob("test_*.py"))
    return any(re.search(rf"\b{name}\b", tests) for name in names if name[0] != "_")


def _public_things():
    for room in ROOMS:
        module = importlib.import_module(f"srkit.{room}")
        yield f"srkit.{room}", module
        for name, thing in vars(module).items():
            if not name.startswith("_") and callable(thing):
                yield f"srkit.{room}.{name}", thing


def _public_functions():
    for name, thing in _public_things():
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing) and thing.__module__.startswith("srkit"):
            for method, function in vars(thing).items():
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield f"{name}.{method}", function
            if "__init__" in vars(thing):
                yield name, thing.__init__


def _length(function):
    """Lines of a function without its docstring and signature."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0
