from __future__ import annotations

import numpy as np

from srkit.cli.comparison import Detail, draw_comparison


def test_details_are_enlarged_alike_and_keep_their_colours():
    small = np.full((24, 24, 3), (200, 30, 60), np.uint8)
    large = np.full((96, 96, 3), (10, 220, 90), np.uint8)
    row = [Detail(pixels=small, caption="small"), Detail(pixels=large, caption="large")]
    sheet = draw_comparison([row], title="Two", footer="Y601s")
    assert sheet.dtype == np.uint8
    areas = [(sheet == pixels[0, 0]).all(-1) for pixels in (small, large)]
    assert areas[0].sum() == areas[1].sum() == 288 * 288
    assert not areas[0][:, sheet.shape[1] // 2 :].any()


def test_every_row_and_figure_adds_to_the_sheet():
    cell = Detail(pixels=np.zeros((8, 8, 3), np.uint8), caption="black")
    one = draw_comparison([[cell]], title="", footer="")
    two = draw_comparison([[cell], [cell]], title="", footer="")
    assert two.shape[0] - one.shape[0] == 288 + 26 + 8
    figured = Detail(pixels=cell.pixels, caption="black", figure="30.00 dB")
    assert (draw_comparison([[figured]], title="", footer="") != one).any()
