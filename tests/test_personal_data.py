"""What points at a person goes, and any text is looked through in a time that grows with its length alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_kit.personal_data import HIDDEN, without_personal_data

NAMES = st.text(alphabet="ab.1-_+", min_size=1, max_size=6)


@given(NAMES, NAMES, st.sampled_from(["com", "pl", "укр"]), st.sampled_from(["", ".", ", ", "1x@c.de", "@d.org", "!"]))
def test_an_address_goes_wherever_it_stands(local, host, end, behind):
    assert "@" not in without_personal_data(f"write to {local}@{host}.{end}{behind} soon")


def test_what_hangs_on_an_address_without_a_blank_goes_only_with_another_address():
    assert without_personal_data("jan@example.pl—thanks") == f"{HIDDEN}—thanks"
    assert without_personal_data("a@b.com1x@c.de, thanks") == f"{HIDDEN}, thanks"


@pytest.mark.parametrize(
    "text", ["a", "a.", "a@", "a@b", "@", "1", "1 ", "123456789 ", "order ", "#", "http://", "+(1"]
)
def test_a_long_comment_takes_no_time(text):
    start = time.process_time()
    without_personal_data(text * (200_000 // len(text)))
    assert time.process_time() - start < 5
