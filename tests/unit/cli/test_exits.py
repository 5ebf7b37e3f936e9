"""Exit codes: one for each status and each kind of error, all documented."""

import re
from typing import get_args

from kg_service import errors
from kg_service.answers.answer import Status
from kg_service.cli import exits


def test_every_status_has_its_own_code():
    assert set(exits.BY_STATUS) == set(get_args(Status))
    assert len(set(exits.BY_STATUS.values())) == len(exits.BY_STATUS)


def test_every_error_of_the_tree_has_a_code_that_is_no_status():
    for name in errors.__all__:
        code = exits.of_error(getattr(errors, name)("something"))
        assert code not in exits.BY_STATUS.values()
        assert 1 <= code < 130


def test_the_help_documents_every_code_that_is_used():
    documented = {int(number) for number in re.findall(r"(?:^|: |· |\n)(\d+) ", exits.HELP)}
    used = {*exits.BY_STATUS.values(), exits.UNEXPECTED, exits.USAGE, exits.REJECTED_ROWS, exits.INTERRUPTED}
    used |= {exits.of_error(getattr(errors, name)("something")) for name in errors.__all__}
    assert documented == used
