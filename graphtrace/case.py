"""Public interface of the library: a case, with all records of one investigation and what is derived from them.

What only some questions need is imported when one of them is asked, so that a trace starts fast.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial, wraps
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast

from graphtrace.analysis.store_access import LookupLog, LookupScope, StoreAccess, purpose_of
from graphtrace.errors import CaseMissing, UsageError
from graphtrace.model import RecordKind, china_today
from graphtrace.platform import system
from graphtrace.results.case_status import CaseStatus, CopyResult, IntegrityProblem, Verification
from graphtrace.results.traces import Traces
from graphtrace.storage.case_folder import DEFAULT_WAIT_S, refuse_inside_case
from graphtrace.storage.ledger import content_of, entries_until, head_of
from graphtrace.storage.location import CaseLocation, is_same_location, parse_location
from graphtrace.storage.memory_budget import question_bytes
from graphtrace.storage.neo4j.client import Credentials

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.analysis.card_trace import Tracer
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.analysis.saved_answers import SavedAnswer
    from graphtrace.engine.party_flows import GroupBy
    from graphtrace.ingest.containers import Source
    from graphtrace.ingest.transcription import Transcription
    from graphtrace.model import AuditRole, Party
    from graphtrace.redaction import Masker
    from graphtrace.render import Lang
    from graphtrace.results.audit import AuditResults
    from graphtrace.results.bundle import OpenedBundle, SealedBundle
    from graphtrace.results.candidates import Candidates
    from graphtrace.results.card_outcomes import Outcomes
    from graphtrace.results.case_status import CaseHead, CaseLog, CaseState, CompactResult, ComparedAnswer
    from graphtrace.results.changes import CaseChanges
    from graphtrace.results.corrections import Correction, CorrectionResult, UnloadResult
    from graphtrace.results.drilldown import Drilldown
    from graphtrace.results.evidence_report import SealedSource
    from graphtrace.results.flows import FlowTotals
    from graphtrace.results.guided import GuidedQuestions
    from graphtrace.results.judgements import JudgementResult, NamedJudgement
    from graphtrace.results.known import KnownUse
    from graphtrace.results.letters import AskedInLetters, LetterAnswer
    from graphtrace.results.library import Language
    from graphtrace.results.load_report import LoadReport, SheetReport
    from graphtrace.results.party import PartyPartners, PartySummary, Side
    from graphtrace.results.query import QueryResult
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.results.rules import Rule
    from graphtrace.results.shared_parties import Ranking, SharedParties
    from graphtrace.results.siblings import Siblings
    from graphtrace.results.source_rows import SourceExcerpt
    from graphtrace.results.subgraph import Direction, ExportResult, Level
    from graphtrace.results.tables import Table
    from graphtrace.results.unread_rows import UnreadRow
    from graphtrace.results.watch import WatchHit, WatchList
    from graphtrace.storage.base import Backend, CaseContents
    from graphtrace.storage.case_notes import NoteKind, NoteRequest
    from graphtrace.storage.correction_log import UnloadedFile
    from graphtrace.storage.judgement_log import JudgementRequest
    from graphtrace.storage.ledger import Moment
    from graphtrace.storage.load_settings import LoadOptions, LoadSettings, Progress
    from graphtrace.storage.lookups import LookupKind
    from graphtrace.storage.open_questions import Ask

Answer = TypeVar("Answer")


def _logged(question: _Question, *, what: LookupKind = "lookup", by_name: str | None = None) -> _Question:
    """Return a question of a case that is logged with its parameters before it is answered, and its answer after it."""
    parameters = signature(question)
    command = by_name or question.__name__

    @wraps(question)
    def asked(self: Case, *args: Any, **kwargs: Any) -> Any:
        given = dict(parameters.bind(self, *args, **kwargs).arguments)
        given |= given.pop("part", given.pop("parameters", {}))
        del given["self"]
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


def open_case(
    path: str | Path,
    *,
    wait: float = DEFAULT_WAIT_S,
    memory_limit: str | None = None,
    without_judgements: bool = False,
    credentials: tuple[str, str] | None = None,
    purpose: str | None = None,
) -> Case:
    """Open the case in a folder, or on a Neo4j server (``neo4j://host:port/database``).

    It need not exist before the first load.

    Parameters
    ----------
    path
        The folder or the address.
    wait
        Seconds to wait for another program that writes a case folder, where this one is to write.
    memory_limit
        The memory that a question and a load aim at, as ``"2GB"``. Where nothing is said, a load aims at 1 GB and a
        question at half of the machine's memory, at most 2 GB. What a question cannot hold in its part goes to the
        disk; where that does not do, it fails and says so.
    without_judgements
        Answer as if no judgement about parties had been made.
    credentials
        User and password of a server; ``NEO4J_USERNAME`` and ``NEO4J_PASSWORD`` where nothing is said. They are kept in
        memory only, and part of no text.
    purpose
        Why the case is asked, for the log of its look-ups; ``GRAPHTRACE_PURPOSE`` where nothing is said.

    Raises
    ------
    UsageError
        If the address of a server cannot be read or holds a password, the limit is no amount of memory, or the purpose
        is no line of at most a thousand characters.

    Examples
    --------
    >>> with gt.open_case("investigation.gtrace") as case:
    ...     case.load("sales.csv").files[0].loaded
    4
    """
    if not wait >= 0:
        raise UsageError("bad_wait", seconds=wait, hint="zero_or_more")
    login = None if credentials is None else Credentials(*credentials)
    location = parse_location(path, wait_s=wait, credentials=login)
    return Case(location, wait, memory_limit=memory_limit, judged=not without_judgements, purpose=purpose)


def open_bundle(
    path: str | Path,
    *,
    case: str | Path,
    key: str | Path | None = None,
    identity: str | Path | None = None,
    passphrase: str | None = None,
    tsa_certificate: str | Path | None = None,
    limits: Sequence[str] = (),
    password: Callable[[str], str | None] | None = None,
    progress: Progress | None = None,
) -> OpenedBundle:
    """Check a bundle and make a case of it, in a new folder.

    The case is derived from the sources and the ledger in the bundle, and compared with what the bundle states.

    Parameters
    ----------
    path
        The bundle: a folder, a zip archive, or one encrypted with age.
    case
        The new folder of the case.
    key
        Public key of minisign that must have signed the bundle, or the file that holds it. Without it, who signed is
        said and not checked.
    identity
        File with the secret key of age.
    passphrase
        Passphrase that decrypts the bundle.
    tsa_certificate
        File with the certificates of who signs time stamps; the bundle must bear one then.
    limits
        Limits that are changed, each as ``NAME=VALUE``: files, bytes, ratio.
    password
        Asked for the password of an encrypted source by its name; without it the variable ``GRAPHTRACE_FILE_PASSWORD``
        says it.
    progress
        Called with (stage, done, total).

    Raises
    ------
    BundleRefused
        If the bundle is damaged, unsafe, of a later version, or not signed or stamped as asked.
    BundleDiffers
        If its sources and ledger give another case than it states.
    UsageError
        If the folder exists, lies in the bundle or in a case, or cannot be written.

    Examples
    --------
    >>> _ = case.bundle("sealed.zip")
    >>> gt.open_bundle("sealed.zip", case="opened.gtrace").case
    'opened.gtrace'
    """
    from graphtrace.bundle.bundle_opener import OpenOptions
    from graphtrace.bundle.bundle_opener import open_bundle as open_sealed
    from graphtrace.storage.load_settings import file_password

    options = OpenOptions(
        key=key,
        identity=None if identity is None else Path(identity),
        passphrase=lambda: passphrase,
        stamp_certificate=None if tsa_certificate is None else Path(tsa_certificate),
        limits=limits,
        password=password or file_password,
    )
    return open_sealed(Path(path), case, options, progress or (lambda *_: None))


class Case:
    """A case, in a folder or on a server.

    Only :meth:`load`, :meth:`unload`, :meth:`correct`, :meth:`resolve`, :meth:`undo_judgement`, :meth:`add_note` and
    :meth:`compact` write to it; :meth:`copy_to` writes to another case.

    Where a method takes ``as_of``, that is a day (``YYYY-MM-DD``): it answers from what was there by its end.

    It holds nothing for long: a second after its last question it closes the folder, and opens it again for the
    next one. Use it as a context manager to close it early.

    Examples
    --------
    >>> trace = case.trace("8986061900000000001")
    >>> trace.registrant.name, trace.outcome.value, trace.holder.name
    ('甲公司', 'continuous', '乙')
    >>> [(origin.file, origin.row) for hop in trace.chains[0].hops for origin in hop.origins]
    [('sales.csv', 2), ('sales.csv', 3)]
    """

    def __init__(
        self,
        place: CaseLocation,
        wait: float = DEFAULT_WAIT_S,
        *,
        memory_limit: str | None = None,
        judged: bool = True,
        purpose: str | None = None,
    ) -> None:
        self.path = place.path
        self._place = place
        self._memory_limit = memory_limit
        self._wait = wait
        self._stores = StoreAccess(place, judged=judged, memory_bytes=question_bytes(memory_limit))
        self._log = LookupLog(place, purpose_of(purpose))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Case {self.path}>"

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

    def load(
        self,
        *files: str | Path,
        as_kind: RecordKind | None = None,
        mapping: str | Path | Sequence[str | Path] | None = None,
        answers: Sequence[str] = (),
        limits: Sequence[str] = (),
        reply: str | None = None,
        reply_hash: str | None = None,
        seal: bool | None = None,
        reply_to: str | None = None,
        strict: bool = False,
        again: bool = False,
        dry_run: bool = False,
        password: Callable[[str], str | None] | None = None,
        ask: Ask | None = None,
        memory_limit: str | None = None,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Load record files: atomic per file, idempotent by content, additive.

        Parameters
        ----------
        files
            Tables (CSV, TSV, XLSX, XLS, ODS, Parquet, JSON, web pages, Word files), folders and zip archives of them.
        as_kind
            Kind of every row (``purchase``, ``transfer``, ``return``, ``activation``, ``usage``, ``seizure``,
            ``stock``, ``card_list``).
        mapping
            A mapping file for headings that are not known, or several, each for the sheet that it names.
        answers
            Answers to questions that files leave open, as ``FIELD=VALUE``, or ``FILE#SHEET:FIELD=VALUE`` for some.
        limits
            Limits on folders and archives that are changed, each as ``NAME=VALUE``: files, bytes, depth, ratio.
        reply
            Document number of the reply that the one file is, or that is in the one archive. A file
            ``NAME.proof.json`` beside a file says the same (``{"reply": …, "hash": …, "seal": …}``).
        reply_hash
            The hash that the reply states of the file or of the archive, as ``SHA256:…``, ``SM3:…`` or ``MD5:…``. It is
            compared with the bytes; the records are loaded in any case. A later statement replaces an earlier one.
        seal
            Whether the reply bears a seal.
        reply_to
            The reference of the letter to which the files reply, where their rows do not bear it. The letter is
            answered for the cards about which they have rows.
        strict
            Reject rows in which the check digit of a card fails; without it they are loaded with a warning.
        again
            Read files anew that are in the case already. What both readings state keeps its corrections; what only the
            earlier one states counts no more. Without it a sheet that is to be read as another kind, by another mapping
            or recipe, or with other answers than it was is an error (``read_otherwise``). Sheets that were not
            understood, and those whose open questions are answered, are read anew without it.
        dry_run
            Report only; the case stays as it is.
        password
            Asked for the password of an encrypted workbook or archive by its name; without it the variable
            ``GRAPHTRACE_FILE_PASSWORD`` says it. It is kept nowhere.
        ask
            Called with the open questions (:class:`~graphtrace.storage.open_questions.SheetQuestion`) when all files
            were read; those of which it answers some are loaded again with the answers, and so on until nothing new is
            asked. Not called in a dry run.
        memory_limit
            The memory that the process aims at, as ``"2GB"``; that of :func:`open_case` where nothing is said, else 1
            GB. A file is streamed
            whatever its size; a lower limit means smaller pieces, and more of them.
        progress
            Called with (stage, done, total).

        Returns
        -------
        LoadReport
            One entry a sheet; a file that could not be read has an ``error`` and did not stop the others.
        """
        from graphtrace.storage.load_settings import LoadOptions, LoadSettings, file_password
        from graphtrace.storage.reply_checks import stated_reply

        mappings = [mapping] if isinstance(mapping, str | Path) else mapping or ()
        if reply_to is not None:
            from graphtrace.analysis.inquiries import letters_in, require_letter

            with self._stores.open() as store:
                reply_to = require_letter(letters_in(store.contents().notes), reply_to).reference
        self.close()
        paths = [Path(file) for file in files]
        settings = LoadSettings(
            as_kind,
            [Path(each) for each in mappings],
            answers,
            is_strict=strict,
            password=password or file_password,
            reply=stated_reply(paths, reply, reply_hash, seal),
        )
        options = LoadOptions(limits, again, dry_run, memory_limit or self._memory_limit, progress)
        return self._load(paths, settings, options, ask=ask, reply_to=reply_to)

    def _load(
        self,
        paths: Sequence[Path | Source],
        settings: LoadSettings,
        options: LoadOptions,
        *,
        ask: Ask | None = None,
        reply_to: str | None = None,
    ) -> LoadReport:
        """Load files, told by their paths or, where they bear other names, with these."""
        if ask is None or options.dry_run:
            report = self._place.load_files(paths, settings, options)
        else:
            from graphtrace.storage.open_questions import load_and_ask

            def load(paths: Sequence[Path | Source], settings: LoadSettings, only: Any) -> LoadReport:
                return self._place.load_files(paths, settings, options._replace(only=only))

            report = load_and_ask(load, paths, settings, ask)
        if not options.dry_run and (report.has_errors or report.skipped):
            self._note_files_not_read(report)
        if not options.dry_run:
            report.watch_hits = []
            if self._has_note("watch", "letter"):
                with suppress(CaseMissing), self._stores.open() as store:
                    contents = store.contents()
                    report.watch_hits = self._hits_of(store, contents, report)
                    report.answers = self._answer_letters(store, contents.notes, report, reply_to)
                self.close()
        return report

    def load_kept(
        self,
        *sha256: str,
        as_kind: RecordKind | None = None,
        mapping: str | Path | None = None,
        answers: Sequence[str] = (),
        again: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Load files of the case once more, from the bytes that it keeps and under their names in it.

        Parameters
        ----------
        sha256
            The SHA-256 of each file.
        as_kind, mapping, answers, again, dry_run, progress
            As in :meth:`load`.

        Raises
        ------
        NothingFound
            If the case has no such file.
        """
        from graphtrace.storage.load_settings import LoadSettings

        settings = LoadSettings(as_kind, [] if mapping is None else [Path(mapping)], answers)
        return self._load_kept(sha256, lambda _: settings, again=again, dry_run=dry_run, progress=progress)

    def restore(self, sha256: str, *, progress: Progress | None = None) -> LoadReport:
        """Load a file that was unloaded once more, from the bytes that the case keeps, as it was read last.

        Kind, mapping, answers and recipes of its last load are taken from the ledger. It loads as new; corrections of
        its rows do not come back.

        Parameters
        ----------
        sha256
            The SHA-256 of the file.
        progress
            As in :meth:`load`.

        Raises
        ------
        NothingFound
            If no file with this hash was unloaded, or it was loaded since.
        """
        from graphtrace.errors import NothingFound
        from graphtrace.storage.load_settings import settings_from_ledger

        unloaded = next((file for file in self.unloaded_files() if file.sha256 == sha256), None)
        if unloaded is None:
            raise NothingFound("file_not_unloaded", sha256=sha256, hint="status_lists_files")
        return self._load_kept([sha256], partial(settings_from_ledger, unloaded.last_load), progress=progress)

    def transcription_of(self, sha256: str) -> Transcription | None:
        """Return what a person confirmed of the lines of a text of the case; ``None`` where nothing is in force."""
        from graphtrace.storage.correction_log import unloaded_files
        from graphtrace.storage.load_settings import rules_of, settings_from_ledger

        ledger = self.ledger()
        loads = [line for line in ledger if line.get("sha256") == sha256 and "load" in line]
        if not loads or any(file.sha256 == sha256 for file in unloaded_files(ledger)):
            return None
        with self._scratch() as scratch:
            return rules_of(settings_from_ledger(loads[-1], scratch)).transcription

    def unloaded_files(self) -> list[UnloadedFile]:
        """Return the files that were unloaded and not loaded since, in the order in which they were unloaded."""
        from graphtrace.storage.correction_log import unloaded_files

        return unloaded_files(self.ledger())

    def _load_kept(
        self,
        hashes: Sequence[str],
        settings_in: Callable[[Path], LoadSettings],
        *,
        again: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Load kept files; ``settings_in`` is asked for the settings, with a folder for what they write."""
        from graphtrace.analysis.source_cells import write_source
        from graphtrace.ingest.containers import Source
        from graphtrace.storage.load_settings import LoadOptions

        options = LoadOptions((), again, dry_run, self._memory_limit, progress)
        with self._scratch() as scratch:
            sources = []
            for number, each in enumerate(hashes):
                (folder := scratch / str(number)).mkdir()
                with self._stores.open() as store:
                    sources.append(Source(*write_source(store, each, folder)))
            self.close()
            (how := scratch / "how").mkdir()
            report = self._load(sources, settings_in(how), options)
        for error in (sheet.error for sheet in report.files if sheet.error is not None):
            for source in sources:
                error.replace_path(source.path, Path(source.name))
        return report

    def asked_sheets(self, *answers: str, only: str | None = None) -> list[SheetReport]:
        """Return the sheets of which something is asked, with the question, their first rows, and proposed answers.

        Parameters
        ----------
        answers
            Answers to try, as in :meth:`load`: of a sheet that contradicts one the report has the error.
        only
            The SHA-256 of the only file that is looked at.
        """
        from graphtrace.analysis.asked_sheets import asked_sheets

        with self._stores.open() as store, self._scratch() as scratch:
            return asked_sheets(store, scratch, answers, only=only)

    def write_source(self, sha256: str, folder: str | Path) -> tuple[str, Path]:
        """Write the kept content of a file into a folder; return the name of the file in the case, and the path.

        Raises
        ------
        NothingFound
            If the case has no such file.
        """
        from graphtrace.analysis.source_cells import write_source

        with self._stores.open() as store:
            return write_source(store, sha256, Path(folder))

    def _scratch(self) -> AbstractContextManager[Path]:
        """Return a folder for temporary files, on the disk of the case where that is a folder."""
        from graphtrace.storage.case_folder import scratch_folder

        return scratch_folder(self._place.path if isinstance(self._place.path, Path) else None)

    def state_reply(
        self, sha256: str, *, number: str, stated: str, seal: bool | None = None, by: str | None = None
    ) -> ReplyCheck:
        """State number, hash and seal of the reply that a loaded file is; they are compared with its kept source.

        A later statement replaces an earlier one, both stay.

        Parameters
        ----------
        sha256
            The SHA-256 of the file.
        number, stated, seal
            As ``reply``, ``reply_hash`` and ``seal`` of :meth:`load`.
        by
            Who states it; the login name of the user, if left out.

        Raises
        ------
        NothingFound
            If the case has no such file.
        UsageError
            If that is no number or hash, or may be the hash of an archive, which is not kept.
        CaseDamaged
            If the source is missing.
        """
        from graphtrace.errors import NothingFound
        from graphtrace.storage.reply_checks import check_kept, note_of, parse_reply

        reply = parse_reply(number, stated, seal)
        assert reply is not None
        with self._stores.open() as store:
            file = next((file for file in store.contents().files if file.sha256 == sha256), None)
            if file is None:
                raise NothingFound("file_not_in_case", sha256=sha256, hint="status_lists_files")
            known = store.replies.get(sha256)
            check = check_kept(store, file, reply, known, by or system.account_name())
        at = self._note(note_of([check]))["at"]
        return check._replace(at=at)

    def _answer_letters(
        self, store: Backend, notes: Sequence[str], report: LoadReport, reply_to: str | None
    ) -> list[LetterAnswer]:
        """Note which letters the files of a load answer; where there is no letter only the notes are looked at."""
        if not any('"kind":"letter"' in line for line in notes):
            return []
        from graphtrace.analysis.inquiries import compare_annexes, find_answers, letters_in, notes_of

        letters = letters_in(notes)
        compare_annexes(letters, report.files)
        replied = next((letter for letter in letters if letter.reference == reply_to), None)
        files = {sheet.sha256: sheet.file for sheet in report.files if sheet.sha256 is not None}
        quoted: dict[str, set[str]] = {}
        for sheet in report.files:
            quoted.setdefault(sheet.sha256 or "", set()).update(sheet.quoted)
        answers = find_answers(store, letters, files, replied, quoted)
        for answer in answers:
            for note in notes_of(answer, system.account_name()):
                self._note(note)
        return answers

    def _hits_of(self, store: Backend, contents: CaseContents, report: LoadReport) -> list[WatchHit]:
        """Return the rows of a load that name watched values; where none is watched only the notes are read."""
        if not contents.notes or not any('"kind":"watch"' in line for line in contents.notes):
            return []
        from graphtrace.analysis.watch_hits import find_hits, watches_of

        fresh = {sheet.sha256 for sheet in report.files if not sheet.already_loaded}
        # the file of a content that was read anew is the last one
        loads = {file.sha256: file.load for file in contents.files if file.sha256 in fresh}
        return find_hits(store, list(watches_of(contents.notes).values()), set(loads.values()))

    def watch(
        self,
        *values: str,
        remove: bool = False,
        why: str | None = None,
        by: str | None = None,
        as_of: str | None = None,
    ) -> WatchList:
        """Watch values: every later load says which of its rows name one. Without values, return those watched.

        Parameters
        ----------
        values
            Numbers (ICCID, EID, MSISDN, IMSI, IMEI), ranges of them (``FIRST-LAST``), identifiers and names of
            parties, telephones, accounts, numbers of parcels, orders and contracts. Each is compared whole.
        remove
            Watch them no more.
        why
            The reason, kept with each value.
        by
            Person who wants it; the login name of the user, if left out.
        as_of
            A day (``YYYY-MM-DD``): those that were watched at its end; only without values.

        Raises
        ------
        UsageError
            If a value is a part of a number, or a word that names nobody.
        NothingFound
            If a value that is to be removed is not watched.
        CaseMissing, CaseLocked
            If there is no case, or another process adds notes for too long.
        """
        from graphtrace.analysis.watch_hits import change_watches, watches_of
        from graphtrace.results.watch import WatchList

        with self._stores.open() as store:
            before = watches_of(store.contents().notes, as_of=as_of)
        if not values:
            return WatchList(list(before.values()))
        self.close()
        who = by or system.account_name()

        def add(about: str, content: Mapping[str, Any]) -> str:
            return str(self.add_note("watch", about, content, by=who)["at"])

        return WatchList(change_watches(before, values, add, is_watched=not remove, why=why, by=who))

    def _note_files_not_read(self, report: LoadReport) -> None:
        """Keep name, hash and reason of the files of which nothing was kept, as they may say more (SPEC 12)."""
        from graphtrace.storage.not_read import FILES_A_NOTE, files_to_note

        with suppress(CaseMissing):
            with self._stores.open() as store:
                contents = store.contents()
                files = [file._asdict() for file in files_to_note(contents.ledger, contents.notes, report)]
            for start in range(0, len(files), FILES_A_NOTE):
                self.add_note("unread", "load", {"files": files[start : start + FILES_A_NOTE]})
            self.close()

    def copy_to(self, target: str | Path, *, progress: Progress | None = None) -> CopyResult:
        """Copy the case into another folder or onto a server, and compare the two.

        Sources, rejects, corrections, notes and the ledger go with it, and every load keeps its time. File after file
        goes over whole or not at all; a copy that was stopped is continued by calling this again, and so is one of a
        case that has grown.

        Parameters
        ----------
        target
            A folder or the address of a server; empty, or with loads that are the first ones of this case.
        progress
            Called with (stage, done, total).

        Returns
        -------
        CopyResult
            Number of files copied, and counts, checksums and the traces of some cards of both cases.

        Raises
        ------
        UsageError
            If the target is this case, or holds other loads or notes.
        CaseDamaged
            If a source is missing or is not what was loaded.
        """
        from graphtrace.analysis.store_comparison import copy_and_compare

        place = parse_location(target, wait_s=self._wait)
        if is_same_location(self._place, place):
            raise UsageError("copy_onto_itself", target=target, hint="another_case")
        with self._stores.open(with_all_judgements=True) as store:
            return copy_and_compare(store, self.path, place, progress or (lambda *_: None))

    def bundle(
        self,
        out: str | Path,
        *,
        sign: str | Path | None = None,
        sign_password: str | None = None,
        recipients: Sequence[str] = (),
        passphrase: str | None = None,
        time_stamp_request: bool = False,
        with_key: bool = False,
        password: Callable[[str], str | None] | None = None,
        progress: Progress | None = None,
    ) -> SealedBundle:
        """Seal the case to hand it over: its sources, ledger and notes, and a statement of what it holds.

        Before that the case is derived anew from its sources, and has to be the same: it takes about twice the time of
        the loads, and as much room as the case while it lasts.

        A bundle is laid out as BagIt (RFC 8493), so that ``sha256sum -c manifest-sha256.txt`` checks it. The same case
        gives the same bytes each time, encryption aside. :func:`open_bundle` derives the case again from it.

        Parameters
        ----------
        out
            A new folder, or a new zip archive where the name ends in ``.zip``.
        sign
            File with the secret key of minisign that signs the bundle.
        sign_password
            Password of that key.
        recipients
            Public keys of age (``age1…``) to which the archive is encrypted, into ``OUT.zip.age``.
        passphrase
            Passphrase with which it is encrypted instead.
        time_stamp_request
            Whether a request for a time stamp (RFC 3161) is written into the bundle.
        with_key
            Whether the key of the redaction goes along, by which pseudonyms can be resolved.
        password
            Asked for the password of an encrypted source by its name; without it the variable
            ``GRAPHTRACE_FILE_PASSWORD`` says it.
        progress
            Called with (stage, done, total).

        Raises
        ------
        UsageError
            If something is there already, or an option does not do.
        CaseDamaged
            If the case is not sound or does not follow from its sources, or one is missing or is not what was loaded.
        InputError
            If a source is encrypted and its password is not given.
        """
        from graphtrace.bundle.bundle_sealer import SealOptions, seal_case

        options = SealOptions(
            sign=None if sign is None else Path(sign),
            sign_password=sign_password,
            recipients=recipients,
            passphrase=passphrase,
            has_stamp_request=time_stamp_request,
            has_key=with_key,
            **({} if password is None else {"password": password}),
        )
        with self._stores.open(with_all_judgements=True) as store:
            return seal_case(store, Path(out), options, progress or (lambda *_: None))

    def correct(
        self, record: str, *, why: str, by: str | None = None, who: str | None = None, undo: bool = False
    ) -> CorrectionResult:
        """Withdraw the statement of one record, or lift a correction. Nothing is deleted; the ledger keeps it.

        The same request again changes nothing. The same statement of another row goes on to count. Questions as of a
        day before the correction are answered as before.

        Parameters
        ----------
        record
            The row: ``file:row``, ``file:sheet:row``, or the beginning of the file's hash in the place of its name.
        why
            The reason, for the ledger.
        by
            The record that states what is right, where one is loaded.
        who
            Person who decides it; the login name of the user, if left out.
        undo
            Lift the correction of the record.

        Raises
        ------
        NothingFound
            If there is no such record, or no correction to lift.
        UsageError
            If several records are called so, no reason is given, or ``by`` cannot replace the record.
        CaseLocked, CaseDamaged, StoreError
            If the case cannot be written.
        """
        from graphtrace.storage.correction_log import CorrectionRequest

        if not why.strip():
            raise UsageError("correction_without_reason", hint="say_why")
        self.close()
        return self._place.correct(CorrectionRequest(record, why.strip(), who or system.account_name(), by, undo))

    def unload(self, file: str | Path, *, why: str, who: str | None = None) -> UnloadResult:
        """Unload a file: its statements no longer count. The source is kept, and the ledger states the reason.

        A record that other files state as well stays with their origins. What the load refused and remarked goes, and
        so do corrections of the file's rows; judgements stay. The same bytes load as new then. Questions as of a day
        before are answered as before.

        Parameters
        ----------
        file
            The path of the file, the name under which it was loaded where only one file bears it, or at least 8
            characters of its SHA-256.
        why
            The reason, for the ledger.
        who
            Person who decides it; the login name of the user, if left out.

        Raises
        ------
        NothingFound
            If no such file is in the case, or it was unloaded before.
        UsageError
            If several files bear the name, or no reason is given.
        CaseLocked, CaseDamaged, StoreError
            If the case cannot be written.
        """
        from graphtrace.storage.correction_log import UnloadRequest

        request = UnloadRequest.of(file, why=why, who=who)
        self.close()
        return self._place.unload(request)

    def corrections(self) -> list[Correction]:
        """Return the corrections of records, in the order in which they were made, without those of unloaded files."""
        with self._stores.open() as store:
            from graphtrace.storage.correction_log import corrections_in_force

            return list(corrections_in_force([correction.stored for correction in store.contents().corrections]))

    def resolve(
        self,
        one: str,
        other: str,
        *,
        same: bool | None,
        why: str,
        by: str | None = None,
        evidence: str | None = None,
        force: bool = False,
    ) -> JudgementResult:
        """Judge whether two parties are the same. This changes only the ledger and what is derived from it.

        The same verdict on the same two again changes nothing. Questions as of a day before are answered as before.

        Parameters
        ----------
        one, other
            Ids, strong identifiers or names. A name means its mentions without an identifier, where there are any.
        same
            True, false, or ``None`` for undecided.
        why
            The reason, for the ledger.
        by
            Person who judges; the login name of the user, if left out.
        evidence
            A row that supports it, named as for :meth:`correct`.
        force
            Join two different credit codes.

        Raises
        ------
        NothingFound
            If no party has the name.
        AmbiguousName
            If several parties bear a name.
        UsageError
            If no reason is given, or the judgement contradicts others, joins a party with itself, two carriers or,
            without ``force``, two credit codes.
        CaseLocked, CaseDamaged, StoreError
            If the case cannot be written.
        """
        from graphtrace.storage.judgement_log import JudgementRequest

        if not why.strip():
            raise UsageError("judgement_without_reason", hint="say_why")
        return self._judge(
            JudgementRequest(by or system.account_name(), why.strip(), one, other, same, evidence, force)
        )

    def undo_judgement(self, number: int, *, why: str | None = None, by: str | None = None) -> JudgementResult:
        """Undo a judgement; both lines stay in the ledger.

        Raises
        ------
        NothingFound
            If there is no such judgement.
        UsageError
            If it was undone already.
        CaseLocked, CaseDamaged, StoreError
            If the case cannot be written.
        """
        from graphtrace.storage.judgement_log import JudgementRequest

        return self._judge(JudgementRequest(by or system.account_name(), why, undo=number))

    def _judge(self, request: JudgementRequest) -> JudgementResult:
        self.close()
        return self._place.judge(request)

    def judgements(self, *, as_of: str | None = None) -> list[NamedJudgement]:
        """Return all judgements of the case by number, including those that were undone."""
        with self._stores.open(as_of) as store:
            return list(store.judgements.all)

    @_logged
    def candidates(self, party: str | None = None, *, as_of: str | None = None) -> Candidates:
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
        from graphtrace.results.candidates import Candidates

        with self._stores.open_tracer(as_of) as tracer:
            wanted = None if party is None else find_party(tracer.store, party)
            return Candidates(find_candidates(tracer, wanted))

    @_logged
    def trace(self, *ids: str, as_of: str | None = None, slack: int | None = None) -> Traces:
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
        with self._stores.open_tracer(as_of, slack=_slack_days(slack)) as tracer:
            return Traces(tracer.trace(ids), self._letters(tracer.store, as_of))

    def _letters(self, store: Backend, as_of: str | None) -> AskedInLetters:
        """Return what the letters of the case ask; where there is none only the notes are looked at."""
        from graphtrace.results.letters import AskedInLetters, letters_of
        from graphtrace.storage.case_notes import readable_notes

        if not self._has_note("letter"):
            return AskedInLetters()
        notes = readable_notes(store.contents().notes, as_of=as_of)
        return AskedInLetters(letters_of(notes), as_of or china_today().isoformat())

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
        with self._log.look_up(command, asked):
            yield

    def compact(self) -> CompactResult:
        """Sort the rows of the case again after many small loads; answers stay the same.

        Returns
        -------
        CompactResult
            Number of rows of the database, and its size before and after, in bytes.

        Raises
        ------
        CaseLocked
            If another process writes the case.
        UsageError
            If it is on a server, which needs nothing of the kind.
        """
        self.close()
        return self._place.compact()

    @_logged
    def outcomes(self, *ids: str, as_of: str | None = None) -> Outcomes:
        """Return outcome, registrant and last holder of many cards as a table, without the rest of their traces.

        The ids are those of :meth:`trace`, and so are the answers. A hundred thousand cards with plain stories take
        well under a second.
        """
        from graphtrace.analysis.answer_tables import find_outcomes

        with self._stores.open_tracer(as_of) as tracer:
            return find_outcomes(tracer, ids)

    def ledger_head(self, *, as_of: str | None = None) -> str | None:
        """Return the hash of the last line of the ledger: it identifies the state of the case; every load changes it.

        Returns
        -------
        str or None
            64 hexadecimal digits; ``None`` where nothing is loaded.
        """
        with self._stores.open() as store:
            return head_of(entries_until(store.contents().ledger, as_of))

    def state(self, *, as_of: str | None = None) -> CaseState:
        """Return the head of the ledger, and how much of the case was not read: it may say more."""
        from graphtrace.results.case_status import CaseState
        from graphtrace.storage.not_read import count_unread

        with self._stores.open() as store:
            contents = store.contents()
            entries = entries_until(contents.ledger, as_of)
            head = None
            if contents.notes:
                from graphtrace.storage.case_notes import head_of_case

                head = head_of_case(contents.notes, as_of)
            return CaseState(
                head_of(entries),
                count_unread(entries, contents.notes, as_of),
                as_of,
                head if head is not None and any(head) else None,
                content_of(entries[-1])["at"][:10] if entries else None,
                entries,
            )

    def fullest_name(self, party: Party) -> str:
        """Return the longest name of a firm by which records know a party; its name where none is visibly a firm's."""
        from graphtrace.identifiers import is_visibly_firm, normalize_party_name

        with self._stores.open() as store:
            names = {name for _, name in store.names_of_party(party)}
        firms = [name for name in names if is_visibly_firm(normalize_party_name(name))]
        return max(firms, key=lambda name: (len(name), name), default=party.name)

    def head(self, *, as_of: str | None = None) -> CaseHead:
        """Return number, name, unit, officer and legal ground of the case, as people stated them."""
        from graphtrace.storage.case_notes import head_of_case

        with self._stores.open() as store:
            return head_of_case(store.contents().notes, as_of)

    def overview(self) -> tuple[CaseHead, int, str | None]:
        """Return the head of the case, how many different cards its records name, and the time of its last load."""
        from graphtrace.storage.case_notes import head_of_case

        with self._stores.open() as store:
            contents = store.contents()
            loads = [content["at"] for content in map(content_of, contents.ledger) if "load" in content]
            return head_of_case(contents.notes), store.count_cards(), loads[-1] if loads else None

    def head_and_switches(self) -> tuple[CaseHead, dict[str, bool]]:
        """Return the head of the case, and whether look-ups need a purpose and other cases may find this one."""
        from graphtrace.storage.case_notes import SWITCHES, head_of_case, stated_fields

        with self._stores.open() as store:
            notes = store.contents().notes
            stated = stated_fields(notes)
            return head_of_case(notes), {name: stated.get(name) == "yes" for name in SWITCHES}

    def set_head(self, *, by: str | None = None, **fields: str) -> CaseHead:
        """State fields of the head of the case; all earlier statements stay in its notes.

        Parameters
        ----------
        by
            Person who states it; the login name of the user, if left out.
        fields
            ``number``, ``name``, ``unit``, ``officer``, ``ground`` (the legal ground), and ``purpose_required`` and
            ``findable``, which are ``yes`` or ``no``. An empty text takes a field away.

        Raises
        ------
        UsageError
            If a field is unknown or its value unfit.
        CaseMissing, CaseLocked
            If there is no case, or another process adds notes for too long.
        """
        from graphtrace.storage.case_notes import ABOUT, check_fields

        if fields:
            self.add_note("head", ABOUT, {"fields": check_fields(fields)}, by=by)
        return self.head()

    def status(self) -> CaseStatus:
        """Return the contents of the case as counts, with its files."""
        from graphtrace.storage.case_notes import head_of_case, stated_fields
        from graphtrace.storage.not_read import files_not_read
        from graphtrace.storage.reply_checks import read_replies

        with self._stores.open() as store:
            summary = store.summary()
            contents = store.contents()
            not_read = files_not_read(contents.ledger, contents.notes) if contents.notes else []
            head, stated = head_of_case(contents.notes), stated_fields(contents.notes)
            replies = [*read_replies(contents.notes).values()]
            states = {}
            if summary["rejected"]:
                states = {(file.sha256, file.loaded_at): file.state for file in contents.files}
        for file in summary["files"]:
            file["state"] = states.get((file["sha256"], file["loaded_at"]), "read")
        return CaseStatus(
            path=str(self.path),
            size_bytes=self._place.size_bytes(),
            not_read=not_read,
            replies=replies,
            head=head,
            purpose_required=stated.get("purpose_required") == "yes",
            findable=stated.get("findable") == "yes",
            **summary,
        )

    def sealing_list(self) -> list[SealedSource]:
        """Return the files of the case with their sizes and hashes, in the order of loading, each once; reads them all.

        Raises
        ------
        CaseDamaged
            If a source is missing, or is not the one that was loaded.
        """
        from graphtrace.storage.verify import sealed_sources

        with self._stores.open() as store:
            return list(sealed_sources(store))

    @_logged
    def changes(self, since: int | str) -> CaseChanges:
        """Return what the loads since a line of the ledger, or since a day, changed.

        Parameters
        ----------
        since
            The number of a line of the ledger: what came after it; or a day (``YYYY-MM-DD``): what came on it or later.

        Raises
        ------
        UsageError
            If it is neither, or the ledger has fewer lines.
        """
        from graphtrace.analysis.watch_hits import find_changes, line_before
        from graphtrace.storage.ledger import point_after

        with self._stores.open_tracer() as now:
            ledger = now.store.contents().ledger
            line = line_before(ledger, str(since))
            with self._stores.open_tracer(point_after(ledger[:line])) as then:
                return find_changes(now, then, line)

    @_logged
    def guided_questions(self, *ids: str, as_of: str | None = None) -> GuidedQuestions:
        """Return how far the records answer each guided question for the seized cards, and what is missing.

        Parameters
        ----------
        ids
            Cards, as for :meth:`trace`; the seized cards of the case where none are given.
        """
        from graphtrace.analysis.guided_answers import answer_guided
        from graphtrace.storage.case_notes import readable_notes
        from graphtrace.storage.not_read import count_unread

        with self._stores.open_tracer(as_of) as tracer:
            contents = tracer.store.contents()
            unread = count_unread(entries_until(contents.ledger, as_of), contents.notes, as_of)
            return answer_guided(tracer, ids or None, unread, readable_notes(contents.notes, as_of=as_of))

    def verify(
        self, *answers: str | Path, deep: bool = False, as_of: str | None = None, progress: Progress | None = None
    ) -> Verification:
        """Check that sources, rows, ledger and saved answers agree; return the problems. Reads every source.

        Without ``deep`` the sources are compared with their hashes and the tables with the ledger and each other, but
        no value of a row with its source.

        Parameters
        ----------
        answers
            Answers of ``trace`` and ``audit`` that were saved as JSON, JSON Lines, XLSX, DOCX or HTML; they are asked
            again with the options that they state, and compared whole, sentences and counts too. Lines state no
            options. A file for people is also written anew, and has to show the same. A PDF carries no answer.
        deep
            Load every source once more into a scratch case, as it was loaded, and compare every row; it takes as long
            and as much room as loading did. The saved answers are asked of that case too, as of their heads. Only done
            where nothing else disagrees.
        as_of
            A day (``YYYY-MM-DD``): ask the saved answers from what had been loaded by its end; their own day if left
            out.
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
                ask_derived, saved, lambda day: entries_until(known, as_of or day), again.contents().ledger
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
            with stores.open_tracer(as_of or moment if isinstance(moment, str | None) else moment) as tracer:
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
            ledger = entries_until(entries, as_of or answer.as_of)
            state = CaseState(answer.ledger_head, unread, answer.as_of, head, told["day"], ledger)
            with answered_at(state, stated.get("skipped", ()), answer.options):
                lang = answer.options.get("lang", "en")
                made = make_file(now, answer.ending, lang, title=told["title"], as_of=answer.as_of)
            return made if isinstance(made, bytes) else made.encode()

        def ledger_until(day: str | None) -> Sequence[str]:
            return entries_until(entries, as_of or day)

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

    @_logged
    def audit(
        self,
        *names: str,
        all: bool = False,  # noqa: A002
        role: AuditRole | None = None,
        rules: Sequence[Rule] | None = None,
        as_of: str | None = None,
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
        with self._stores.open_tracer(as_of, slack=_slack_days(slack)) as tracer:
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

    @_logged
    def audit_details(
        self,
        *names: str,
        bucket: str | None = None,
        role: AuditRole | None = None,
        rules: Sequence[Rule] = (),
        as_of: str | None = None,
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
        with self._stores.open_tracer(as_of, slack=_slack_days(slack)) as tracer:
            return (
                drill_into_findings(tracer, names, rules, role)
                if bucket is None
                else drill_into_bucket(tracer, names, bucket, role)
            )

    @_logged
    def common(
        self,
        *ids: str,
        by: Ranking = "lift",
        weights: Mapping[str, float] | None = None,
        as_of: str | None = None,
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

        with self._stores.open_tracer(as_of) as tracer:
            return find_shared_parties(tracer, ids, by=by, weights=weights)

    @_logged
    def siblings(self, *ids: str, as_of: str | None = None) -> Siblings:
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

        with self._stores.open_tracer(as_of) as tracer:
            return find_siblings(tracer, ids)

    def notes(self, *, as_of: str | None = None) -> list[dict[str, Any]]:
        """Return the notes, states of leads and saved views that people added to the case, in order of time.

        Each has ``at``, ``by``, ``kind``, ``about`` and a ``hash``. No answer rests on them. A line that is no note is
        left out, and told by :meth:`verify`.
        """
        from graphtrace.storage.case_notes import readable_notes

        with self._stores.open() as store:
            return readable_notes(store.contents().notes, as_of=as_of)

    def add_note(
        self, kind: NoteKind, about: str, content: Mapping[str, Any], *, by: str | None = None
    ) -> dict[str, Any]:
        """Add a note, the state of a lead or a view; nothing that was added before is changed.

        Raises
        ------
        UsageError
            If it is too large.
        CaseMissing, CaseLocked
            If there is no case, or another process adds notes for too long.
        """
        from graphtrace.storage.case_notes import NoteRequest

        return self._note(NoteRequest(kind, about, content, by or system.account_name()))

    def _has_note(self, *kinds: NoteKind) -> bool:
        """Whether some line of the notes holds one of the kinds; the store is not opened for that."""
        with self._place.chains() as chains:
            return any(chains.lines("notes", holding=f'"kind":"{kind}"') for kind in kinds)

    def _note(self, request: NoteRequest) -> dict[str, Any]:
        from graphtrace.storage.case_notes import add_note

        with self._place.chains() as chains:
            return content_of(add_note(chains, request))

    @_logged
    def source_row(self, sha256: str, row: int, *, sheet: str | None = None) -> SourceExcerpt:
        """Return a row of a stored source with its neighbours and the headings, the cells as they are in the file.

        Raises
        ------
        NothingFound
            If the case has no such file, sheet or row.
        CaseDamaged
            If the source is missing.
        """
        from graphtrace.analysis.source_cells import read_source_row

        with self._stores.open() as store, self._scratch() as scratch:
            return read_source_row(store, scratch, sha256, sheet, row)

    @_logged
    def find_parties(
        self, text: str, *, most_similar: int = 5, as_of: str | None = None
    ) -> tuple[list[Party], list[Party]]:
        """Return the parties that a text means, by id, strong identifier or name, and those with similar names.

        Parameters
        ----------
        most_similar
            Maximum number of parties with similar names, if no party bears the text as a name; the nearest first.
        """
        from graphtrace.analysis.party_dealings import parties_like, parties_named

        with self._stores.open(as_of) as store:
            named = list(parties_named(store, text))
            return named, [] if named or not most_similar else list(parties_like(store, text, most=most_similar))

    @_logged
    def known_uses(self, text: str, *, as_of: str | None = None) -> list[KnownUse]:
        """Return what the case knows under a text beside the numbers of cards.

        That is whose name, identifier, telephone, account or address it is, and the records whose waybill, order,
        contract, record or case number it is, or that name it as the holder.
        """
        from graphtrace.analysis.known_values import known_uses

        with self._stores.open(as_of) as store:
            return known_uses(store, [text])[text]

    @_logged
    def uses_beside(self, text: str, *, as_of: str | None = None) -> list[KnownUse]:
        """Return the rows that hold a text in a column that was not read; the role of each is the heading.

        At most a thousand each of cards, of ranges and of others. Cost: one pass over what stands beside records.
        """
        from graphtrace.analysis.known_values import uses_beside

        with self._stores.open(as_of) as store:
            return uses_beside(store, text)

    @_logged
    def cards_ending_in(self, tail: str, *, as_of: str | None = None) -> list[str]:
        """Return the keys of the cards whose number ends so; where more than a hundred do, of those seized alone.

        Cost: one pass over the cards and ranges.

        Parameters
        ----------
        tail
            The last characters of the number of a card.
        """
        from graphtrace.analysis.typed_cards import cards_ending_in

        with self._stores.open(as_of) as store:
            return list(cards_ending_in(store, tail))

    @_logged
    def unread_rows(self, text: str, *, as_of: str | None = None) -> list[UnreadRow]:
        """Return the rows that hold a name or identifier and count in no answer, with why each was not read.

        They were rejected, wait for an answer, or say themselves that they are no record.
        """
        from graphtrace.analysis.source_cells import rows_naming

        with self._stores.open(as_of) as store:
            return list(rows_naming(store, [text]))

    @_logged
    def cards_seized_in(self, case_no: str | None = None, *, as_of: str | None = None) -> list[str]:
        """Return the cards that were seized in a criminal case, by its number as records write it.

        Those of all criminal cases, and of none, with ``None``. First stand the keys of those that a record names,
        sorted, then the MSISDNs or IMSIs of the others.
        """
        with self._stores.open(as_of) as store:
            from graphtrace.analysis.typed_cards import cards_seized_in

            return cards_seized_in(store, case_no)

    def ledger(self, *, as_of: str | None = None) -> list[dict[str, Any]]:
        """Return the lines of the ledger, the oldest first: what was loaded and corrected, when, with what settings."""
        with self._stores.open() as store:
            return [content_of(entry) for entry in entries_until(store.contents().ledger, as_of)]

    def log(self, *, as_of: str | None = None) -> CaseLog:
        """Return what was done to the case and asked of it, the oldest first: loads, changes, judgements, look-ups."""
        from graphtrace.results.case_status import CaseLog
        from graphtrace.storage.lookups import lines_of_case
        from graphtrace.storage.verify import check_chains

        with self._stores.open() as store:
            contents = store.contents()
            lines = lines_of_case(contents, as_of)
            found = check_chains(store.integrity().ledger_file, contents)
            problems = [IntegrityProblem(code=code, params=params) for code, params in found]
            return CaseLog(lines, problems)

    @_logged
    def party(self, name: str, *, as_of: str | None = None) -> PartySummary:
        """Return the parties that a party (id, strong identifier or name) received cards from and passed cards on to.

        Raises
        ------
        AmbiguousName
            If several parties bear the name.
        NothingFound
            If no party does.
        """
        from graphtrace.analysis.party_dealings import summarize_party

        with self._stores.open(as_of) as store:
            return summarize_party(store, name)

    @_logged
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
        as_of: str | None = None,
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
        with self._stores.open(as_of) as store:
            return partners_of(
                store,
                name,
                {one: PartnerQuery(one == "received", by, month, channel, size, skip, most) for one in sides},
            )

    @_logged
    def flows_between(self, *names: str, as_of: str | None = None) -> list[FlowTotals]:
        """Return what passed between some parties (ids, strong identifiers or names), by their ids.

        Raises
        ------
        AmbiguousName
            If several parties bear a name.
        NothingFound
            If no party does.
        """
        from graphtrace.analysis.party_dealings import flows_between

        with self._stores.open(as_of) as store:
            return flows_between(store, names)

    @_logged
    def graph(
        self,
        level: Level = "party",
        *,
        around: str | Sequence[str] = (),
        depth: int | None = None,
        since: str | None = None,
        until: str | None = None,
        hub: int | None = None,
        direction: Direction = "both",
        by_channel: bool = False,
        as_of: str | None = None,
        redact: bool = False,
        lang: Lang = "en",
    ) -> nx.MultiDiGraph[str]:
        """Return the case as a graph, or the subgraph around some parties and cards; docs/exports.md lists attributes.

        Parameters
        ----------
        level
            ``party``: parties and what passed between each two. ``record``: parties and the records between them, with
            the ranges and single cards that these move. ``card``: the ranges and single cards, with their hands, users
            and devices; only around something.
        around
            Parties (names, ids) and cards (ICCID, part of one, MSISDN, IMSI, IMEI).
        depth
            Steps from party to party to go from there; by default 1 around a party and 0 around cards, which begin with
            the parties through whose hands they went.
        since, until
            Days (``YYYY-MM-DD``): what may have been on one of them.
        hub
            A party with more partners than this (100) is shown but not walked through.
        direction
            ``forward`` goes with the cards and forward in time, ``backward`` against both, ``both`` either way.
        by_channel
            Whether each channel is a separate flow.
        redact
            Whether names, numbers and files are pseudonyms, as :meth:`redacted` makes them.
        lang
            Language of the words of the pseudonyms.

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
        with self._open_subgraph(
            level,
            as_of,
            masker=self.masker(lang) if redact else None,
            around=around,
            depth=depth,
            since=since,
            until=until,
            hub=hub,
            direction=direction,
            by_channel=by_channel,
        ) as subgraph:
            graph = subgraph.to_networkx()
        if not redact:
            return graph
        from graphtrace.redaction.redacted_answers import marked

        return marked(graph)

    @contextmanager
    def _open_subgraph(
        self,
        level: Level,
        as_of: str | None,
        title: str | None = None,
        masker: Masker | None = None,
        **part: Any,
    ) -> Iterator[Subgraph]:
        from graphtrace.analysis.case_graph import extract_subgraph
        from graphtrace.results.subgraph import SubgraphQuery

        question = SubgraphQuery.of(level, **part)
        with self._stores.open_tracer(as_of) as tracer:
            subgraph = extract_subgraph(tracer, question)
            subgraph.case, subgraph.as_of = title, as_of
            if masker is not None:
                from graphtrace.analysis.redacted_subgraph import RedactedSubgraph

                subgraph = RedactedSubgraph(subgraph, masker)
            yield subgraph

    @partial(_logged, by_name="graph")
    def graph_page(
        self,
        level: Level | None,
        lang: Lang,
        title: str | None,
        *,
        as_of: str | None,
        redact: bool = False,
        **part: Any,
    ) -> bytes:
        """Return the page, as bytes of one HTML file, of the subgraph that :meth:`graph` would return."""
        from graphtrace.export import default_level, get_format

        form = get_format("html")
        out = io.BytesIO()
        masker = self.masker(lang) if redact else None
        with self._open_subgraph(default_level(form, level), as_of, title, masker, **part) as subgraph:
            form.write_into(out, subgraph, lang)
        return out.getvalue()

    @partial(_logged, what="export")
    def export(
        self,
        format: str,  # noqa: A002
        out: str | Path,
        *,
        level: Level | None = None,
        around: str | Sequence[str] = (),
        depth: int | None = None,
        since: str | None = None,
        until: str | None = None,
        hub: int | None = None,
        direction: Direction = "both",
        by_channel: bool = False,
        as_of: str | None = None,
        lang: Lang = "en",
        partitions: int | None = None,
        title: str | None = None,
        redact: bool = False,
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

        target = Path(out)
        is_whole = format in WHOLE_CASE_FORMATS
        if is_whole and (
            around or by_channel or any(choice is not None for choice in (level, depth, since, until, hub, as_of))
        ):
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
        with self._open_subgraph(
            default_level(form, level),
            as_of,
            title,
            masker,
            around=around,
            depth=depth,
            since=since,
            until=until,
            hub=hub,
            direction=direction,
            by_channel=by_channel,
        ) as subgraph:
            written = export_selection(subgraph, form, target, lang)
        if masker is None:
            return written
        # its limits are pseudonyms already
        return replace(masker.answer(replace(written, limits=None)), limits=written.limits)

    @_logged
    def query(self, name: str, /, *, as_of: str | None = None, **parameters: object) -> QueryResult:
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
        with self._stores.open(as_of) as store:
            return run_library_query(store, query, parameters)

    def queries(self) -> list[str]:
        """Return the names of the queries of the library, for :meth:`query`."""
        from graphtrace.query_library import load_queries

        return [query.name for query in load_queries() if query.header.over == "case"]

    @_logged
    def records(self, *, kind: RecordKind | None = None, as_of: str | None = None) -> Table:
        """Every record of custody as a table, of one kind where that is given; with its file, sheet and row.

        Identities, shipments and payments have tables of their own, with their sides, numbers and amounts. A row that
        says again what another one says is ``repeated``. Cost: one pass over the records, all in memory.
        """
        if kind == "identity" or kind == "shipment" or kind == "payment":
            from graphtrace.analysis.answer_tables import read_supports

            with self._stores.open(as_of) as store:
                return read_supports(store, kind)
        return self._table("records", as_of, kind=kind)

    @_logged
    def parties(self, *, as_of: str | None = None) -> Table:
        """Return every party as a table: id, name, whether it is a carrier, and the number of parties with the name."""
        return self._table("parties", as_of)

    @_logged
    def cards(self, *, as_of: str | None = None) -> Table:
        """Return every card and range that some record moves, as a table with its first and last card."""
        return self._table("cards", as_of)

    @_logged
    def activations(self, *, as_of: str | None = None) -> Table:
        """Return every activation as a table: card, day, user, numbers, place, and its file and row."""
        return self._table("activations", as_of)

    @_logged
    def seizures(self, *, as_of: str | None = None) -> Table:
        """Return every seizure as a table: card, day, case, place, holder, and its file and row."""
        return self._table("seizures", as_of)

    @_logged
    def rejects(self, *, as_of: str | None = None) -> Table:
        """Return every rejected row as a table: its file and row, the field, and the reason."""
        return self._table("rejects", as_of)

    def _table(self, name: str, as_of: str | None, **parameters: object) -> Table:
        from graphtrace.analysis.answer_tables import read_table

        with self._stores.open(as_of) as store:
            return read_table(store, name, parameters)

    @_logged
    def sql(self, text: str, /, *, as_of: str | None = None, **parameters: object) -> Table:
        """Run one SELECT over the views that docs/model.md describes; a parameter is written ``$name``.

        Raises
        ------
        QueryError
            If the text is anything but one SELECT, or fails.
        UsageError
            If the case is on a server, which is asked in Cypher: :meth:`cypher`.
        """
        return self._ask("sql", text, as_of, parameters)

    @_logged
    def cypher(self, text: str, /, *, as_of: str | None = None, **parameters: object) -> Table:
        """Run one read-only Cypher query on a case on a server; docs/model.md describes the graph.

        Raises
        ------
        QueryError
            If the text changes something, or fails.
        UsageError
            If the case is in a folder, which is asked in SQL: :meth:`sql`.
        """
        return self._ask("cypher", text, as_of, parameters)

    def _ask(self, language: Language, text: str, as_of: str | None, parameters: Mapping[str, object]) -> Table:
        from graphtrace.analysis.answer_tables import ask_table

        with self._stores.open(as_of) as store:
            return ask_table(store, language, text, parameters)

    def traces(self, ids: Iterable[str], *, as_of: str | None = None) -> Traces:
        """Trace many cards, as :meth:`trace` does."""
        return self.trace(*ids, as_of=as_of)


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
