"""Judgements on a store: what they make of it equals a fresh build, and taking them back brings back what was."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Ran
from graph import samples
from graph.samples import BUREAU, GULL, MINISTRY, REEF, TERN, WAVE

from kg import identity, ids
from kg.errors import ReadError, StoreError, UsageError
from kg.graph import sources
from kg.graph.check import check
from kg.graph.store import Store
from kg.items import Entity, Met
from kg.query.entity import describe, find
from kg.resolve.judgements import read
from kg.settings import OBEYED, judgements_of

Command = Callable[..., Ran]
REPORTS = (samples.may, samples.june, samples.july)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store", "write") as opened:
        for report in REPORTS:
            opened.add(*report(), samples.RUN)
        yield opened


def dump(store: Store) -> list[str]:
    return sorted(str(quad) for quad in store.quads())


def fresh(path: Path, order: tuple[int, ...] = (0, 1, 2)) -> list[str]:
    """What a store holds that is made from the reports by the judgements of a file."""
    judged = identity.load(path)
    with Store.memory() as made:
        for number in order:
            made.add(*REPORTS[number](), samples.RUN, judged.apply)
        return dump(made)


def path_of(store: Store) -> Path:
    assert store.path is not None
    return store.path


def test_a_judged_store_equals_a_fresh_one_and_what_was_comes_back(store: Store) -> None:
    before = dump(store)
    assert fresh(path_of(store)) == before
    steps = [
        lambda: identity.same(store, GULL.iri, REEF.iri, author="mei"),
        lambda: identity.different(store, TERN.iri, WAVE.iri, author="mei"),
        lambda: identity.split(store, BUREAU.iri, items=["2031-06-rules-1"], author="mei"),
        lambda: identity.same(store, MINISTRY.iri, BUREAU.iri, author="mei"),
    ]
    after = [before]
    for step in steps:
        assert len(step().judgements) == 1
        after.append(dump(store))
        assert check(store) == []
        for order in itertools.permutations(range(3)):
            assert fresh(path_of(store), order) == after[-1]
    assert after[1] != after[0]
    assert after[2] == after[1]  # keeping two apart that are two changes nothing
    for number in (4, 3, 2, 1):
        identity.undo(store, [number])
        assert dump(store) == after[number - 1]
    assert read(judgements_of(path_of(store))) == ()


def test_what_became_one_is_found_by_either_name_and_either_address(store: Store) -> None:
    outcome = identity.same(store, GULL.iri, REEF.iri, author="mei", note="one group")
    assert outcome.items == ("2031-05-deals-2",)
    one = GULL.iri
    for typed in ("海鸥科技", "礁石资本", "Gull Tech", GULL.iri, REEF.iri):
        assert [candidate.iri for candidate in find(store, typed)] == [one]
    relations = {(r.relation, r.iri) for r in describe(store, one).relations}
    assert {("acquires", TERN.iri), ("investsIn", samples.CORAL.iri)} <= relations
    (judged,) = [mention for mention in identity.mentions(store, one) if mention.instead_of]
    day = outcome.judgements[0].time[:10]
    assert (judged.form, judged.instead_of) == ("礁石资本", REEF.iri)
    assert judged.reason == f"judged the same as 海鸥科技 by mei, {day}; its name"
    # the one that was named first gives the name, also in the items that know only the other
    assert describe(store, one).label == "海鸥科技"


def test_a_report_that_comes_later_obeys(store: Store) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    judged = identity.load(path_of(store))
    store.remove("2031-05")
    store.add(*samples.may(), samples.RUN, judged.apply)
    assert dump(store) == fresh(path_of(store))


def test_an_item_that_was_removed_stays_so(store: Store) -> None:
    store.remove("2031-05-deals-1")
    identity.same(store, GULL.iri, REEF.iri)
    assert "2031-05-deals-1" not in {item.value.rsplit("/", 1)[1] for item in store.items_of("2031-05")}
    assert check(store) == []


# -------------------------------------------------------------------------------------------------- the cluster


def test_a_judgement_against_another_anywhere_in_the_cluster_is_refused(store: Store) -> None:
    identity.same(store, GULL.iri, REEF.iri, author="mei")
    identity.different(store, GULL.iri, WAVE.iri, author="lin")
    before = dump(store)
    content = judgements_of(path_of(store)).read_bytes()
    with pytest.raises(UsageError, match=r"can't be the same, since .+ are different \(lin, .+kg undo"):
        identity.same(store, WAVE.iri, GULL.iri, force=True)
    with pytest.raises(UsageError, match="is one already"):
        identity.same(store, GULL.iri, REEF.iri)
    with pytest.raises(UsageError, match=r"contradicts .+ are the same \(mei"):
        identity.different(store, GULL.iri, REEF.iri)
    with pytest.raises(UsageError, match="is judged already"):
        identity.different(store, WAVE.iri, GULL.iri)
    with pytest.raises(UsageError, match="both names mean"):
        identity.different(store, WAVE.iri, WAVE.iri)
    assert dump(store) == before
    assert judgements_of(path_of(store)).read_bytes() == content


def reference_store(path: Path) -> None:
    draft = samples.Draft("2031-09", "海岛月报", name="september.txt")
    draft.item("news-1", "诸司")
    bodies = [("hkma", "香港金融管理局"), ("mas", "新加坡金融管理局")]
    draft.facts[-1].entities = [
        *(samples.entity("Regulator", name, iri=ids.reference(id_)) for id_, name in bodies),
        samples.entity("Regulator", "甲地数据局", place="甲地"),
        samples.entity("Regulator", "乙地数据局", place="乙地"),
        samples.entity("Instrument", "海岛数据法"),
    ]
    with Store.open(path, "write") as opened:
        opened.add(draft.report(), draft.facts, samples.RUN)


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (ids.reference("hkma"), ids.reference("mas"), r"two rows of HK and of SG \(hkma .+, mas .+\); --force"),
        (ids.entity("Regulator", "甲地数据局"), ids.entity("Regulator", "乙地数据局"), "two places, 甲地 and 乙地"),
        (ids.reference("hkma"), ids.entity("Instrument", "海岛数据法"), "class Regulator, the other of Instrument"),
    ],
)
def test_what_can_hardly_be_one_needs_force(tmp_path: Path, left: str, right: str, reason: str) -> None:
    reference_store(tmp_path / "store")
    with Store.open(tmp_path / "store", "write") as opened:
        with pytest.raises(UsageError, match=reason):
            identity.same(opened, left, right)
        assert identity.same(opened, left, right, force=True).items == ("2031-09-news-1",)


# -------------------------------------------------------------------------------------------------------- split


def named_twice() -> Entity:
    both = (Met("海岛数据局", "a name of it"), Met("岛数局", "an abbreviation"))
    return Entity(BUREAU.iri, "Regulator", BUREAU.label, met=both)


@pytest.fixture
def twice(tmp_path: Path) -> Iterator[Store]:
    draft = samples.Draft("2031-10", "海岛月报", name="october.txt")
    draft.item("news-1", "两名")
    draft.facts[-1].entities = [named_twice()]
    draft.item("news-2", "一名")
    draft.facts[-1].entities = [samples.entity("Regulator", "海岛数据局", iri=BUREAU.iri)]
    with Store.open(tmp_path / "store", "write") as opened:
        opened.add(draft.report(), draft.facts, samples.RUN)
        yield opened


def test_a_name_is_split_off_and_can_be_searched(twice: Store) -> None:
    met = [(m.item, m.form, m.reason) for m in identity.mentions(twice, BUREAU.iri)]
    assert met == [
        ("2031-10-news-1", "岛数局", "an abbreviation"),
        ("2031-10-news-1", "海岛数据局", "a name of it"),
        ("2031-10-news-2", "海岛数据局", "its name"),
    ]
    outcome = identity.split(twice, BUREAU.iri, names=["岛数局"])
    assert outcome.items == ("2031-10-news-1",)
    new = ids.entity("Regulator", "岛数局")
    assert [c.iri for c in find(twice, "岛数局")] == [new]
    assert describe(twice, new).items == ["2031-10-news-1"]
    assert describe(twice, BUREAU.iri).items == ["2031-10-news-2", "2031-10-news-1"]
    with pytest.raises(UsageError, match="isn't called 岛数局 there"):
        identity.split(twice, BUREAU.iri, names=["岛数局"])


def test_an_item_is_split_off_under_an_address_of_its_own(twice: Store) -> None:
    identity.split(twice, BUREAU.iri, items=["2031-10-news-2"])
    (new,) = [c for c in find(twice, "海岛数据局") if c.iri != BUREAU.iri]
    assert describe(twice, new.iri).items == ["2031-10-news-2"]
    assert describe(twice, BUREAU.iri).items == ["2031-10-news-1"]
    with pytest.raises(UsageError, match=r"can't be the same, since .+ is apart from"):
        identity.same(twice, BUREAU.iri, new.iri)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Give --item or --name, of: “岛数局” in 2031-10-news-1; “海岛数据局” in"),
        ({"items": ["2031-10-news-9"]}, "the item 2031-10-news-9 doesn't mention 海岛数据局: it is in 2031-10-news-1"),
        ({"names": ["数据部"]}, "海岛数据局 isn't called 数据部 there: it is called 岛数局, 海岛数据局"),
        ({"items": ["2031-10-news-2"], "names": ["岛数局"]}, "doesn't mention 海岛数据局 by 岛数局"),
    ],
)
def test_what_is_not_there_can_not_be_split(twice: Store, given: dict[str, list[str]], words: str) -> None:
    with pytest.raises(UsageError) as raised:
        identity.split(twice, BUREAU.iri, **given)  # type: ignore[arg-type]
    assert words in str(raised.value)


def test_what_is_one_by_judgement_is_parted_by_undoing_it(store: Store) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    with pytest.raises(UsageError, match=r"by a judgement alone .+kg undo"):
        identity.split(store, GULL.iri, items=["2031-05-deals-2"])


# ------------------------------------------------------------------------------------------------ the file


def test_an_edited_file_is_obeyed_by_the_next_replay(store: Store) -> None:
    before = dump(store)
    identity.same(store, GULL.iri, REEF.iri)
    identity.same(store, MINISTRY.iri, BUREAU.iri)
    path = judgements_of(path_of(store))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines[2:]), encoding="utf-8")  # the first judgement's line is deleted
    changed, lacking = identity.replay(store, identity.load(path_of(store)))
    assert (changed, lacking) == (["2031-05-deals-2"], [])
    assert dump(store) == fresh(path_of(store))
    path.write_text(lines[0], encoding="utf-8")
    identity.replay(store, identity.load(path_of(store)))
    assert dump(store) == before
    assert identity.replay(store, identity.load(path_of(store))) == ([], [])


def test_a_judgement_obeys_what_was_edited_by_hand_too(store: Store) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    path = judgements_of(path_of(store))
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    identity.same(store, MINISTRY.iri, BUREAU.iri)
    assert dump(store) == fresh(path_of(store))
    assert len(read(path)) == 1


def test_a_lost_file_is_written_again(store: Store) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    path, after = judgements_of(path_of(store)), dump(store)
    content = path.read_bytes()
    path.unlink()
    identity.replay(store, identity.load(path_of(store)))
    assert (path.read_bytes(), dump(store)) == (content, after)


def test_a_store_made_anew_obeys_what_outlived_the_old_one(store: Store, tmp_path: Path) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    after = dump(store)
    judgements_of(path_of(store)).rename(judgements_of(tmp_path / "new"))
    assert fresh(tmp_path / "new") == after


def test_a_copy_of_a_store_has_the_judgements(store: Store, tmp_path: Path) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    store.backup(tmp_path / "copy")
    with Store.open(tmp_path / "copy", "write") as copy:
        assert identity.replay(copy, identity.load(tmp_path / "copy")) == ([], [])
        assert dump(copy) == dump(store)
        identity.undo(copy, [1])
        assert dump(copy) != dump(store)


def test_a_damaged_file_stops_everything_before_anything_is_done(store: Store) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    path, before = judgements_of(path_of(store)), dump(store)
    damaged = path.read_bytes() + b"same,nonsense\n"
    path.write_bytes(damaged)
    for attempt in (
        lambda: identity.same(store, MINISTRY.iri, BUREAU.iri),
        lambda: identity.undo(store, [1]),
        lambda: identity.proposed(store),
    ):
        with pytest.raises(ReadError, match="line 3, has 2 cells"):
            attempt()
    assert (path.read_bytes(), dump(store)) == (damaged, before)


def test_a_file_that_contradicts_itself_is_refused(store: Store) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    path = judgements_of(path_of(store))
    line = path.read_text(encoding="utf-8").splitlines()[1]
    path.write_text(path.read_text(encoding="utf-8") + line.replace("same", "different", 1) + "\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"judgements\.csv contradicts itself: .+ are different .+ but .+ are the same"):
        identity.load(path_of(store))


def test_a_write_that_fails_leaves_file_and_store_as_they_were(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(store)

    def full(*args: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "_replace", full)
        with pytest.raises(StoreError):
            identity.same(store, GULL.iri, REEF.iri)
    assert not judgements_of(path_of(store)).exists()
    assert dump(store) == before
    identity.same(store, GULL.iri, REEF.iri)
    content, judged = judgements_of(path_of(store)).read_bytes(), dump(store)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "_replace", full)
        with pytest.raises(StoreError):
            identity.undo(store, [1])
    assert judgements_of(path_of(store)).read_bytes() == content
    assert dump(store) == judged


def test_an_interruption_between_file_and_store_is_made_good(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    identity.same(store, GULL.iri, REEF.iri)
    path = judgements_of(path_of(store))
    after, content = dump(store), path.read_bytes()
    identity.undo(store, [1])
    path.write_bytes(content)  # as a power cut leaves it after the file is written
    identity.replay(store, identity.load(path_of(store)))
    assert dump(store) == after
    (path_of(store) / OBEYED).write_bytes(b"damaged")
    assert identity.obeyed(store) is None
    identity.replay(store, identity.load(path_of(store)))
    assert (dump(store), identity.obeyed(store) is not None) == (after, True)


def test_a_report_of_an_older_version_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "keeps_facts", lambda self, report: report != "2031-06")
    with pytest.raises(UsageError, match="2031-06 was added by an older regkg: add the file again"):
        identity.same(store, GULL.iri, REEF.iri)
    assert not judgements_of(path_of(store)).exists()


def test_damaged_findings_are_told(store: Store) -> None:
    folder = path_of(store) / "resolved"
    for digest in sources.FolderSources(folder):
        (folder / f"{digest}.json.gz").unlink()
        sources.FolderSources(folder).put(digest, b"[{]")
    with pytest.raises(StoreError, match="is damaged: add it again"):
        identity.same(store, GULL.iri, REEF.iri)
    assert not judgements_of(path_of(store)).exists()


def test_findings_that_no_report_uses_are_swept(store: Store) -> None:
    store.remove("2031-05")
    assert len(list((path_of(store) / "resolved").iterdir())) == 2


def test_a_store_in_memory_has_no_judgements() -> None:
    with Store.memory() as opened:
        opened.add(*samples.may(), samples.RUN)
        with pytest.raises(UsageError, match="in memory"):
            identity.same(opened, GULL.iri, REEF.iri)
        assert identity.proposed(opened) == []


# ------------------------------------------------------------------------------------------------- standing


def states(store: Store) -> list[str]:
    return [one.state for one in identity.standings(store, identity.load(path_of(store)))]


def test_a_judgement_whose_ground_is_gone_is_listed_as_such(store: Store) -> None:
    identity.same(store, REEF.iri, MINISTRY.iri, force=True)  # of one report alone, as the third
    identity.same(store, GULL.iri, WAVE.iri)
    identity.split(store, BUREAU.iri, items=["2031-05-rules-1"])
    assert states(store) == ["in force"] * 3
    store.remove("2031-05")
    assert states(store) == ["stale", "waiting", "stale"]
    stale, waiting, split = identity.standings(store, identity.load(path_of(store)))
    assert "礁石资本 is not in the store" in stale.words
    assert "浪花基金 is not in the store" in waiting.words
    assert "2031-05-rules-1 mentions it no more" in split.words


def test_a_name_that_is_another_now_is_told(store: Store) -> None:
    identity.different(store, GULL.iri, TERN.iri)
    path = judgements_of(path_of(store))
    moved = path.read_text(encoding="utf-8").replace(GULL.iri, ids.entity("Organization", "海鸥科技"))
    moved = moved.replace(TERN.iri, ids.entity("Organization", "Tern Systems"))
    path.write_text(moved, encoding="utf-8")
    (one,) = identity.standings(store, identity.load(path_of(store)))
    assert (one.state, one.words) == ("stale", f"海鸥科技 is {GULL.iri} now; Tern Systems is {TERN.iri} now")
    path.write_text(moved.replace(ids.entity("Organization", "海鸥科技"), WAVE.iri), encoding="utf-8")
    (one,) = identity.standings(store, identity.load(path_of(store)))
    assert one.state == "waiting"
    swapped = path.read_text(encoding="utf-8").replace(ids.entity("Organization", "Tern Systems"), TERN.iri)
    path.write_text(swapped, encoding="utf-8")
    (one,) = identity.standings(store, identity.load(path_of(store)))
    assert (one.state, one.words) == ("doubtful", f"{WAVE.iri} is called 浪花基金 now, and not 海鸥科技")


# ------------------------------------------------------------------------------------------------- commands


@pytest.fixture
def added(command: Command, fast: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KG_AUTHOR", "mei")
    for name, title in (("a", "海鸥科技收购Anthropic"), ("b", "燕鸥软件收购Antropic"), ("c", "海鸥科技公司收购礁石")):
        (tmp_path / f"{name}.txt").write_text(f"{title}\n正文。\n")
    assert command("add", *(tmp_path / f"{name}.txt" for name in "abc")).code == 0
    return tmp_path


def test_from_candidates_to_one_and_back(command: Command, added: Path) -> None:
    ran = command("candidates")
    assert ran.code == 0
    assert "“Anthropic” and “Antropic” differ in one letter" in ran.out
    assert f"kg same {ids.entity('Company', 'Anthropic')}" in ran.out
    assert "海鸥科技公司" not in command("candidates", "Antropic").out
    assert "These are 1 of 2" in command("candidates", "-n", "1").err
    ran = command("same", "Anthropic", "Antropic", "--note", "a slip")
    assert ran.out.splitlines()[0].startswith("Anthropic and Antropic are the same (mei, ")
    assert "1 item made anew" in ran.out
    shown = command("show", "Antropic", "--why").out
    assert "“Antropic”: judged the same as Anthropic by mei" in shown
    assert "海鸥科技" in shown
    assert "燕鸥软件" in shown
    assert "Antropic" not in command("candidates").out
    listed = command("judgements").out
    assert "  1  Anthropic and Antropic are the same (mei" in listed
    assert "in force  “a slip”" in listed
    assert command("check").code == 0
    assert "Taken back: Anthropic and Antropic are the same" in command("undo", "Antropic", "Anthropic").out
    assert "0 judgements in" in command("judgements").out
    assert "燕鸥软件" not in command("show", "Anthropic").out


def test_judgements_outlive_the_store(command: Command, added: Path) -> None:
    import shutil

    command("same", "Anthropic", "Antropic")
    before = command("export", "--format", "nquads").out
    shutil.rmtree(added / "store")
    assert command("add", *(added / f"{name}.txt" for name in "abc")).code == 0
    assert sorted(command("export", "--format", "nquads").out.splitlines()) == sorted(before.splitlines())


def test_an_edited_file_is_obeyed_by_kg_add(command: Command, added: Path) -> None:
    command("same", "Anthropic", "Antropic")
    path = judgements_of(added / "store")
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    assert "has been edited since" in command("judgements").err
    ran = command("add", added / "a.txt")
    assert "note: the judgements have changed, 1 item made anew" in ran.out
    assert "unchanged" in ran.out
    assert command("judgements").err == ""
    assert "0 items made anew" in command("judgements", "--replay").out


def test_a_stale_judgement_is_told_when_something_is_added(command: Command, added: Path) -> None:
    command("different", "海鸥科技", "礁石")
    for report in [row.split()[0] for row in command("items").out.splitlines() if ".txt)" in row]:
        command("remove", report)
    ran = command("add", added / "b.txt")
    assert "note: 1 judgement without ground: kg judgements --stale lists them" in ran.out
    ran = command("judgements", "--stale")
    assert "stale: 海鸥科技 is not in the store; 礁石 is not in the store" in ran.out
    assert "1 judgement in" in ran.out


def test_a_damaged_file_stops_kg_add_with_its_line(command: Command, added: Path) -> None:
    before = command("export", "--format", "nquads").out
    judgements_of(added / "store").write_text("judgement\n")
    for args in (("add", added / "a.txt", "--again"), ("judgements",), ("same", "Anthropic", "Antropic")):
        ran = command(*args)
        assert (ran.code, "line 1, must have the columns" in ran.err) == (3, True), args
    assert command("export", "--format", "nquads").out == before


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("same", "Anthropic", "没有的公司"), 5, "nothing in the store is called 没有的公司"),
        (("same", "Anthropic", "Anthropic"), 2, "is one already"),
        (("split", "Anthropic"), 2, "Give --item or --name, of: “Anthropic” in"),
        (("undo", "7"), 2, "there is no judgement 7: kg judgements lists 0"),
        (("undo", "Anthropic"), 2, "Give its number"),
        (("undo", "Anthropic", "Antropic"), 2, "nothing was judged of Anthropic and Antropic"),
    ],
)
def test_faults_are_sentences(command: Command, added: Path, args: tuple[str, ...], code: int, words: str) -> None:
    ran = command(*args)
    assert ran.code == code
    assert words in ran.err
    assert not judgements_of(added / "store").exists()


def test_judging_waits_for_who_writes(command: Command, added: Path) -> None:
    with Store.open(added / "store", "write"):
        ran = command("same", "Anthropic", "Antropic", "--wait", "0")
    assert ran.code == 4
    assert "is being written by" in ran.err
    assert not judgements_of(added / "store").exists()


def test_there_is_nothing_to_judge_without_a_store(command: Command, tmp_path: Path) -> None:
    assert command("same", "a", "b").code == 4
    assert command("candidates").code == 4
    assert not (tmp_path / "store").exists()
