"""Questions that a case answers, as of now or of a day.

What only some questions need is imported when one of them is asked, so that a trace starts fast.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial, wraps
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, Unpack, cast

from graphtrace.analysis.store_access import LookupLog, LookupScope, StoreAccess, check_day, purpose_of
from graphtrace.errors import UsageError
from graphtrace.model import RecordKind, china_today
from graphtrace.results.traces import Traces
from graphtrace.storage.case_folder import refuse_inside_case
from graphtrace.storage.ledger import content_of, entries_until, head_of
from graphtrace.storage.location import CaseLocation

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.analysis.card_trace import Tracer
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.analysis.saved_answers import SavedAnswer
    from graphtrace.engine.party_flows import GroupBy
    from graphtrace.model import AuditRole, Party
    from graphtrace.redaction import Masker
    from graphtrace.render import Lang
    from graphtrace.results.audit import AuditResults
    from graphtrace.results.card_outcomes import Outcomes
    from graphtrace.results.case_status import (
        CaseHead,
        CaseLog,
        CaseState,
        ComparedAnswer,
        GuidedQuestions,
        Verification,
    )
    from graphtrace.results.drilldown import Drilldown
    from graphtrace.results.flows import FlowTotals
    from graphtrace.results.judgements import Candidates, NamedJudgement
    from graphtrace.results.known import KnownUse
    from graphtrace.results.letters import AskedInLetters
    from graphtrace.results.library import Language, QueryResult
    from graphtrace.results.party import PartyPartners, PartySummary, Side
    from graphtrace.results.rules import Rule
    from graphtrace.results.shared_parties import Ranking, SharedParties
    from graphtrace.results.siblings import Siblings
    from graphtrace.results.source_rows import TextPlaces, UnreadRow
    from graphtrace.results.subgraph import ExportResult, GraphPart, Level
    from graphtrace.results.tables import Table
    from graphtrace.results.trace import Card
    from graphtrace.results.watch import WatchList
    from graphtrace.storage.base import Backend
    from graphtrace.storage.case_notes import NoteKind
    from graphtrace.storage.ledger import Moment
    from graphtrace.storage.load_settings import Progress
    from graphtrace.storage.lookups import LookupKind

Answer = TypeVar("Answer")


def logged(question: _Question, *, what: LookupKind = "lookup", by_name: str | None = None) -> _Question:
    """Return a question of a case that is logged with its parameters before it is answered, and its answer after it."""
    parameters = signature(question)
    command = by_name or question.__name__

    @wraps(question)
    def asked(self: CaseQuestions, *args: Any, **kwargs: Any) -> Any:
        given = dict(parameters.bind(self, *args, **kwargs).arguments)
        given |= given.pop("part", given.pop("parameters", {}))
        del given["self"]
        if self.as_of is not None:
            given["as_of"] = self.as_of
        if what == "export":
            # refused before any work
            refuse_inside_case(Path(given["out"]))
        with self._log.look_up(command, given, what=what) as begun:
            answer = question(self, *args, **kwargs)
            if begun is None:
                return answer
            if what == "export":
                if (out := Path(given["out"])).is_file():
                    begun.answered("bytes", _hash_of_file(out))
            elif self._log.scope is None and (sha256 := _json_hash(answer)) is not None:
                begun.answered("json", sha256)
            return answer

    return cast("_Question", asked)


_Question = TypeVar("_Question", bound=Callable[..., Any])


def _hash_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json_hash(answer: object) -> str | None:
    """Return the SHA-256 of the JSON of an answer alone; ``None`` where it has none or has too many results."""
    from graphtrace.render.registry import hash_answer

    if isinstance(answer, Sized) and len(answer) > MAX_HASHED:
        return None
    try:
        return hash_answer(answer)
    except TypeError:
        return None


MAX_HASHED: Final = 10_000
"""Maximum number of results of an answer in Python whose JSON is made for its hash."""


class CaseQuestions:
    """Questions that a case answers, from all it holds or from what was there by the end of a day.

    It holds nothing for long: a second after the last question the folder is closed, and opened again for the next
    one.

    Attributes
    ----------
    path
        Folder or address of the case.
    as_of
        The day (``YYYY-MM-DD``), ``None`` for now.
    """

    def __init__(self, place: CaseLocation, stores: StoreAccess, log: LookupLog, as_of: str | None = None) -> None:
        self.path = place.path
        self.as_of = as_of
        self._place = place
        self._stores = stores
        self._log = log

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Case {self.path}>" if self.as_of is None else f"<Case {self.path} as of {self.as_of}>"

    def at(self, day: str | None) -> CaseQuestions:
        """Return the case as it was known by the end of a day: it answers the same questions, and writes nothing.

        Parameters
        ----------
        day
            ``YYYY-MM-DD``; ``None`` for now.

        Raises
        ------
        UsageError
            If that is no day.

        Examples
        --------
        >>> case.at("2000-01-01").trace("8986061900000000001").only.found
        False
        """
        return CaseQuestions(self._place, self._stores, self._log, check_day(day))

    def redacted(self, answer: Answer, *, lang: Lang = "en") -> Answer:
        """Return an answer of the case with pseudonyms for names, identifiers, numbers, contacts and files.

        It is of the same type, and whatever is made of it (``to_dict``, ``to_pandas``, ``save``) says that it is
        redacted. The same value has the same pseudonym in all answers of the case; the key for them is made at the
        first use and stays in the case. This is no anonymisation: days, counts, outcomes, kinds, provinces and the four
        carriers stay, and whoever has the key, or knows the story, can tell who is who.

        Parameters
        ----------
        answer
            What a method of this case returned.
        lang
            Language of the words before the digits (``person-…``, ``人员-…``).

        Raises
        ------
        UsageError
            If it is an answer of which not every text has a declared meaning, as the rows of one's own SQL.
        StoreError
            If the key cannot be kept in the case.

        Examples
        --------
        >>> trace = case.redacted(case.trace("8986061900000000001"))
        >>> trace.outcome.value, len(trace.chains[0].hops), trace.holder.name.partition("-")[0]
        ('continuous', 2, 'party')
        """
        return self.masker(lang).answer(answer)

    def masker(self, lang: Lang = "en") -> Masker:
        """Return what makes pseudonyms for this case."""
        from graphtrace.redaction import Masker

        return Masker(self._place.redaction_key(), lang)

    def interrupt(self) -> None:
        """End what the store is at for a question of another thread, which ends in an error then.

        What a server is asked in Cypher goes on to its end.
        """
        self._stores.interrupt()

    def close(self) -> None:
        """Close the store of the case; the next question opens it again."""
        self._stores.close()

    def judgements(self) -> list[NamedJudgement]:
        """Return all judgements of the case by number, including those that were undone."""
        with self._stores.open(self.as_of) as store:
            return list(store.judgements.all)

    @logged
    def candidates(self, party: str | None = None) -> Candidates:
        """Return pairs of parties that may be one under two names, with the reasons, strongest first; merges none.

        Parameters
        ----------
        party
            Only pairs with this party (id, strong identifier or name).

        Raises
        ------
        AmbiguousName, NothingFound
            If several parties bear the name, or none.
        """
        from graphtrace.analysis.candidate_pairs import find_candidates
        from graphtrace.analysis.party_dealings import find_party
        from graphtrace.results.judgements import Candidates

        with self._stores.open_tracer(self.as_of) as tracer:
            wanted = None if party is None else find_party(tracer.store, party)
            return Candidates(find_candidates(tracer, wanted))

    @logged
    def trace(self, *ids: str, slack: int | None = None) -> Traces:
        """Trace cards (by ICCID, part of one, EID, MSISDN, IMSI or IMEI): chains, registrants, end users and leads.

        Parameters
        ----------
        ids
            As many as wanted; one call for many is far cheaper than many calls.
        slack
            By how many days the order in which steps continue may fall before the order by dates stands beside it; 7
            if left out.

        Returns
        -------
        Traces
            One trace per card that fits, in the order of the ids, then of the keys; an id that fits none has one with
            ``found`` false.
        """
        with self._stores.open_tracer(self.as_of, slack=_slack_days(slack)) as tracer:
            return Traces(tracer.trace(ids), self._letters(tracer.store))

    def _letters(self, store: Backend) -> AskedInLetters:
        """Return what the letters of the case ask; where there is none only the notes are looked at."""
        from graphtrace.results.letters import AskedInLetters, letters_of
        from graphtrace.storage.case_notes import readable_notes

        if not self._has_note("letter"):
            return AskedInLetters()
        notes = readable_notes(store.contents().notes, as_of=self.as_of)
        return AskedInLetters(letters_of(notes), self.as_of or china_today().isoformat())

    def log_as(self, scope: LookupScope | None, *, purpose: str | None = None) -> None:
        """Log the questions that follow as those of one command or page, which shows their answers itself.

        ``purpose`` takes the place of that of :func:`open_case`, where it is given.
        """
        self._log.scope = scope
        self._log.purpose = purpose_of(purpose)

    @contextmanager
    def lookup(self, command: str, **asked: object) -> Iterator[None]:
        """Log all questions within the block as one look-up, before the first is answered.

        Parameters
        ----------
        command
            Name of the look-up in the log.
        asked
            What is asked: texts, numbers, lists of texts.

        Raises
        ------
        UsageError
            If the case requires a purpose and none is given.
        CaseMissing, CaseLocked, StoreError
            If the log cannot be written; nothing is answered then.
        """
        with self._log.look_up(command, {**asked, "as_of": self.as_of}):
            yield

    @logged
    def outcomes(self, *ids: str) -> Outcomes:
        """Return outcome, registrant and last holder of many cards as a table, without the rest of their traces.

        The ids are those of :meth:`trace`, and so are the answers. A hundred thousand cards with plain stories take
        well under a second.
        """
        from graphtrace.analysis.answer_tables import find_outcomes

        with self._stores.open_tracer(self.as_of) as tracer:
            return find_outcomes(tracer, ids)

    def shown_numbers(self, keys: Collection[str]) -> dict[str, str]:
        """Return the numbers by which cards are shown, the fullest writings of the case, by the keys of the cards."""
        from graphtrace.storage.base import shown_numbers

        with self._stores.open(self.as_of) as store:
            return shown_numbers(store, keys)

    def ledger_head(self) -> str | None:
        """Return the hash of the last line of the ledger: it identifies the state of the case; every load changes it.

        Returns
        -------
        str or None
            64 hexadecimal digits; ``None`` where nothing is loaded.
        """
        with self._stores.open() as store:
            return head_of(entries_until(store.contents().ledger, self.as_of))

    def state(self) -> CaseState:
        """Return the head of the ledger, and how much of the case was not read: it may say more."""
        from graphtrace.results.case_status import CaseState
        from graphtrace.storage.not_read import count_unread

        with self._stores.open() as store:
            contents = store.contents()
            entries = entries_until(contents.ledger, self.as_of)
            head = None
            if contents.notes:
                from graphtrace.storage.case_notes import head_of_case

                head = head_of_case(contents.notes, self.as_of)
            return CaseState(
                head_of(entries),
                count_unread(entries, contents.notes, self.as_of),
                self.as_of,
                head if head is not None and any(head) else None,
                content_of(entries[-1])["at"][:10] if entries else None,
                entries,
            )

    def head(self) -> CaseHead:
        """Return number, name, unit, officer and legal ground of the case, as people stated them."""
        from graphtrace.storage.case_notes import head_of_case

        with self._stores.open() as store:
            return head_of_case(store.contents().notes, self.as_of)

    @logged
    def guided_questions(self, *ids: str) -> GuidedQuestions:
        """Return how far the records answer each guided question for the seized cards, and what is missing.

        Parameters
        ----------
        ids
            Cards, as for :meth:`trace`; the seized cards of the case where none are given.
        """
        from graphtrace.analysis.guided_answers import answer_guided
        from graphtrace.storage.case_notes import readable_notes
        from graphtrace.storage.not_read import count_unread

        with self._stores.open_tracer(self.as_of) as tracer:
            contents = tracer.store.contents()
            unread = count_unread(entries_until(contents.ledger, self.as_of), contents.notes, self.as_of)
            return answer_guided(tracer, ids or None, unread, readable_notes(contents.notes, as_of=self.as_of))

    def verify(self, *answers: str | Path, deep: bool = False, progress: Progress | None = None) -> Verification:
        """Check that sources, rows, ledger and saved answers agree; return the problems. Reads every source.

        Without ``deep`` the sources are compared with their hashes and the tables with the ledger and each other, but
        no value of a row with its source.

        Parameters
        ----------
        answers
            Answers of ``trace`` and ``audit`` that were saved as JSON, JSON Lines, XLSX, DOCX or HTML; they are asked
            again with the options that they state, as of the day of :meth:`at` or else their own, and compared whole,
            sentences and counts too. Lines state no options. A file for people is also written anew, and has to show
            the same. A PDF carries no answer.
        deep
            Load every source once more into a scratch case, as it was loaded, and compare every row; it takes as long
            and as much room as loading did. The saved answers are asked of that case too, as of their heads. Only done
            where nothing else disagrees.
        progress
            Called with (stage, done, total).

        Returns
        -------
        list of IntegrityProblem
            Empty for a sound case; ``is_deep`` and ``answers`` of it say what was compared. The code of a saved answer
            that differs is ``answer_differs``, of one that bears the head of another ledger
            ``answer_of_another_ledger``; ``answer_not_compared`` names what could not be asked again, and
            ``answer_not_logged`` is that of a file whose SHA-256 no look-up of the log has as its answer.

        Raises
        ------
        InputError
            If a file is no saved answer.
        """
        from graphtrace.analysis.card_trace import Tracer
        from graphtrace.analysis.saved_answers import (
            check_answers,
            check_derived,
            compared_answers,
            letters_stated,
            lookup_of,
            read_answer,
        )
        from graphtrace.render.json import to_json_bytes, to_json_text
        from graphtrace.results.case_status import IntegrityProblem, Verification
        from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
        from graphtrace.storage.lookups import read_lookups
        from graphtrace.storage.verify import HARMLESS, verify_case, verify_rows

        saved = [read_answer(Path(path)) for path in answers]

        def derive(again: DuckDBBackend) -> Iterator[tuple[str, dict[str, Any]]]:
            @contextmanager
            def ask_derived(moment: Moment | None, is_judged: bool) -> Iterator[Tracer]:
                with closing(DuckDBBackend(again.folder, as_of=moment, judged=is_judged)) as derived:
                    yield Tracer(derived)

            known = store.contents().ledger
            yield from check_derived(
                ask_derived, saved, lambda day: entries_until(known, self.as_of or day), again.contents().ledger
            )

        while True:
            with self._stores.open(with_all_judgements=True) as store:
                problems = list(verify_case(store))
                if deep and all(code in HARMLESS for code, _ in problems):
                    problems += verify_rows(store, progress or (lambda *_: None), derive if saved else None)
                contents = store.contents()
                entries, notes = (contents.ledger, contents.notes) if saved else ([], [])
                lookups = contents.lookups if saved else []
                # what was changed meanwhile stands in the folder and not in the database that was looked at
                if not problems or store.is_fresh():
                    break

        @contextmanager
        def ask_again(moment: Moment | None, is_judged: bool) -> Iterator[Tracer]:
            stores = self._stores if is_judged else self._stores.unjudged()
            with stores.open_tracer(self.as_of or moment if isinstance(moment, str | None) else moment) as tracer:
                yield tracer
            if stores is not self._stores:
                stores.close()

        of_letters: list[tuple[str, dict[str, Any]]] = []

        def write_again(answer: SavedAnswer, now: Traces | AuditResults) -> bytes | None:
            if answer.ending == ".json":
                from graphtrace.render.json import lead_letters
                from graphtrace.wire import plain

                letters = answer.document.get("lead_letters") or []
                # each letter that is stated is that of the case; whether one is left out, the leads say
                is_stated = letters and next(letters_stated(letters, notes), None) is not None
                if is_stated and isinstance(now, Traces):
                    again = plain(lead_letters(_with_letters(now, letters, "", notes)))
                    if again != letters:
                        where = {"file": answer.file, "about": "lead_letters", "later": None}
                        of_letters.append(("answer_differs", where))
                return None
            from graphtrace.render.provenance import answered_at
            from graphtrace.render.registry import make_file
            from graphtrace.results.case_status import CaseHead, CaseState, Unread

            told, stated = answer.told, answer.document
            if isinstance(now, Traces):
                now = _with_letters(now, stated.get("lead_letters") or [], told["letters_on"] or "", notes)
            unread = Unread(**stated["unread"]) if "unread" in stated else None
            head = None if told["case_head"] is None else CaseHead(**told["case_head"])
            ledger = entries_until(entries, self.as_of or answer.as_of)
            state = CaseState(answer.ledger_head, unread, answer.as_of, head, told["day"], ledger)
            with answered_at(state, stated.get("skipped", ()), answer.options):
                lang = answer.options.get("lang", "en")
                made = make_file(now, answer.ending, lang, title=told["title"], as_of=answer.as_of)
            return made if isinstance(made, bytes) else made.encode()

        def ledger_until(day: str | None) -> Sequence[str]:
            return entries_until(entries, self.as_of or day)

        def write_json(document: Mapping[str, Any]) -> Iterator[bytes]:
            yield to_json_bytes(document)
            yield to_json_text(document, is_ascii=True).encode()

        compared: list[ComparedAnswer] = []
        try:
            asked, answered = read_lookups(lookups)
            given = [(answer, lookup_of(answer, answered, write_json)) for answer in saved]
            problems += check_answers(ask_again, given, ledger_until, notes, asked, write_again)
            compared = compared_answers(given, ledger_until)
        except (LookupError, TypeError, ValueError, AttributeError):
            # what is damaged may not be answered from; a sound case is a fault of the program
            if all(code in HARMLESS for code, _ in problems):
                raise
        found = [IntegrityProblem(code=code, params=params) for code, params in (*problems, *of_letters)]
        return Verification(found, is_deep=deep, answers=compared)

    @logged
    def audit(
        self,
        *names: str,
        all: bool = False,  # noqa: A002
        role: AuditRole | None = None,
        rules: Sequence[Rule] | None = None,
        slack: int | None = None,
        annex: str | Path | None = None,
    ) -> AuditResults:
        """Audit every card that an enterprise bought from carriers, or that a dealer received from others.

        The figures add up.

        Parameters
        ----------
        names
            Ids (``id:…``, ``name:…``), strong identifiers or names of parties.
        all
            Every party in the role, the one with the most cards first, instead of ``names``.
        role
            ``enterprise``: by the cards that carriers sold to the party. ``dealer``: by those that it received from
            others. If left out, each named party is an enterprise where a carrier sold cards to it, else a dealer, and
            ``all`` means enterprises.
        rules
            Rules to apply (:func:`graphtrace.load_rules` reads them, :func:`graphtrace.select_rules` sets their
            parameters); all rules of the product if left out.
        slack
            As for :meth:`trace`.
        annex
            A file to write, not with ``all``: a line of JSON for each card behind the counts, with the figures in which
            it counts and the rows that name it.

        Returns
        -------
        AuditResults
            One audit per name, in their order.

        Raises
        ------
        AmbiguousName
            If several parties bear a name.
        UsageError
            If a party is a carrier, or there is no such role.
        NothingFound
            If no party bears a name, or the party received no cards in the role.
        RuleError
            If the query of a rule cannot be asked.
        """
        from graphtrace.analysis.audit.enterprise_audit import audit_all, audit_parties, check_role
        from graphtrace.results.audit import AnnexWriter, AuditResults
        from graphtrace.rules.rule_loader import load_rules
        from graphtrace.storage.case_folder import atomic_write

        if bool(names) == all:
            raise UsageError("audit_of_what", hint="audit_usage")
        if annex is not None and all:
            raise UsageError("cards_of_which_enterprise", hint="name_enterprises")
        check_role(role)
        applied = load_rules() if rules is None else rules
        with self._stores.open_tracer(self.as_of, slack=_slack_days(slack)) as tracer:
            if annex is None:
                return AuditResults(
                    audit_all(tracer, applied, role or "enterprise")
                    if all
                    else audit_parties(tracer, names, applied, role)
                )
            with atomic_write(Path(annex)) as stream:
                written = AnnexWriter(Path(annex).name, stream.write)
                audits = audit_parties(tracer, names, applied, role, written.add)
            return AuditResults(audits, written.annex)

    @logged
    def audit_details(
        self,
        *names: str,
        bucket: str | None = None,
        role: AuditRole | None = None,
        rules: Sequence[Rule] = (),
        slack: int | None = None,
    ) -> list[Drilldown]:
        """Return the cards behind a figure of an audit, as ranges, and the records that name them.

        Parameters
        ----------
        names
            The parties, as for :meth:`audit`.
        role
            As what they are audited, as for :meth:`audit`.
        bucket
            ``purchased`` (of a dealer ``received``), ``seized`` or one of the buckets; or
        rules
            the rules whose findings are opened.
        slack
            As for :meth:`trace`.

        Returns
        -------
        list of Drilldown
            One per party and bucket, or per finding.

        Raises
        ------
        UsageError
            If neither or both of a bucket and rules are given, or there is no such bucket.
        AmbiguousName, NothingFound, RuleError
            As :meth:`audit`.
        """
        from graphtrace.analysis.audit.enterprise_audit import check_role
        from graphtrace.analysis.audit.figure_evidence import drill_into_bucket, drill_into_findings

        if (bucket is None) == (not rules):
            raise UsageError("several_figures_opened", hint="figure_or_rules")
        check_role(role)
        with self._stores.open_tracer(self.as_of, slack=_slack_days(slack)) as tracer:
            return (
                drill_into_findings(tracer, names, rules, role)
                if bucket is None
                else drill_into_bucket(tracer, names, bucket, role)
            )

    @logged
    def common(
        self,
        *ids: str,
        by: Ranking = "lift",
        weights: Mapping[str, float] | None = None,
    ) -> SharedParties:
        """Return the parties that many seized cards share, ranked beyond what the size of a party explains.

        Parameters
        ----------
        ids
            ICCIDs, parts of one, MSISDNs, IMSIs or IMEIs, as many as wanted.
        by
            Key of the ranking: ``lift``, ``coverage`` or ``score``.
        weights
            Weights of criminal cases by case number, and of cards without one by their number; 1 where none is given.

        Returns
        -------
        SharedParties
            Parties with figures and the rows behind them, the smallest set found that explains all cards, and the
            inputs that no record knows.

        Raises
        ------
        UsageError
            If a weight is none, or is given to something that was not asked for.
        """
        from graphtrace.analysis.shared_party_ranking import find_shared_parties

        with self._stores.open_tracer(self.as_of) as tracer:
            return find_shared_parties(tracer, ids, by=by, weights=weights)

    @logged
    def siblings(self, *ids: str) -> Siblings:
        """Return the siblings of cards as ranges, and those of them that are active and not yet seized.

        Parameters
        ----------
        ids
            ICCIDs, parts of one, MSISDNs, IMSIs or IMEIs.

        Returns
        -------
        Siblings
            One entry a card, and the cards that a carrier may be asked to suspend.
        """
        from graphtrace.analysis.sibling_cards import find_siblings

        with self._stores.open_tracer(self.as_of) as tracer:
            return find_siblings(tracer, ids)

    def notes(self) -> list[dict[str, Any]]:
        """Return the notes, states of leads and saved views that people added to the case, in order of time.

        Each has ``at``, ``by``, ``kind``, ``about`` and a ``hash``. No answer rests on them. A line that is no note is
        left out, and told by :meth:`verify`.
        """
        from graphtrace.storage.case_notes import readable_notes

        with self._stores.open() as store:
            return readable_notes(store.contents().notes, as_of=self.as_of)

    def notes_on(self, subject: Card | Party) -> list[Mapping[str, Any]]:
        """Return the notes on a card or party, also those that were made when it had another number or id."""
        from graphtrace.analysis.note_subjects import notes_on

        notes = self.notes()
        with self._stores.open(self.as_of) as store:
            return notes_on(store, notes, subject)

    def notes_on_nothing(self) -> list[Mapping[str, Any]]:
        """Return the notes on cards and parties that no record names any more, or that may be any of several."""
        from graphtrace.analysis.note_subjects import notes_on_nothing

        notes = self.notes()
        with self._stores.open_tracer(self.as_of) as tracer:
            return notes_on_nothing(tracer, notes)

    def watches(self) -> WatchList:
        """Return the values that are watched."""
        from graphtrace.analysis.watch_hits import watches_of
        from graphtrace.results.watch import WatchList

        with self._stores.open() as store:
            return WatchList(list(watches_of(store.contents().notes, as_of=self.as_of).values()))

    def _has_note(self, *kinds: NoteKind) -> bool:
        """Whether some line of the notes holds one of the kinds; the store is not opened for that."""
        with self._place.chains() as chains:
            return any(chains.lines("notes", holding=f'"kind":"{kind}"') for kind in kinds)

    @logged
    def find_parties(self, text: str, *, most_similar: int = 5) -> tuple[list[Party], list[Party]]:
        """Return the parties that a text means, by id, strong identifier or name, and those with similar names.

        Parameters
        ----------
        most_similar
            Maximum number of parties with similar names, if no party bears the text as a name; the nearest first.
        """
        from graphtrace.analysis.party_dealings import parties_like, parties_named

        with self._stores.open(self.as_of) as store:
            named = list(parties_named(store, text))
            return named, [] if named or not most_similar else list(parties_like(store, text, most=most_similar))

    @logged
    def known_uses(self, text: str) -> list[KnownUse]:
        """Return what the case knows under a text beside the numbers of cards.

        That is whose name, identifier, telephone, account or address it is, and the records whose waybill, order,
        contract, record or case number it is, or that name it as the holder.
        """
        from graphtrace.analysis.known_values import known_uses

        with self._stores.open(self.as_of) as store:
            return known_uses(store, [text])[text]

    @logged
    def uses_beside(self, text: str) -> list[KnownUse]:
        """Return the rows that hold a text in a column that was not read; the role of each is the heading.

        At most a thousand each of cards, of ranges and of others. Cost: one pass over what stands beside records.
        """
        from graphtrace.analysis.known_values import uses_beside

        with self._stores.open(self.as_of) as store:
            return uses_beside(store, text)

    @logged
    def cards_ending_in(self, tail: str) -> list[str]:
        """Return the keys of the cards whose number ends so; where more than a hundred do, of those seized alone.

        Cost: one pass over the cards and ranges.

        Parameters
        ----------
        tail
            The last characters of the number of a card.
        """
        from graphtrace.analysis.typed_cards import cards_ending_in

        with self._stores.open(self.as_of) as store:
            return list(cards_ending_in(store, tail))

    @logged
    def unread_rows(self, text: str) -> list[UnreadRow]:
        """Return the rows that hold a name or identifier and count in no answer, with why each was not read.

        They were rejected, wait for an answer, or say themselves that they are no record.
        """
        from graphtrace.analysis.source_cells import rows_naming

        with self._stores.open(self.as_of) as store:
            return list(rows_naming(store, [text]))

    @logged
    def places_of_text(self, text: str) -> TextPlaces:
        """Return where a text stands in the kept files, whatever was read of them."""
        from graphtrace.analysis.source_cells import places_of_text

        with self._stores.open(self.as_of) as store:
            return places_of_text(store, text)

    @logged
    def cards_seized_in(self, case_no: str | None = None) -> list[str]:
        """Return the cards that were seized in a criminal case, by its number as records write it.

        Those of all criminal cases, and of none, with ``None``. First stand the shown numbers of those that a record
        names, by their keys, then the MSISDNs or IMSIs of the others.
        """
        with self._stores.open(self.as_of) as store:
            from graphtrace.analysis.typed_cards import cards_seized_in

            return cards_seized_in(store, case_no)

    def ledger(self) -> list[dict[str, Any]]:
        """Return the lines of the ledger, the oldest first: what was loaded and corrected, when, with what settings."""
        with self._stores.open() as store:
            return [content_of(entry) for entry in entries_until(store.contents().ledger, self.as_of)]

    def log(self) -> CaseLog:
        """Return what was done to the case and asked of it, the oldest first: loads, changes, judgements, look-ups."""
        from graphtrace.results.case_status import CaseLog, IntegrityProblem
        from graphtrace.storage.lookups import lines_of_case
        from graphtrace.storage.verify import check_chains

        with self._stores.open() as store:
            contents = store.contents()
            lines = lines_of_case(contents, self.as_of)
            found = check_chains(store.integrity().ledger_file, contents)
            problems = [IntegrityProblem(code=code, params=params) for code, params in found]
            return CaseLog(lines, problems)

    @logged
    def party(self, name: str) -> PartySummary:
        """Return the parties that a party (id, strong identifier or name) received cards from and passed cards on to.

        Raises
        ------
        AmbiguousName
            If several parties bear the name.
        NothingFound
            If no party does.
        """
        from graphtrace.analysis.party_dealings import summarize_party

        with self._stores.open(self.as_of) as store:
            return summarize_party(store, name)

    @logged
    def partners(
        self,
        name: str,
        *,
        by: GroupBy = "party",
        side: Side | None = None,
        month: str | None = None,
        channel: str | None = None,
        size: int | None = None,
        skip: int = 0,
        most: int = 12,
    ) -> PartyPartners:
        """Return those with whom a party (id, strong identifier or name) dealt, the most cards first, a part at a time.

        Parameters
        ----------
        by
            ``party``: each partner alone. ``month``, ``channel``, ``size``: all partners with movements in a month,
            over a channel (``""``: none is stated), or with as many cards (the number of digits: 3 is 100 to 999).
        side
            ``received`` or ``passed_on``; both where nothing is said.
        month, channel, size
            Only movements in this month (``2024-03``, of the earliest possible day), over this channel, and partners of
            this size.
        skip, most
            Groups on each side that were given before, and how many are given now.

        Raises
        ------
        AmbiguousName
            If several parties bear the name.
        NothingFound
            If no party does.
        """
        from graphtrace.analysis.party_dealings import partners_of
        from graphtrace.engine.party_flows import PartnerQuery
        from graphtrace.results.party import SIDES

        sides = [side] if side is not None else SIDES
        with self._stores.open(self.as_of) as store:
            return partners_of(
                store,
                name,
                {one: PartnerQuery(one == "received", by, month, channel, size, skip, most) for one in sides},
            )

    @logged
    def flows_between(self, *names: str) -> list[FlowTotals]:
        """Return what passed between some parties (ids, strong identifiers or names), by their ids.

        Raises
        ------
        AmbiguousName
            If several parties bear a name.
        NothingFound
            If no party does.
        """
        from graphtrace.analysis.party_dealings import flows_between

        with self._stores.open(self.as_of) as store:
            return flows_between(store, names)

    @logged
    def graph(
        self, level: Level = "party", *, redact: bool = False, lang: Lang = "en", **part: Unpack[GraphPart]
    ) -> nx.MultiDiGraph[str]:
        """Return the case as a graph, or the subgraph around some parties and cards; docs/exports.md lists attributes.

        Parameters
        ----------
        level
            ``party``: parties and what passed between each two. ``record``: parties and the records between them, with
            the ranges and single cards that these move. ``card``: the ranges and single cards, with their hands, users
            and devices; only around something.
        redact
            Whether names, numbers and files are pseudonyms, as :meth:`redacted` makes them.
        lang
            Language of the words of the pseudonyms.
        part
            What the subgraph is around, and its bounds (:class:`~graphtrace.results.subgraph.GraphPart`); the whole
            case without any.

        Returns
        -------
        networkx.MultiDiGraph
            ``graph.graph["limits"]`` says what bounds it: how deep it was walked, how many parties at its end have
            partners that are not shown, and the hubs that were not walked through.

        Raises
        ------
        UsageError
            If it would be too large to hold; :meth:`export` has no such limit but at the level of cards.
        AmbiguousName
            If several parties bear a name.
        NothingFound
            If no party does, or no record moves the cards.
        """
        with self._open_subgraph(level, masker=self.masker(lang) if redact else None, **part) as subgraph:
            graph = subgraph.to_networkx()
        if not redact:
            return graph
        from graphtrace.redaction.redacted_answers import marked

        return marked(graph)

    @contextmanager
    def _open_subgraph(
        self,
        level: Level,
        *,
        title: str | None = None,
        masker: Masker | None = None,
        **part: Unpack[GraphPart],
    ) -> Iterator[Subgraph]:
        from graphtrace.analysis.case_graph import extract_subgraph
        from graphtrace.results.subgraph import SubgraphQuery

        question = SubgraphQuery.of(level, **part)
        with self._stores.open_tracer(self.as_of) as tracer:
            subgraph = extract_subgraph(tracer, question)
            subgraph.case, subgraph.as_of = title, self.as_of
            if masker is not None:
                from graphtrace.analysis.redacted_subgraph import RedactedSubgraph

                subgraph = RedactedSubgraph(subgraph, masker)
            yield subgraph

    @partial(logged, by_name="graph")
    def graph_page(
        self,
        level: Level | None,
        lang: Lang,
        title: str | None,
        *,
        redact: bool = False,
        **part: Unpack[GraphPart],
    ) -> bytes:
        """Return the page, as bytes of one HTML file, of the subgraph that :meth:`graph` would return."""
        from graphtrace.export import default_level, get_format

        form = get_format("html")
        out = io.BytesIO()
        masker = self.masker(lang) if redact else None
        with self._open_subgraph(default_level(form, level), title=title, masker=masker, **part) as subgraph:
            form.write_into(out, subgraph, lang)
        return out.getvalue()

    @partial(logged, what="export")
    def export(
        self,
        format: str,  # noqa: A002
        out: str | Path,
        *,
        level: Level | None = None,
        lang: Lang = "en",
        partitions: int | None = None,
        title: str | None = None,
        redact: bool = False,
        **part: Unpack[GraphPart],
    ) -> ExportResult:
        """Write the case, or the subgraph that :meth:`graph` would return, in a format of other programs.

        Parameters
        ----------
        format
            ``graphml``, ``gexf``, ``json`` (node-link), ``csv``, ``xlsx``, ``ftm`` (FollowTheMoney), ``html`` (a page),
            ``cypher``, or ``neo4j-admin``: the whole case for the bulk import of a Neo4j server.
        out
            A file; of ``csv`` a folder or an archive (``.zip``), of ``neo4j-admin`` a new folder. It is there whole or
            not at all.
        level
            By default ``party``, of ``ftm`` and ``cypher`` ``record``.
        lang
            Language of the headings of a spreadsheet, and the one that a page opens in.
        partitions
            For ``parquet``, which is the whole case in folders of its own (docs/scale.md): how many at most, 8 by
            default.
        title
            Name of the case on a page.
        redact
            Whether names, numbers and files are pseudonyms, as :meth:`redacted` makes them; not of the whole case.
        part
            As for :meth:`graph`; not of the whole case.

        Returns
        -------
        ExportResult
            Number of items written, by type, and the limits of a subgraph.

        Raises
        ------
        UnknownFormat
            If there is no such format.
        UsageError
            If the format does not hold the level, or ``out`` cannot be written.
        AmbiguousName
            If several parties bear a name.
        NothingFound
            If no party does, or no record moves the cards.
        """
        from graphtrace.export import WHOLE_CASE_FORMATS, default_level, export_selection, export_whole_case, get_format
        from graphtrace.results.subgraph import SubgraphQuery

        target = Path(out)
        is_whole = format in WHOLE_CASE_FORMATS
        if is_whole and (level is not None or self.as_of is not None or SubgraphQuery.of(**part) != SubgraphQuery()):
            raise UsageError("format_takes_whole_case", format=format, hint="leave_out_choice")
        refuse_inside_case(target)
        if partitions is not None and format != "parquet":
            raise UsageError("format_without_partitions", format=format, hint="export_partitions")
        if is_whole and redact:
            raise UsageError("format_not_redacted", format=format, hint="redact_graph")
        if is_whole:
            with self._stores.open(with_all_judgements=True) as store:
                return export_whole_case(store, self.path, format, target, partitions)
        form = get_format(format)
        masker = self.masker(lang) if redact else None
        with self._open_subgraph(default_level(form, level), title=title, masker=masker, **part) as subgraph:
            written = export_selection(subgraph, form, target, lang)
        if masker is None:
            return written
        # its limits are pseudonyms already
        return replace(masker.answer(replace(written, limits=None)), limits=written.limits)

    @logged
    def query(self, name: str, /, **parameters: object) -> QueryResult:
        """Run a query of the query library, or of the folder that ``GRAPHTRACE_QUERIES`` names.

        Parameters
        ----------
        name
            Name of its file, without the suffix.
        parameters
            By the names in its header; as text, or as values of Python that fit their types.

        Returns
        -------
        QueryResult
            ``columns``, ``rows`` and ``to_pandas()``; no rows where nothing fits.

        Raises
        ------
        UsageError
            If there is no such query, or a parameter is missing, unknown or of another type.
        AmbiguousName, NothingFound
            If a party among the parameters is borne by several or by none.
        QueryError
            If the file of the query is wrong.
        """
        from graphtrace.analysis.answer_tables import run_library_query
        from graphtrace.query_library import load_query

        query = load_query(name)
        with self._stores.open(self.as_of) as store:
            return run_library_query(store, query, parameters)

    def queries(self) -> list[str]:
        """Return the names of the queries of the library, for :meth:`query`."""
        from graphtrace.query_library import load_queries

        return [query.name for query in load_queries() if query.header.over == "case"]

    @logged
    def records(self, *, kind: RecordKind | None = None) -> Table:
        """Every record of custody as a table, of one kind where that is given; with its file, sheet and row.

        Identities, shipments and payments have tables of their own, with their sides, numbers and amounts. A row that
        says again what another one says is ``repeated``. Cost: one pass over the records, all in memory.
        """
        if kind == "identity" or kind == "shipment" or kind == "payment":
            from graphtrace.analysis.answer_tables import read_supports

            with self._stores.open(self.as_of) as store:
                return read_supports(store, kind)
        return self._table("records", kind=kind)

    @logged
    def parties(self) -> Table:
        """Return every party as a table: id, name, whether it is a carrier, and the number of parties with the name."""
        return self._table("parties")

    @logged
    def cards(self) -> Table:
        """Return every card and range that some record moves, as a table with its first and last card."""
        return self._table("cards")

    @logged
    def activations(self) -> Table:
        """Return every activation as a table: card, day, user, numbers, place, and its file and row."""
        return self._table("activations")

    @logged
    def seizures(self) -> Table:
        """Return every seizure as a table: card, day, case, place, holder, and its file and row."""
        return self._table("seizures")

    @logged
    def rejects(self) -> Table:
        """Return every rejected row as a table: its file and row, the field, and the reason."""
        return self._table("rejects")

    def reject_counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many rows of each file were rejected for each reason, by its SHA-256 and the reason.

        Counts say nothing of anybody: this is no look-up, as the report of a load is none. Cost: all rejected rows.
        """
        return Counter((row["sha256"], row["reason"]) for row in self._table("rejects"))

    def _table(self, name: str, **parameters: object) -> Table:
        from graphtrace.analysis.answer_tables import read_table

        with self._stores.open(self.as_of) as store:
            return read_table(store, name, parameters)

    @logged
    def sql(self, text: str, /, **parameters: object) -> Table:
        """Run one SELECT over the views that docs/model.md describes; a parameter is written ``$name``.

        Raises
        ------
        QueryError
            If the text is anything but one SELECT, or fails.
        UsageError
            If the case is on a server, which is asked in Cypher: :meth:`cypher`.
        """
        return self._ask("sql", text, parameters)

    @logged
    def cypher(self, text: str, /, **parameters: object) -> Table:
        """Run one read-only Cypher query on a case on a server; docs/model.md describes the graph.

        Raises
        ------
        QueryError
            If the text changes something, or fails.
        UsageError
            If the case is in a folder, which is asked in SQL: :meth:`sql`.
        """
        return self._ask("cypher", text, parameters)

    def _ask(self, language: Language, text: str, parameters: Mapping[str, object]) -> Table:
        from graphtrace.analysis.answer_tables import ask_table

        with self._stores.open(self.as_of) as store:
            return ask_table(store, language, text, parameters)

    def traces(self, ids: Iterable[str]) -> Traces:
        """Trace many cards, as :meth:`trace` does."""
        return self.trace(*ids)


def _with_letters(traces: Traces, stated: Sequence[Any], day: str, notes: Sequence[str]) -> Traces:
    """Return traces with the letters of the case when they were as a saved answer states them; else without any."""
    from graphtrace.analysis.saved_answers import letters_stated
    from graphtrace.render.json import lead_letters
    from graphtrace.wire import plain

    for letters in letters_stated(stated, notes):
        letters.day = day
        asked = Traces(traces, letters)
        if plain(lead_letters(asked)) == stated:
            return asked
    return traces


def _slack_days(slack: int | None) -> int:
    """Return the days that a question allows; the usual ones where it states none.

    Raises
    ------
    UsageError
        If they are fewer than none.
    """
    from graphtrace.custody import SLACK_DAYS

    if slack is not None and slack < 0:
        raise UsageError("bad_slack", days=slack, hint="zero_or_more")
    return SLACK_DAYS if slack is None else slack
