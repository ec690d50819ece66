"""Public interface of the library: a case, with all records of one investigation and what is derived from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtrace.analysis.store_access import LookupLog, StoreAccess, purpose_of
from graphtrace.case_questions import CaseQuestions, logged
from graphtrace.errors import CaseMissing, UsageError
from graphtrace.model import RecordKind
from graphtrace.platform import system
from graphtrace.storage.case_folder import DEFAULT_WAIT_S
from graphtrace.storage.ledger import content_of
from graphtrace.storage.location import CaseLocation, is_same_location, parse_location
from graphtrace.storage.memory_budget import question_bytes

if TYPE_CHECKING:
    from graphtrace.ingest.containers import Source
    from graphtrace.ingest.transcription import Transcription
    from graphtrace.model import Party
    from graphtrace.results.bundle import OpenedBundle, SealedBundle
    from graphtrace.results.case_status import (
        CaseChanges,
        CaseHead,
        CaseStatus,
        CompactResult,
        CopyResult,
        FoundElsewhere,
    )
    from graphtrace.results.corrections import Correction, CorrectionResult, UnloadResult
    from graphtrace.results.evidence_report import SealedSource
    from graphtrace.results.judgements import JudgementResult
    from graphtrace.results.letters import LetterAnswer
    from graphtrace.results.load_report import LoadReport, SheetReport
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.results.source_rows import SourceExcerpt
    from graphtrace.results.watch import WatchHit, WatchList
    from graphtrace.storage.base import Backend, CaseContents
    from graphtrace.storage.case_notes import NoteKind, NoteRequest
    from graphtrace.storage.correction_log import UnloadedFile
    from graphtrace.storage.judgement_log import JudgementRequest
    from graphtrace.storage.load_settings import LoadOptions, LoadSettings, Progress
    from graphtrace.storage.open_questions import Ask


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
    login = None
    if credentials is not None:
        from graphtrace.storage.neo4j.client import Credentials

        login = Credentials(*credentials)
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


class Case(CaseQuestions):
    """A case, in a folder or on a server; :meth:`at` gives it as of a day.

    Only :meth:`load`, :meth:`unload`, :meth:`correct`, :meth:`resolve`, :meth:`undo_judgement`, :meth:`add_note` and
    :meth:`compact` write to it; :meth:`copy_to` writes to another case. Use it as a context manager to close it early.

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
        stores = StoreAccess(place, judged=judged, memory_bytes=question_bytes(memory_limit))
        super().__init__(place, stores, LookupLog(place, purpose_of(purpose)))
        self._memory_limit = memory_limit
        self._wait = wait

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
        by: str | None = None,
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
        by
            Person who loads; the login name of the user, if left out.
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
            from graphtrace.analysis.letter_answers import letters_in, require_letter

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
        options = LoadOptions(limits, again, dry_run, memory_limit or self._memory_limit, progress, by=by)
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

    def numbers_of_cards(self, numbers: Sequence[str]) -> set[str]:
        """Return those of some MSISDNs and IMSIs that a record of the case links to a card."""
        with self._stores.open() as store:
            return {link.number for link in store.subscriber_links(numbers)}

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
        from graphtrace.analysis.letter_answers import compare_annexes, find_answers, letters_in, notes_of

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
        from graphtrace.analysis.watch_hits import hits_of_watches

        fresh = {sheet.sha256 for sheet in report.files if not sheet.already_loaded}
        # the file of a content that was read anew is the last one
        loads = {file.sha256: file.load for file in contents.files if file.sha256 in fresh}
        return hits_of_watches(store, contents.notes, set(loads.values()))

    def watch(
        self,
        *values: str,
        remove: bool = False,
        why: str | None = None,
        by: str | None = None,
    ) -> WatchList:
        """Watch values: every later load says which of its rows name one; :meth:`watches` returns them.

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
            before = watches_of(store.contents().notes)
        self.close()
        who = by or system.account_name()

        def add(about: str, content: Mapping[str, Any]) -> str:
            return str(self.add_note("watch", about, content, by=who)["at"])

        return WatchList(change_watches(before, values, add, is_watched=not remove, why=why, by=who))

    def find_elsewhere(self, *texts: str, folder: str | Path | None = None) -> FoundElsewhere:
        """Say in which other cases of a folder numbers, ranges, names or other values occur, and as what.

        Only cases in folders that allow it (``findable=yes`` in their heads) are asked. Nothing is written into them;
        the look-up stands in the log of this case. Of a hit nothing is given but number and unit of the case, kind of
        the records, what the value is in them, and how many rows they are: it says whom to ask, and is no evidence.

        Parameters
        ----------
        texts
            Values as for :meth:`watch`, each compared whole.
        folder
            The folder that holds the cases; that of ``GRAPHTRACE_CASES`` where nothing is said.

        Raises
        ------
        UsageError
            If the case was opened without a purpose, no folder is named, or a value is a part of a number, or a word
            that names nobody.
        InputError, NothingFound
            If the folder cannot be read, or holds no case.
        CaseMissing, CaseLocked, StoreError
            If the log of this case cannot be written; nothing is asked then.
        """
        from graphtrace.analysis.watch_hits import watched_value
        from graphtrace.storage.case_folder import cases_in

        if self._log.purpose is None:
            raise UsageError("find_without_purpose", hint="say_purpose")
        for text in texts:
            watched_value(text)
        places = cases_in(None if folder is None else Path(folder))
        return self._ask_cases(*dict.fromkeys(texts), folder=places[0].parent)

    @partial(logged, by_name="find")
    def _ask_cases(self, *texts: str, folder: Path) -> FoundElsewhere:
        from graphtrace.analysis.other_cases import find_in_cases
        from graphtrace.storage.case_folder import cases_in

        others = [each for each in cases_in(folder) if not is_same_location(parse_location(each), self._place)]
        return find_in_cases(others, texts, memory_bytes=question_bytes(self._memory_limit))

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

    def fullest_name(self, party: Party) -> str:
        """Return the longest name of a firm by which records know a party; its name where none is visibly a firm's."""
        from graphtrace.identifiers import is_visibly_firm, normalize_party_name

        with self._stores.open() as store:
            names = {name for _, name in store.names_of_party(party)}
        firms = [name for name in names if is_visibly_firm(normalize_party_name(name))]
        return max(firms, key=lambda name: (len(name), name), default=party.name)

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
        from graphtrace.results.case_status import CaseStatus
        from graphtrace.storage.case_notes import head_of_case, stated_fields
        from graphtrace.storage.not_read import files_not_read, left_open
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
            unread = left_open(contents.ledger)
        for file in summary["files"]:
            load = file["sha256"], file["loaded_at"]
            is_empty = file["rows"] and not (file["loaded"] or file["duplicate"])
            state = states.get(load, "read")
            file["state"] = "refused" if state == "read" and is_empty else state
            file["unread_rows"], file["questions"] = unread.get(load, (0, []))
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

    @logged
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

    def _note(self, request: NoteRequest) -> dict[str, Any]:
        from graphtrace.storage.case_notes import add_note

        with self._place.chains() as chains:
            return content_of(add_note(chains, request))

    @logged
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
