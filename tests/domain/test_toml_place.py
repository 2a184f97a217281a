"""The place of a key in a TOML text, as error messages name it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.toml_place import line_of

TEXT = """\
profile = "tulungagung"
# a remark with port = 1
[service]
port = 8000

[[mailbox]]
name = "bkd1"
"quoted key" = 1
[mailbox.oauth]
client_id = "x"
[[mailbox]]
name = "bkd2"
port = 993
extra.deep = {port = 3}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("profile",), 1),
        (("service",), 3),
        (("service", "port"), 4),
        (("mailbox", 0), 6),
        (("mailbox", 0, "name"), 7),
        (("mailbox", 0, "quoted key"), 8),
        (("mailbox", 0, "oauth", "client_id"), 10),
        (("mailbox", 1), 11),
        (("mailbox", 1, "port"), 13),
        (("mailbox", 1, "extra", "deep", "port"), 14),
    ],
)
def test_a_key_is_found_on_its_own_line(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, path) == line


def test_a_missing_key_is_placed_at_its_table() -> None:
    assert line_of(TEXT, ("service", "host")) == 3
    assert line_of(TEXT, ("mailbox", 1, "host")) == 11


def test_what_is_nowhere_has_no_line() -> None:
    assert line_of(TEXT, ("smtp", "host")) is None
    assert line_of("", ("profile",)) is None


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12))
def test_each_element_of_an_array_of_tables_is_found(names: list[str]) -> None:
    text = "".join(f'[[box]]\n\nname = "{name}"\n' for name in names)
    boxes = tomllib.loads(text)["box"]
    for index, box in enumerate(boxes):
        line = line_of(text, ("box", index, "name"))
        assert line is not None
        assert text.splitlines()[line - 1] == f'name = "{box["name"]}"'
