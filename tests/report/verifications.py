"""A verification with every verdict, for the tests of the reports that are made of it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from simulator.verify import CheckResult, Concern, Evidence, Join, SourceResult, Verdict, Verification
from simulator.verify.clauses import clauses_of

RUN = "runs/privacy-drill-20260302-170000"

JOIN = Join(joined=11_950, unjoined=50, by_message=11_000, by_canary=900, by_group=50)


def source(control: str, purpose: str = "analytics", join: Join = JOIN, **more: Any) -> SourceResult:
    return SourceResult(control, purpose, f"{RUN}/egress/{control}.jsonl", join, **more)


def check(name: str, control: str, verdict: Verdict, reason: str, **more: Any) -> CheckResult:
    concern = more.setdefault("concern", Concern.IDENTIFIERS)
    return CheckResult(
        check=name, control=control, verdict=verdict, reason=reason, clauses=clauses_of(concern), **more
    )


def leaked(row: int, kind: str, person: str, *forms: str) -> Evidence:
    sink = f"{RUN}/egress/forgetful.jsonl"
    return Evidence(
        f"{kind} of {person}, {' in '.join(reversed(forms)) or 'as it was'}",
        f"{sink}:{row}: transcript",
        sink,
        row,
        message=f"m{row:05d}",
        person=person,
        type=kind,
        encodings=forms,
    )


RIGHT = (
    check("leak", "right", Verdict.HELD, "none of 2,410 pieces of personal data came out",
          value=0.0, low=0.0, high=0.00153, threshold=0.0, trials=2410),
    check("over_redaction", "right", Verdict.HELD, "12 of 9,000 fields that were to stay are gone",
          value=0.00133, low=0.00069, high=0.00233, threshold=0.01, trials=9000, concern=Concern.UTILITY),
)  # fmt: skip
FORGETFUL = (
    check("leak", "forgetful", Verdict.FAILED, "5 pieces of personal data came out (utf_16 3, raw 2)",
          value=0.00207, low=0.00067, high=0.00484, threshold=0.0, trials=2410, evidence=(
              leaked(12, "phone", "n0-h3-p1", "utf_16"), leaked(90, "email", "n0-h0-p0", "hex", "base64"),
              leaked(91, "email", "n0-h0-p0", "hex", "base64"), leaked(8801, "payment_card", "n0-h9-p1"))),
    check("leak", "forgetful", Verdict.FAILED, "3 came out", part="payment_card",
          value=0.0101, low=0.0021, high=0.0292, threshold=0.0, trials=298),
    check("erasure", "forgetful", Verdict.FAILED, "1 of 4 people is still there an hour after the deadline",
          value=1.0, threshold=0.0, unit="people", trials=4, concern=Concern.ERASURE,
          evidence=(Evidence("a retained message of n0-h7-p0, `<b>|` and all", person="n0-h7-p0"),)),
    check("erasure", "forgetful", Verdict.HELD, "95 % are gone within 42 s", part="lag",
          value=42.0, low=30.5, high=61.0, threshold=3600.0, unit="seconds", trials=40,
          concern=Concern.ERASURE),
)  # fmt: skip
SMALL = (
    check("unicity", "small", Verdict.UNTRUSTED, "6 people came out; 40 are needed to tell",
          trials=6, concern=Concern.LINKAGE),
    check("preference_inference", "small", Verdict.HELD, "45 of 100 people were put right",
          part="age_group", value=0.45, low=0.35, high=0.553, threshold=0.6, trials=100,
          concern=Concern.LINKAGE),
    check("consent", "small", Verdict.HELD, "nothing of anybody after they withdrew",
          value=0.0, low=0.0, high=0.0049, threshold=0.005, trials=750, concern=Concern.CONSENT),
)  # fmt: skip


def verification(**changed: Any) -> Verification:
    """Return the verification of four controls, or one that differs in some way."""
    usual = Verification(
        status=Verdict.FAILED,
        run=RUN,
        scenario="privacy-drill",
        join=Join(35_850, 150, 33_000, 2_700, 150),
        distrust=(),
        sources=(
            source("right"),
            source("forgetful", "marketing"),
            source("small"),
            source("foreign", join=Join(), distrust=("99 % of 800 records are of no message of this run",)),
        ),
        checks=(*RIGHT, *FORGETFUL, *SMALL),
        seconds=3.25,
    )
    return replace(usual, **changed)


def held() -> Verification:
    """Return a verification in which all is well."""
    return verification(status=Verdict.HELD, join=JOIN, sources=(source("right"),), checks=RIGHT)


def untrusted() -> Verification:
    """Return a verification from which nothing may be concluded."""
    return verification(
        status=Verdict.UNTRUSTED, join=Join(), distrust=("the run was interrupted; its truth is incomplete",),
        sources=(), checks=(),
    )  # fmt: skip
