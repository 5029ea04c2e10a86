"""Aligned text, and columns that do not fit beside each other."""

from srkit.evaluation.layout import align, fold

HEAD = ["Method", "Set", "PSNR (dB)", "Protocol", "NIQE", "LR-PSNR (dB)"]
DISTANCES = [
    f"PerceptualDistance[{name}]" for name in ("squeezenet11", "vgg19-relu3_1")
]
LINES = [
    [*HEAD, *DISTANCES],
    ["original", "set5", "inf", "Y601s", "4.50", "", "0.0000", "0.0000"],
    ["edsr_x4", "set14", "31.52", "Y601s", "6.25", "42.00", "0.2500", "0.1000"],
    ["edsr_x4", "set14", "30.12", "RGB", "", "", "", ""],
]


def test_figures_stand_to_the_right_and_long_headings_take_two_lines():
    chosen = [[line[i] for i in (0, 2, 6)] for line in LINES]
    assert align(chosen).splitlines() == [
        "                     PerceptualDistance",
        "Method    PSNR (dB)      [squeezenet11]",
        "original        inf              0.0000",
        "edsr_x4       31.52              0.2500",
        "edsr_x4       30.12",
    ]
    assert align([]) == ""


def test_what_fits_stays_together():
    width = len(align(LINES).splitlines()[1])
    assert fold(LINES, width=width) == [LINES]
    assert len(fold(LINES, width=width - 1)) == 2


def test_what_does_not_fit_stands_below_with_its_row():
    main, below = fold(LINES, width=80)
    assert [list(line) for line in main] == [line[:4] for line in LINES]
    assert [list(line) for line in below] == [
        [*line[:2], *line[4:]] for line in LINES[:3]
    ]
    first, second, third = fold(LINES, width=40)[1:]
    assert first[0] == ("Method", "Set", "NIQE", "LR-PSNR (dB)")
    assert second[0] == ("Method", "Set", DISTANCES[0])
    assert third[1] == ("original", "set5", "0.0000")


def test_other_columns_are_never_torn_apart():
    plain = [line[:4] for line in LINES]
    assert fold(plain, width=10) == [plain]
