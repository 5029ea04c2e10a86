import pytest

from srkit.engine import policy, resolve_precision
from srkit.engine import precision as precision_module
from srkit.errors import ArgumentError


@pytest.mark.parametrize(("has", "chosen"), [(True, "bfloat16"), (False, "float32")])
def test_auto_takes_bfloat16_where_it_is_computed(monkeypatch, has, chosen):
    monkeypatch.setattr(precision_module, "has_bfloat16", lambda: has)
    assert resolve_precision("auto") == chosen


def test_a_choice_is_kept():
    assert resolve_precision("float32") == "float32"
    assert policy("bfloat16") == "mixed_bfloat16"
    assert policy("float32") == "float32"


def test_another_name_is_refused():
    with pytest.raises(ArgumentError, match="auto, float32, bfloat16"):
        resolve_precision("float16")
