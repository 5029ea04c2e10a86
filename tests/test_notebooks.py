from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
TINY = {
    "02_train_edsr_from_your_pictures": "EPOCHS, STEPS = 1, 2",
    "03_train_srgan": "PIXELS, AGAINST, STEPS = 1, 1, 2",
    "04_when_gan_training_goes_wrong": "LEARNT, STEPS = 2, 3",
    "05_faces_and_footage": "FACES, LOOKS, AGAINST, FRAMES = None, (2,), 1, 4",
    "06_line_art_in_real_time": "DRAWN, STEPS, AFTER, HEIGHT, FRAMES = 2, 2, 1, 36, 4",
}


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "MPLBACKEND", "agg")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = TINY[path.stem]
    client = NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": tmp_path}}
    )
    client.execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_with_its_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not any(
        output.output_type == "error" or output.get("name") == "stderr"
        for cell in cells
        for output in cell.outputs
    )
    assert all(cell.source.count("\n") < 20 for cell in cells), "logic goes into srkit"
