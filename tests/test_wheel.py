"""A wheel built from the tree is whole: it works away from it, migrations and sites included."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_brings_only_our_own_top_level_names(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    ours = {"crawler", "news", "reporting", "scheduler.py", "storage", "variorum"}
    assert {top for top in tops if not top.endswith(".dist-info")} == ours


def test_the_demo_runs_from_the_installed_wheel_and_agrees_with_its_truth(
    wheel: Path, tmp_path: Path
) -> None:
    home = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", "--target"]
    subprocess.run([*install, str(home), str(wheel)], check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(home), "HOME": str(tmp_path)}
    where = "import storage, scheduler; print(storage.__file__, scheduler.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert all(path.startswith(str(home)) for path in found.stdout.split())
    demo = subprocess.run(
        [sys.executable, "-m", "variorum.cli", "demo", "--seed", "2"],
        cwd=tmp_path, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert demo.returncode == 0, demo.stdout[-2000:] + demo.stderr[-2000:]
