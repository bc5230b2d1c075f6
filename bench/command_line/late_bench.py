"""A bench as the window sees one: its name at once, and the rest loaded where it runs.

So the window is there before anything that it does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.late_services import LateServices
from bench.settings import CustodySettings, PeopleSettings, ProgrammeSettings, StockSettings

if TYPE_CHECKING:
    from bench.command_line.forms import RecordForm
    from bench.command_line.late_centre import LateCentre
    from bench.command_line.program import Program
    from bench.custody.ledger import Ledger
    from bench.enrolment.profiles.profile import EnrolmentProfile
    from bench.labels.template import LabelTemplate
    from bench.ports import Equipment, Post
    from bench.problems import ProblemCode
    from bench.staging.access import Access
    from bench.staging.programme import Limits
    from bench.staging.recognition import Elsewhere
    from bench.staging.showing import Publish
    from bench.staging.slots import HubLayout


@dataclass(frozen=True)
class LateBench:
    """A bench whose name and slots are known at once; `profile` and `template` are files.

    `placed` are the profiles of single slots or rows.
    """

    name: str
    simulated: bool
    layout: HubLayout
    tag_prefix: str
    profile: Path
    template: Path
    ledger: Path
    equipment: Callable[[Sequence[EnrolmentProfile]], AbstractAsyncContextManager[Equipment]]
    program: Callable[[], Program]
    dots_per_mm: float | None = None
    custody: CustodySettings = field(default_factory=CustodySettings)
    people: PeopleSettings = field(default_factory=PeopleSettings)
    placed: Mapping[str, Path] = field(default_factory=dict)
    services: LateServices | None = None
    programme: ProgrammeSettings = field(default_factory=ProgrammeSettings)
    known_elsewhere: Path | None = None
    centre: LateCentre | None = None
    stock: StockSettings = field(default_factory=StockSettings)

    async def run(self, publish: Publish, ready: Callable[[Post], None]) -> None:
        """Put the bench together and run it; `ProblemError` where that is not possible."""
        import asyncio

        from bench.clock import SystemClock
        from bench.command_line.late_stock import LateStock
        from bench.enrolment.profiles.load import load_profile
        from bench.staging.bench import Bench
        from bench.staging.outpost import by_itself
        from bench.staging.shelf import whole
        from bench.upkeep.restaging import current
        from bench.upkeep.set_up import plan_of
        from bench.upkeep.upkeep import Upkeep

        profile = load_profile(self.profile)
        placed = {place: load_profile(path) for place, path in self.placed.items()}
        form = await asyncio.to_thread(self._form)
        services = self.services or LateServices(self.ledger)
        bench = Bench(
            name=self.name,
            simulated=self.simulated,
            layout=self.layout,
            profile=profile,
            template=self._template(self.template),
            templates=self._templates(profile, placed),
            clock=SystemClock(),
            tag_prefix=self.tag_prefix,
            learns_ports=not self.layout.ports,
            open_ledger=lambda: self._open_ledger(profile.fingerprint, form),
            equipment=lambda: self.equipment((profile, *placed.values())),
            upkeep=Upkeep(
                replace(
                    plan_of(self.custody, self.program().fonts),
                    profiles=current(whole(profile, placed)),
                ),
                SystemClock(),
                form=form.form if form.encrypted else None,
            ),
            access=self._access(),
            placed=placed,
            services=services.open,
            limits=self._limits(),
            elsewhere=self._elsewhere(),
            outpost=self.centre.open if self.centre else by_itself,
            stock=LateStock(
                self.name,
                self.simulated,
                Path(self.stock.papers) if self.stock.papers else self.ledger.parent / "papers",
                self.program().fonts,
                {each.fingerprint: each for each in whole(profile, placed)},
                self.stock.unknown_sims,
            ).open,
        )
        await bench.run(publish, ready)

    async def open_record(self) -> Ledger:
        """Open the record, or begin it, before the bench is run; `ProblemError`."""
        import asyncio

        from bench.enrolment.profiles.load import load_profile

        form = await asyncio.to_thread(self._form)
        return self._open_ledger(load_profile(self.profile).fingerprint, form)

    def _limits(self) -> Limits:
        from bench.staging.programme import Limits

        known = self.programme
        return Limits(known.capacity, known.in_service, known.licences)

    def _elsewhere(self) -> Elsewhere:
        from bench.enrolment.elsewhere import KnownElsewhere
        from bench.staging.recognition import NowhereElse

        return KnownElsewhere.read(self.known_elsewhere) if self.known_elsewhere else NowhereElse()

    def _templates(
        self, usual: EnrolmentProfile, placed: Mapping[str, EnrolmentProfile]
    ) -> dict[str, LabelTemplate]:
        """Return the labels that profiles name, by the fingerprint of each; `ProblemError`."""
        files = ((self.profile, usual), *((self.placed[where], placed[where]) for where in placed))
        return {
            each.fingerprint: self._own_template(file, each.label)
            for file, profile in files
            for each in (profile, *profile.variants)
            if each.label
        }

    def _own_template(self, profile: Path, label: str) -> LabelTemplate:
        from bench.problems import ProblemCode

        path = self.program().resources / "labels" / f"{label}.toml"
        return self._template(path, ProblemCode.PROFILE_UNUSABLE, profile.name, "profile.label: ")

    def _template(
        self,
        path: Path,
        code: ProblemCode | None = None,
        where: str = "printer.label",
        key: str = "",
    ) -> LabelTemplate:
        """Read a template; `code` and `where` are of the file that names it, under that key."""
        from bench.labels.template import LabelTemplate, TemplateError
        from bench.problems import Problem, ProblemCode, ProblemError

        code = code or ProblemCode.SETTINGS_UNUSABLE
        try:
            template = LabelTemplate.load(path, self.dots_per_mm)
        except TemplateError as error:
            raise ProblemError(Problem(code, where, f"{key}{error}")) from error
        if template.of_slot:
            detail = f"{key}{path.name} is a card for a slot, not a label for handsets"
            raise ProblemError(Problem(code, where, detail))
        return template

    def _access(self) -> Access:
        from bench.command_line.program import vault_of
        from bench.custody.keys.secrets import pepper
        from bench.custody.people.sign_in import SignInPolicy
        from bench.staging.access import Access
        from bench.staging.badges import BadgeFormat

        people = self.people
        policy = SignInPolicy(
            people.idle_lock, people.tap_holds, people.pin_wait, proof_needed=not self.simulated
        )
        return Access(
            open_pepper=lambda: pepper(vault_of(self.ledger, epoch=1), may_make=False)[0],
            policy=policy,
            badges=BadgeFormat(people.badge_prefix, people.badge_pattern),
        )

    def _form(self) -> RecordForm:
        """Find out how the record is opened, while it is not; on a thread."""
        from bench.command_line.forms import form_for_bench

        self.ledger.parent.mkdir(parents=True, exist_ok=True)
        encrypted, seals_new = self.custody.encrypted, not self.simulated
        return form_for_bench(self.ledger, encrypted=encrypted, seals_new=seals_new)

    def _open_ledger(self, policy: str, form: RecordForm) -> Ledger:
        from bench import __version__
        from bench.clock import SystemClock
        from bench.command_line.program import vault_of
        from bench.custody.entries import LedgerHeader
        from bench.custody.keys.secrets import bench_key
        from bench.custody.ledger import Ledger
        from bench.custody.opening import epoch_of

        epoch = epoch_of(self.ledger, form.opener.read)
        key, _ = bench_key(vault_of(self.ledger, epoch=epoch, seals_new=not self.simulated))
        return Ledger.open(
            self.ledger,
            key,
            LedgerHeader(self.name, self.simulated, epoch, self.custody.organisation),
            SystemClock(),
            app_version=__version__,
            policy_hash=policy,
            build_hash=self.program().build_hash(),
            opener=form.opener,
        )
