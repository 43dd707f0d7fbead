"""Is everybody in what comes out one of several?

k-anonymity: nobody's row can be told from those of k - 1 others by what an attacker may know (Sweeney,
"k-anonymity: a model for protecting privacy", IJUFKS 10, 2002). l-diversity: nor do these share what is
sensitive (Machanavajjhala et al., "l-diversity: privacy beyond k-anonymity", TKDD 1, 2007).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from simulator.core.verdicts import Verdict
from simulator.verify.check import Batch, Case, Examiner, Question, at, result
from simulator.verify.ground import NOBODY
from simulator.verify.groups import Answers, Group, usual_length
from simulator.verify.output import Output
from simulator.verify.proportion import Proportion
from simulator.verify.traces import sender_of
from simulator.verify.verification import CheckResult, Concern, Evidence

K = 5
"""People among whom everybody has to be one, at least (the usual least cell of official statistics)."""

L = 2
"""Different sensitive values among them, at least."""

LEAST_SMALL = 3
"""Groups too small to come out that the truth must have, for a control to show that it holds them back."""

LEAST_CLASSES = 5
"""Groups of rows that must have come out to be judged."""

QUASI_IDENTIFIERS = (
    "age", "age_band", "age_group", "born", "birth_year", "birth_date", "sex", "gender", "occupation",
    "neighbourhood", "household", "postcode", "zip", "cell", "area", "latitude", "longitude", "workplace",
)  # fmt: skip
"""What somebody may know of a person."""

SENSITIVE = (
    "condition", "health_condition", "diagnosis", "disease", "medication", "sensitive", "salary", "religion",
    "intent", "stage", "transcript",
)  # fmt: skip
"""What nobody is to learn about a person."""

Class = tuple[tuple[str, str], ...]


class _RowExaminer(Examiner):
    """Gathers rows that are about people, but are no messages, by what somebody may know of them."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._classes: dict[Class, set[str]] = defaultdict(set)
        self._values: dict[Class, Counter[str]] = defaultdict(Counter)
        self._examples: dict[Class, Output] = {}

    def _take_rows(self, batch: Batch) -> None:
        for output, message, group in zip(batch.outputs, batch.message.tolist(), batch.groups, strict=True):
            if message != NOBODY or group is not None:
                continue
            known = tuple(
                (name, str(output.fields[name])) for name in QUASI_IDENTIFIERS if name in output.fields
            )
            if not known:
                continue
            self._classes[known].add(sender_of(output) or output.where)
            self._examples.setdefault(known, output)
            sensitive = output.first(SENSITIVE)
            if sensitive is not None:
                self._values[known][str(sensitive)] += 1


class KAnonymityExaminer(_RowExaminer):
    """Counts people in what comes out: of aggregates those who really are in them, of rows those alike."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._groups: list[Group] = []

    def see(self, batch: Batch) -> None:
        """Take aggregates and rows."""
        self._groups += [group for group in batch.groups if group is not None]
        self._take_rows(batch)

    def conclude(self) -> Iterable[CheckResult]:
        """A result for aggregates and one for rows, whichever there are."""
        if self._groups:
            yield self._aggregates()
        if self._classes:
            yield self._rows()

    @property
    def _k(self) -> int:
        return int(self.case.settings.get("k") or K)

    def _aggregates(self) -> CheckResult:
        length = usual_length(self._groups)
        answers = Answers(self.case.ground)
        sizes = [(answers.of(group, length(group)).people, group) for group in self._groups]
        # What nobody is in is about nobody.
        about = [(people, group) for people, group in sizes if people]
        small = sorted((one for one in about if one[0] < self._k), key=lambda one: one[0])
        held_back = self._held_back(answers)
        counted = Proportion(len(small), len(about))
        least = min((people for people, _ in about), default=0)
        evidence = [_example(group, f"{people} people are in it") for people, group in small[:10]]
        if small:
            verdict = Verdict.FAILED
            told = f"{len(small):,} of {len(about):,} aggregates are about fewer than {self._k} people"
        elif not about or held_back < LEAST_SMALL:
            verdict = Verdict.UNTRUSTED
            told = f"only {held_back} groups of fewer than {self._k} people had to be held back"
        else:
            verdict = Verdict.HELD
            told = (
                f"none of {len(about):,} aggregates is about fewer than {self._k} people; {held_back:,} are"
            )
            told += " held back"
        return _sized(verdict, told, least, self._k, counted, "aggregates", evidence)

    def _held_back(self, answers: Answers) -> int:
        """Return how many small groups of the kinds that came out did not."""
        length = usual_length(self._groups)
        kinds: dict[tuple[float, float, tuple[str, ...]], int] = Counter()
        for group in self._groups:
            size = length(group)
            kinds[size, round(group.start % size, 3), group.names] += 1
        small = 0
        for size, offset, names in kinds:
            table = answers.table(size, offset, names)
            small += sum(0 < answer.people < self._k for answer in table.values())
        return small

    def _rows(self) -> CheckResult:
        sizes = {known: len(people) for known, people in self._classes.items()}
        small = sorted((size, known) for known, size in sizes.items() if size < self._k)
        counted = Proportion(len(small), len(sizes))
        evidence = [self._row_example(known, f"{size} alike") for size, known in small[:10]]
        verdict = Verdict.FAILED if small else Verdict.HELD
        told = f"{len(small):,} of {len(sizes):,} groups of rows alike have fewer than {self._k} people"
        if not small and len(sizes) < LEAST_CLASSES:
            verdict, told = Verdict.UNTRUSTED, f"{told}: too few groups to tell"
        return _sized(verdict, told, min(sizes.values()), self._k, counted, "rows", evidence)

    def _row_example(self, known: Class, what: str) -> Evidence:
        described = ", ".join(f"{name} {value}" for name, value in known)
        return at(self._examples[known], f"{described}: {what}")


class LDiversityExaminer(_RowExaminer):
    """Counts sensitive values among rows that look alike."""

    def see(self, batch: Batch) -> None:
        """Take rows."""
        self._take_rows(batch)

    def conclude(self) -> Iterable[CheckResult]:
        """One result; nothing without rows that hold something sensitive."""
        if not self._values:
            return
        least_l = int(self.case.settings.get("l") or L)
        sizes = {known: len(values) for known, values in self._values.items()}
        small = sorted((size, known) for known, size in sizes.items() if size < least_l)
        counted = Proportion(len(small), len(sizes))
        evidence = [
            at(
                self._examples[known],
                f"all of {', '.join(f'{name} {value}' for name, value in known)}: "
                f"{next(iter(self._values[known]))}",
            )
            for _, known in small[:10]
        ]
        verdict = Verdict.FAILED if small else Verdict.HELD
        told = f"{len(small):,} of {len(sizes):,} groups of rows have fewer than {least_l} sensitive values"
        if not small and len(sizes) < LEAST_CLASSES:
            verdict, told = Verdict.UNTRUSTED, f"{told}: too few groups to tell"
        yield _sized(verdict, told, min(sizes.values()), least_l, counted, "", evidence)


def _sized(
    verdict: Verdict,
    told: str,
    least: int,
    threshold: int,
    small: Proportion,
    part: str,
    evidence: list[Evidence],
) -> CheckResult:
    return result(
        verdict,
        told,
        threshold=float(threshold),
        part=part,
        concern=Concern.LINKAGE,
        evidence=evidence,
        value=float(least),
        trials=small.trials,
        unit="people",
    )


def _example(group: Group, what: str) -> Evidence:
    keys = ", ".join(f"{name} {value}" for name, value in group.keys) or "everybody"
    return Evidence(
        f"{keys} from {group.start:.0f} s: {what}", f"{group.sink}:{group.row}", group.sink, group.row
    )


K_CHECK = Question(
    "k-anonymity: how few people are in an aggregate, or alike in rows.",
    KAnonymityExaminer,
    f"no group has fewer than `privacy.k` people ({K} if left out)",
)
L_CHECK = Question(
    "l-diversity: sensitive values among rows that look alike.",
    LDiversityExaminer,
    f"no group has fewer than `privacy.l` sensitive values ({L} if left out)",
)
