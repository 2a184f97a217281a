"""The house rules that no linter knows: layers, sizes, broad excepts, what the files and the wheel may carry."""

import ast
import re
import runpy
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import typer.main
from typer.core import TyperGroup

from bot.cli import app

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LAYERS = {
    room.strip()
    for contract in PROJECT["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers"
    for line in contract["layers"]
    for room in line.split("|")
}
ROOMS = LAYERS | {"demo"}  # demo stands outside the layers
MOST_LINES, MOST_LINES_OF_A_FUNCTION, MOST_BROAD_EXCEPTS = 400, 60, 5
# Written in halves, so that this file does not hold what it forbids.
FORBIDDEN = [
    first + second
    for first, second in (
        ("/wo", "rk/"), ("/ro", "ot/"), ("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org"),
        ("deb.debian", ".org"),
    )
]  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*patterns: str) -> list[Path]:
    """Files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def product() -> list[Path]:
    return [path for path in files("*.py") if path.relative_to(ROOT).parts[0] in ROOMS]


def nodes(paths: list[Path]) -> Iterator[tuple[str, ast.AST]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            line = getattr(node, "lineno", 0)
            yield f"{path.relative_to(ROOT)}:{line}", node


def test_the_top_level_packages_are_the_layers_and_the_demo() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks"}  # measures, ships nothing
    assert packages == ROOMS
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == ROOMS
    assert set(PROJECT["tool"]["mypy"]["packages"]) == ROOMS | {"tests", "benchmarks"}
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["only-include"]) == ROOMS | {"posko.py"}
    assert wheel["sources"] == {room: f"_posko/{room}" for room in ROOMS}


def test_no_file_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in files("*.py")}
    assert {name: count for name, count in lengths.items() if count > MOST_LINES} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{place} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for place, node in nodes(files("*.py"))
        if isinstance(node, Function)
    }
    assert {name: count for name, count in lengths.items() if count > MOST_LINES_OF_A_FUNCTION} == {}


def test_broad_excepts_are_few() -> None:
    broad = [place for place, node in nodes(product()) if isinstance(node, ast.ExceptHandler) and _is_broad(node)]
    assert len(broad) <= MOST_BROAD_EXCEPTS, broad


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or getattr(one, "id", "") in ("Exception", "BaseException") for one in caught)


def test_only_the_launcher_imports_inside_a_function() -> None:
    inside = {
        place
        for _, function in nodes([*product(), ROOT / "posko.py"])
        if isinstance(function, Function)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for place in [f"{function.name}: {ast.unparse(node)}"]
    }
    assert inside == {"main: from bot.cli import run"}


def test_no_file_names_this_machine_or_a_registry() -> None:
    found = []
    for path in files():
        data = path.read_bytes()
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word.encode() in data]
    assert found == []


def test_every_public_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in product() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_links_in_the_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in files("*.md")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_the_users_guide_names_every_command_and_no_other() -> None:
    told: set[str] = set()
    for cell in re.findall(r"^\| `posko (.+?) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE):
        first, *more = (name.strip() for name in cell.replace("`", "").split(","))
        group, _, action = first.partition(" ")
        told |= {first} | {f"{group} {name}" for name in more} if action else {first}
    known = set()
    for name, command in cast(TyperGroup, typer.main.get_command(app)).commands.items():
        known |= {f"{name} {one}" for one in command.commands} if isinstance(command, TyperGroup) else {name}
    assert told == known


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as hatchling builds it from this tree, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [built] = folder.glob("*.whl")
    return built


def test_the_wheel_drops_no_generic_name_into_site_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"posko.py", "_posko"}
    carried = {name for name in names if name.startswith("_posko/")}
    assert {f"_posko/{path.relative_to(ROOT).as_posix()}" for path in product()} <= carried
    assert any(name.endswith("profiles/tulungagung.toml") for name in carried)


def test_the_launcher_runs_from_an_unpacked_wheel(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "posko.py"), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "serve" in ran.stdout


@pytest.mark.parametrize(
    ("cases", "status", "said"),
    [
        ('<testcase name="a"/><testcase name="b"/>', 0, "2 passed, 0 failed, 0 skipped"),
        ('<testcase name="a"/><testcase name="b"><skipped message="butuh dovecot"/></testcase>', 1, "butuh dovecot"),
        ('<testcase name="a"><failure/></testcase>', 1, "0 passed, 1 failed, 0 skipped"),
        ("", 1, "0 passed"),
    ],
)
def test_a_skipped_test_fails_the_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cases: str, status: int, said: str
) -> None:
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    gate = runpy.run_path(str(ROOT / ".ci" / "no_skips.py"))["main"]
    assert gate([str(report)]) == status
    assert said in capsys.readouterr().out
