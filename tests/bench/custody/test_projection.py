from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.custody.entries import Actor, Entry, LabelJob, LabelState, RunPosition
from bench.custody.phases import Phase
from bench.custody.verification import Verdict, verify_file
from bench.events.orders import CustodyKind
from bench.identity.identifiers import AssetTag
from tests.bench.custody.record import device, imei, open_ledger

NUMBERS = st.integers(1, 4)
OWN = (CustodyKind.EPOCH_OPENED, CustodyKind.CHECKPOINTED, CustodyKind.SIGNED_OFF)
KINDS = st.sampled_from([kind for kind in CustodyKind if kind not in OWN])
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
TAGS = st.none() | st.builds(
    AssetTag.numbered, st.sampled_from(["MP", "BX"]), st.integers(0, 99_999_999)
)
DEVICES = st.none() | st.builds(
    lambda number, second, tag, model: replace(
        device(number),
        imeis=(imei(number), imei(number + 10))[: 2 if second else 1],
        asset_tag=tag,
        model=model,
    ),
    NUMBERS,
    st.booleans(),
    TAGS,
    TEXT,
)
RUNS = st.none() | st.builds(
    RunPosition,
    NUMBERS.map("run-{}".format),
    NUMBERS.map("A{}".format),
    st.sampled_from(["staging", "held", "staged", "voided", "gone"]),
    st.booleans(),
    st.dictionaries(st.sampled_from(["step", "note", "name"]), st.integers(0, 9) | TEXT),
)
ENTRIES = st.builds(
    Entry,
    KINDS,
    DEVICES,
    RUNS,
    st.dictionaries(st.sampled_from(["box", "step"]), st.booleans() | TEXT),
    st.none() | TEXT,
    label_job=st.none() | st.builds(LabelJob, NUMBERS.map("run-{}".format), st.integers(1, 3)),
    label_state=st.none() | st.sampled_from(LabelState),
    override=st.just("to try everything"),
    phase=st.none() | st.sampled_from(Phase),
)
SECOND = Actor("p-000000000002")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(ENTRIES, max_size=4), max_size=8))
def test_whatever_happens_a_replay_gives_the_same_tables(batches: list[list[Entry]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(Path(folder))
        for batch in batches:
            ledger.append(batch, second=SECOND)
        assert ledger.projections_match()
        before = ledger.open_runs(), ledger.counts(), ledger.pending_label_jobs()
        ledger.rebuild_projections()
        assert (ledger.open_runs(), ledger.counts(), ledger.pending_label_jobs()) == before
        assert ledger.projections_match()
        events = 1 + sum(len(batch) + bool(batch) for batch in batches)
        ledger.close()
        assert verify_file(ledger.path) == Verdict(events)
