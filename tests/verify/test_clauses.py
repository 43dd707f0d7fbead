from __future__ import annotations

import re

import pytest

from simulator.verify import Concern
from simulator.verify.clauses import DISCLAIMER, clauses_of, find_clause, frameworks, tags_version


def test_an_identifier_that_leaks_touches_these() -> None:
    assert clauses_of("identifiers") == (
        "OWASP IoT Top 10 I6",
        "EN 303 645 5.8",
        "NIST IR 8425 Data Protection",
        "GDPR Art. 5(1)(c)",
        "GDPR Art. 5(1)(f)",
        "GDPR Art. 25",
        "GDPR Art. 32",
        "CCPA § 1798.100(c)",
        "APP 6",
        "APP 11",
        "LINDDUN Identifying",
        "LINDDUN Data disclosure",
    )


@pytest.mark.parametrize("concern", Concern)
def test_every_concern_of_a_check_has_its_row(concern: Concern) -> None:
    clauses = clauses_of(concern)
    assert bool(clauses) is (concern is not Concern.UTILITY)
    assert len(set(clauses)) == len(clauses)


def test_a_tag_leads_back_to_its_clause_and_to_the_version_of_its_framework() -> None:
    clause = find_clause("GDPR Art. 7(3)")
    assert clause is not None
    assert (clause.framework.name, clause.framework.version, clause.id) == ("GDPR", "2016/679", "7(3)")
    assert find_clause("GDPR Art. 999") is None


def test_every_framework_names_the_version_that_is_meant() -> None:
    assert len({framework.name for framework in frameworks()}) == len(frameworks())
    assert all(re.search(r"\d", framework.version) for framework in frameworks())
    assert tags_version() == "1"


def test_an_unknown_hazard_is_an_error() -> None:
    with pytest.raises(KeyError):
        clauses_of("dragons")


def test_the_disclaimer_claims_nothing() -> None:
    assert "neither compliance nor a breach" in DISCLAIMER
