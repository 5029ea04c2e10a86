"""Memory asked for before it is taken."""

from __future__ import annotations

import pytest

from srkit.errors import MemoryBudgetError
from srkit.inference.room import check_room
from srkit.memory import available_bytes


def test_what_fits_passes():
    check_room((10, 10, 3), 4)


def test_what_does_not_fit_is_refused_in_one_line():
    if available_bytes() is None:
        pytest.skip("this system does not tell")
    with pytest.raises(MemoryBudgetError, match="10000000x10000000") as error:
        check_room((10**7, 10**7, 3), 4)
    assert "\n" not in str(error.value)


def test_machine_that_does_not_tell(monkeypatch):
    monkeypatch.setattr("srkit.inference.room.available_bytes", lambda: None)
    check_room((10**7, 10**7, 3), 4)
