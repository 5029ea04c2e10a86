from __future__ import annotations

import pytest

from srkit.bench.video import video_speed
from srkit.errors import MemoryBudgetError


def test_a_film_that_is_not_there(tmp_path):
    with pytest.raises(MemoryBudgetError, match="which is not there"):
        video_speed(tmp_path, preset="edsr_x2", clip="none.mp4", seconds=1.0)
