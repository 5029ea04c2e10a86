from __future__ import annotations

import json

from srkit.bench.machine import describe_machine, installed_version, usable_cores


def test_machine_is_told_in_one_line_and_as_json():
    machine = describe_machine("pytest", "no-such-package")
    assert usable_cores() == machine.cores >= 1
    assert machine.memory_gib > 0
    assert {"srkit", "keras", "numpy", "pytest"} <= machine.versions.keys()
    assert "no-such-package" not in machine.versions
    assert f"{machine.cores} cores" in str(machine)
    assert "\n" not in str(machine)
    assert json.loads(json.dumps(machine.as_dict()))["backend"] == machine.backend


def test_version_of_what_is_not_there():
    assert installed_version("no-such-package") is None
