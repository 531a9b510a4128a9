"""Sources on a server of this machine, into a store: what is new, what is the same, what fails, what is told."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import run as road
from kg import watch as watching
from kg.errors import KgError, StoreError, UsageError
from kg.graph.store import Store
from kg.watch import Outcome
from kg.watch.run import opened
from watch.conftest import SHORT, Site, page, rss

LONG = "燕鸥软件成立于二〇一五年，做港口的调度系统，员工三百余人，总部设在青岛。本次交易须经股东会批准。"
DAY = 86_400.0
START = 1_760_000_000.0  # 2025-10-09

pytestmark = pytest.mark.usefixtures("fast")


class Runner:
    """Runs over a list of sources, on a clock that only the test moves."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder, self.store, self.now = folder, store, START
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self, yaml: str, at_once: bool = True) -> Outcome:
        path = self.folder / "sources.yml"
        path.write_text(yaml, encoding="utf-8")
        return watching.watch(
            watching.watched([str(path)]),
            self.store,
            at_once=at_once,
            limits=SHORT,
            now=lambda: self.now,
            sleep=self.sleep,
        )

    def documents(self, where: str = "1", *values: object) -> list[watching.run.Document]:
        with opened(self.store) as (state, _):
            return state.documents(f"{where} ORDER BY url", *values)


@pytest.fixture
def go(tmp_path: Path, store: Path) -> Runner:
    return Runner(tmp_path, store)


def feed(site: Site, more: str = "") -> str:
    return f"delay: 0\nsources:\n  - {{name: news, kind: feed, url: '{site.at('/feed')}'{more}}}\n"


def listed(site: Site, more: str = "") -> str:
    return (
        f"delay: 0\nsources:\n  - {{name: ministry, kind: list, url: '{site.at('/list')}', include: '/a\\d+$'{more}}}\n"
    )


def index(*numbers: int) -> str:
    rows = "".join(f"<li><a href='/a{n}?utm_source=list'>第{n}号通知</a> 2025-10-0{n % 9 + 1}</li>" for n in numbers)
    return f"<html><body><ul>{rows}</ul><a href='/about'>关于</a></body></html>"


def reports(store: Path) -> dict[str, str]:
    with Store.open(store) as opened_:
        return {one.id: one.title for one in opened_.reports()}


@pytest.fixture
def two(site: Site) -> Site:
    site.paths["/feed"] = rss(
        site.url,
        ("/a1", "海鸥科技收购燕鸥软件", "Wed, 08 Oct 2025 09:00:00 +0800"),
        ("/a2", "白鹭能源收购苍鹭电气", "Tue, 07 Oct 2025 09:00:00 +0800"),
    )
    site.paths["/a1"] = page("海鸥科技收购燕鸥软件", "海鸥科技今日宣布收购燕鸥软件。", LONG)
    site.paths["/a2"] = page("白鹭能源收购苍鹭电气", "白鹭能源收购苍鹭电气，作价两亿元。", LONG + "电气。")
    return site


def test_a_feed(go: Runner, two: Site, store: Path) -> None:
    done = go(feed(two, ", publisher: 示例周报"))
    assert done.exit_code == 0
    (looked,) = done.looked
    assert looked.visit is not None
    assert (looked.visit.entries, looked.visit.new, looked.alarms) == (2, 2, ())
    with Store.open(store) as opened_:
        ids = [one.id for one in opened_.reports()]
        assert len(ids) == 2
        rows = opened_.query("SELECT DISTINCT ?o WHERE { GRAPH ?g { ?s ?p ?o } }")
        values = {str(row[0]) for row in rows}
    assert any(two.at("/a1") in value for value in values)
    assert any("2025-10-08" in value for value in values)
    assert any("示例周报" in value for value in values)
    assert not any("版权所有" in value for value in values)


def test_what_is_there_is_not_added_twice(go: Runner, two: Site) -> None:
    go(feed(two))
    again = go(feed(two))
    assert again.exit_code == 0
    assert again.summaries == []
    assert (two.count("/a1"), two.count("/feed")) == (1, 2)
    assert len(reports(go.store)) == 2


def test_robots_is_asked_once_a_day(go: Runner, two: Site) -> None:
    go(feed(two))
    go.now += 3600
    go(feed(two))
    assert two.count("/robots.txt") == 1
    go.now += DAY
    go(feed(two))
    assert two.count("/robots.txt") == 2


def test_sources_are_looked_at_when_they_are_due(go: Runner, two: Site) -> None:
    go(feed(two, ", every: 6h"))
    go.now += 3600
    done = go(feed(two, ", every: 6h"), at_once=False)
    assert done.looked[0].visit is None
    assert two.count("/feed") == 1
    go.now += 5 * 3600
    go(feed(two, ", every: 6h"), at_once=False)
    assert two.count("/feed") == 2


def test_an_unchanged_feed_is_not_sent_again(go: Runner, two: Site) -> None:
    body = two.paths["/feed"]
    assert isinstance(body, str)
    two.paths["/feed"] = lambda h: (
        h.give("", 304) if h.headers["If-None-Match"] == '"7"' else h.give(body, ETag='"7"', Content_Type="text/xml")
    )
    go(feed(two))
    done = go(feed(two))
    assert two.headers[-1]["if-none-match"] == '"7"'
    assert done.looked[0].visit is not None
    assert done.looked[0].visit.unchanged
    assert done.exit_code == 0


def test_an_article_that_changed_replaces_the_old(go: Runner, two: Site, store: Path) -> None:
    go(listed_ := feed(two, ", recheck: 1d"))
    before = reports(store)
    two.paths["/a1"] = page("海鸥科技收购北雁软件", "更正：海鸥科技收购的是北雁软件。", LONG)
    go.now += 2 * DAY
    done = go(listed_)
    assert done.looked[0].visit is not None
    assert done.looked[0].visit.changed == 1
    after = reports(store)
    assert set(after) == set(before)
    assert "北雁软件" in (store.parent / "store.watch").joinpath("inbox").glob("*/a1-*.html").__next__().read_text(
        "utf-8"
    )


def test_the_same_text_at_another_address_is_not_added(go: Runner, two: Site, store: Path) -> None:
    two.paths["/feed"] = rss(
        two.url,
        ("/a1", "海鸥科技收购燕鸥软件", ""),
        ("/a1?utm_source=x", "海鸥科技收购燕鸥软件", ""),
        ("/mirror/a1", "海鸥科技收购燕鸥软件", ""),
    )
    two.paths["/mirror/a1"] = two.paths["/a1"]
    go(feed(two))
    assert len(reports(store)) == 1
    assert [one.state for one in go.documents()] == ["added", "same"]


def test_a_list_of_links(go: Runner, site: Site, store: Path) -> None:
    site.paths["/list"] = index(1, 2, 3)
    for n in (1, 2, 3):
        site.paths[f"/a{n}"] = page(f"甲{n}科技收购乙{n}软件", f"甲{n}科技收购乙{n}软件。", LONG, str(n))
    site.paths["/about"] = page("关于", LONG)
    done = go(listed(site))
    assert done.exit_code == 0
    assert len(reports(store)) == 3
    assert site.count("/about") == 0
    assert [one.published for one in go.documents()] == ["2025-10-02", "2025-10-03", "2025-10-04"]


def test_pages(go: Runner, two: Site, store: Path) -> None:
    yaml = f"delay: 0\nsources:\n  - {{name: page, kind: pages, url: ['{two.at('/a1')}', '{two.at('/a2')}']}}\n"
    assert go(yaml).exit_code == 0
    assert len(reports(store)) == 2
    assert go(yaml).summaries == []
    assert two.count("/a1") == 2


def test_an_address_alone(go: Runner, two: Site, store: Path) -> None:
    done = watching.watch(watching.Watched(watching.watched([two.at("/feed")]).sources, delay=0), store, limits=SHORT)
    assert done.exit_code == 0
    assert len(reports(store)) == 2


def test_a_page_that_has_a_feed_says_so(go: Runner, two: Site, store: Path) -> None:
    two.paths["/"] = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    done = watching.watch(watching.Watched(watching.watched([two.url]).sources, delay=0), store, limits=SHORT)
    assert two.at("/feed") in done.looked[0].alarms[0]


def test_a_folder(go: Runner, tmp_path: Path, store: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("海鸥科技收购燕鸥软件\n正文。\n", encoding="utf-8")
    os.utime(folder / "a.txt", (START, START))
    yaml = "- {name: in, folder: in}\n"
    assert go(yaml).looked[0].visit.new == 1  # type: ignore[union-attr]
    assert go(yaml).summaries == []
    (folder / "b.txt").write_text("白鹭能源收购苍鹭电气\n正文。\n", encoding="utf-8")
    done = go(yaml)  # it has just been written, and is waited for
    assert go.slept == [1.0]
    assert done.looked[0].visit.new == 1  # type: ignore[union-attr]
    assert len(reports(store)) == 2


def test_a_folder_that_went(go: Runner, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    yaml = "- {name: in, folder: in}\n"
    assert "nothing is listed" in go(yaml).looked[0].alarms[0]
    (tmp_path / "in").rmdir()
    done = go(yaml)
    assert "isn't there" in done.looked[0].visit.fault  # type: ignore[union-attr]
    assert done.exit_code == 1


# ------------------------------------------------------------------------------------------------------ faults


def test_a_passing_fault_is_tried_again(go: Runner, two: Site) -> None:
    body, asked = two.paths["/feed"], []

    def first_fails(handler: object) -> None:
        asked.append(1)
        handler.give("", 500) if len(asked) == 1 else handler.give(body)  # type: ignore[attr-defined]

    two.paths["/feed"] = first_fails
    assert go(feed(two)).exit_code == 0
    assert len(asked) == 2


def test_a_host_that_wants_to_be_left_alone_is(go: Runner, two: Site) -> None:
    two.paths["/a1"] = lambda h: h.give("", 429, Retry_After="7200")
    done = go(feed(two))
    assert done.exit_code == 1
    assert (two.count("/a1"), two.count("/a2")) == (1, 0)
    go.now += 3700
    go(feed(two))  # another run, that has only the file to know it by
    assert two.count("/feed") == 1
    go.now += 3700
    two.paths["/a1"] = page("海鸥科技收购燕鸥软件", LONG)
    assert go(feed(two)).exit_code == 0
    assert two.count("/a1") == 2


def test_pauses(go: Runner, two: Site) -> None:
    go(feed(two).replace("delay: 0", "delay: 2"))
    assert sum(go.slept) >= 6  # between robots.txt, feed and two pages
    two.paths["/robots.txt"] = "User-agent: *\nCrawl-delay: 9\n"
    go.slept.clear()
    go.now += 2 * DAY
    go(feed(two))
    assert max(go.slept) > 8


def test_robots_that_disallow(go: Runner, two: Site) -> None:
    two.paths["/robots.txt"] = "User-agent: *\nDisallow: /a1\n"
    done = go(feed(two))
    assert "robots.txt" in done.looked[0].visit.failed[0]  # type: ignore[union-attr]
    assert (two.count("/a1"), two.count("/a2")) == (0, 1)
    assert done.exit_code == 1


def test_robots_that_fail(go: Runner, two: Site) -> None:
    two.paths["/robots.txt"] = lambda h: h.give("", 500)
    done = go(feed(two))
    assert "answers 500" in done.looked[0].visit.fault  # type: ignore[union-attr]
    assert two.count("/feed") == 0


def test_redirects_are_held_against_robots_too(go: Runner, two: Site) -> None:
    two.paths["/robots.txt"] = "User-agent: regkg\nDisallow: /closed\n"
    two.paths["/a1"] = lambda h: h.give("", 302, Location="/closed/a1")
    two.paths["/closed/a1"] = page("海鸥科技收购燕鸥软件", LONG)
    go(feed(two))
    assert two.count("/closed/a1") == 0


def test_a_feed_that_names_a_private_address(go: Runner, two: Site, other: Site) -> None:
    two.paths["/feed"] = rss(other.url, ("/admin", "海鸥科技收购燕鸥软件", ""))
    done = go(feed(two))
    assert "private network" in done.looked[0].visit.failed[0]  # type: ignore[union-attr]
    assert other.asked == []


def test_an_address_that_moved(go: Runner, two: Site) -> None:
    two.paths["/new"] = two.paths["/feed"]
    two.paths["/feed"] = lambda h: h.give("", 301, Location="/new")
    done = go(feed(two))
    assert done.looked[0].visit.moved == two.at("/new")  # type: ignore[union-attr]
    assert done.exit_code == 0


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5", "no-such-thing", "iso-8859-1"])
def test_wrong_charsets(charset: str, go: Runner, two: Site) -> None:
    body = page("海鸥科技收购燕鸥软件", "海鸥科技今日宣布收购燕鸥软件。", LONG).replace('<meta charset="utf-8">', "")
    two.paths["/a1"] = lambda h: h.give(body.encode("gb18030"), Content_Type=f"text/html; charset={charset}")
    if charset == "big5":
        two.paths["/a1"] = lambda h: h.give(body.encode(), Content_Type="text/html; charset=big5")
    go(feed(two))
    (found,) = go.documents("url=?", two.at("/a1"))
    assert "燕鸥软件成立于二〇一五年" in Path(found.file).read_text("utf-8")


def test_a_host_that_is_down(go: Runner, two: Site) -> None:
    two.paths["/feed"] = lambda h: h.give("", 500)
    for number in range(3):
        done = go(feed(two))
        assert done.exit_code == 1
        assert bool(done.looked[0].alarms) is (number == 2)
        go.now += DAY
    assert done.looked[0].alarms[0].startswith("down: 3 visits in a row failed, for 2 days: ")
    assert done.looked[0].due - done.looked[0].visit.at == 8 * 3600  # type: ignore[union-attr]


def test_what_was_fetched_and_not_added_is_added_by_the_next_run(
    go: Runner, two: Site, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:

        def locked(*args: object, **more: object) -> None:
            raise StoreError("the store is being written by another")

        patched.setattr(road, "add", locked)
        with pytest.raises(StoreError):
            go(feed(two))
    assert [one.state for one in go.documents()] == ["saved", "saved"]
    del two.paths["/a1"], two.paths["/a2"]
    done = go(feed(two))
    assert done.exit_code == 0
    assert len(reports(store)) == 2
    assert [one.state for one in go.documents()] == ["added", "added"]


def test_one_at_a_time(go: Runner, two: Site, store: Path) -> None:
    code = (
        "import sys; from kg.watch import opened\n"
        "try:\n    with opened(sys.argv[1]): pass\nexcept Exception as fault: print(fault)"
    )
    with opened(store):
        ran = subprocess.run([sys.executable, "-c", code, str(store)], capture_output=True, text=True, check=True)
    assert "another kg watch is at work" in ran.stdout


# ------------------------------------------------------------------------------------------------------ alarms


def twenty(site: Site, first: int = 1) -> None:
    numbers = range(first, first + 20)
    site.paths["/list"] = index(*numbers)
    for n in numbers:
        site.paths[f"/a{n}"] = page(f"甲{n}科技收购乙{n}软件", f"甲{n}科技收购乙{n}软件。", f"{LONG}{n}" * 3)


def test_a_list_whose_links_changed(go: Runner, site: Site) -> None:
    twenty(site)
    assert go(listed(site)).exit_code == 0
    good = site.paths["/list"]
    site.paths["/list"] = "<html><body><div data-url='/a1'>第1号通知</div></body></html>"
    for _ in range(2):  # until it is mended
        done = go(listed(site))
        assert done.looked[0].alarms == ("changed: nothing is listed any more, usually 20",)
        assert done.exit_code == 1
    assert go(listed(site), at_once=False).looked[0].alarms  # also where it isn't due
    site.paths["/list"] = good
    assert go(listed(site)).exit_code == 0


def test_pages_without_text(go: Runner, site: Site) -> None:
    twenty(site)
    go(listed(site))
    twenty(site, 21)
    for n in range(21, 41):
        site.paths[f"/a{n}"] = "<html><body><div id='app'></div><script>load()</script></body></html>"
    done = go(listed(site))
    assert done.looked[0].alarms == ("changed: 0 of 20 pages gave a text",)
    assert done.exit_code == 1
    twenty(site, 21)
    go.now += DAY
    assert go(listed(site)).looked[0].alarms == ()


def test_pages_that_are_all_the_same(go: Runner, site: Site) -> None:
    twenty(site)
    for n in range(1, 21):
        site.paths[f"/a{n}"] = page("请先登录", "您访问的内容需要登录后才能查看，请使用手机号码注册。", LONG)
    site.paths["/list"] = index(*range(1, 21)).replace("第", "").replace("号通知", "…")
    assert "gave the same text" in go(listed(site)).looked[0].alarms[0]


def test_a_feed_that_became_a_page(go: Runner, two: Site) -> None:
    go(feed(two))
    two.paths["/feed"] = page("订阅服务已下线", LONG)
    done = go(feed(two))
    assert "is a page (HTML), not RSS or Atom" in done.looked[0].alarms[0]
    assert done.exit_code == 1


def test_quiet(go: Runner, site: Site) -> None:
    twenty(site)
    declared = listed(site, ", expect: {quiet: 5d}")
    assert go(declared).exit_code == 0
    go.now += 30 * DAY
    done = go(declared)
    assert done.looked[0].alarms[0].startswith("quiet: nothing new for 30 days")
    assert done.exit_code == 1


def test_quiet_is_learnt(go: Runner, site: Site) -> None:
    names = [(f"/a{n}", f"甲{n}收购乙{n}", f"{n:02} Sep 2025 09:00:00 +0800") for n in range(1, 29, 3)]
    site.paths["/feed"] = rss(site.url, *names)
    for path, title, _ in names:
        site.paths[path] = page(title, LONG + title)
    assert go(feed(site)).exit_code == 0  # 11 days after the last
    go.now += 10 * DAY
    assert go(feed(site)).looked[0].alarms == ("quiet: nothing new for 21 days, usually every 3",)


def test_acknowledged(go: Runner, site: Site, store: Path) -> None:
    twenty(site)
    go(listed(site))
    site.paths["/list"] = index(1, 2)
    assert go(listed(site)).looked[0].alarms == ("changed: 2 entries, usually 20",)
    with opened(store) as (state, _):
        assert watching.acknowledge(state, "ministry", go.now) == ("changed: 2 entries, usually 20",)
    go.now += 3600
    assert go(listed(site)).exit_code == 0


def test_a_clock_that_was_set_back(go: Runner, two: Site) -> None:
    """What was put off by a clock that ran ahead is not put off for years: silence would look like no news."""
    two.paths["/a1"] = lambda h: h.give("", 429, Retry_After="7200")
    go.now += 3650 * DAY
    go(feed(two))
    with opened(go.store) as (state, _):
        watching.acknowledge(state, "news", go.now)
    go.now = START
    two.paths["/a1"] = page("海鸥科技收购燕鸥软件", LONG)
    done = go(feed(two), at_once=False)
    assert done.looked[0].visit is not None
    assert done.exit_code == 0
    assert len(reports(go.store)) == 2
    assert sum(go.slept) < 3600
    two.paths["/a2"] = page("白鹭能源收购苍鹭电气", "白鹭能源收购苍鹭电气，作价三亿元。", LONG)
    go.now += 8 * DAY
    visit = go(feed(two), at_once=False).looked[0].visit
    assert visit is not None
    assert visit.changed == 1
    two.paths["/feed"] = "<html><body>维护中</body></html>"
    go.now += DAY
    assert go(feed(two)).looked[0].alarms[0].startswith("changed: ")


def test_a_state_that_is_damaged_within_is_told(go: Runner, two: Site) -> None:
    go(feed(two))
    path = next(go.store.parent.glob("*.watch/state.db"))
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(KgError, match=r"state.db is damaged .*: delete it, and all is looked at anew"):
        go(feed(two))
    path.unlink()
    assert go(feed(two)).exit_code == 0
    assert len(reports(go.store)) == 2


# ---------------------------------------------------------------------------------------------------- commands


def test_the_command(command: Callable[..., object], two: Site, tmp_path: Path) -> None:
    yaml = tmp_path / "s.yml"
    yaml.write_text(feed(two), encoding="utf-8")
    ran = command("watch", yaml)
    assert (ran.code, ran.err) == (0, "")  # type: ignore[attr-defined]
    assert "news: 2 listed, 2 new\n" in ran.out  # type: ignore[attr-defined]
    assert "2 documents added: 4 names (4 new), 2 relations (2 new)" in ran.out  # type: ignore[attr-defined]
    assert "not due before" in command("watch", yaml).out  # type: ignore[attr-defined]
    two.paths["/feed"] = "<html></html>"
    ran = command("watch", yaml, "--now")
    assert ran.code == 1  # type: ignore[attr-defined]
    assert "ALARM news: changed: " in ran.err  # type: ignore[attr-defined]
    assert "changed: " in command("watch", "--status").out  # type: ignore[attr-defined]
    assert "no alarm any more" in command("watch", "--acknowledge", "news").out  # type: ignore[attr-defined]
    assert command("watch").code == 2  # type: ignore[attr-defined]
    assert "is nothing to watch" in command("watch", tmp_path / "no.txt").err  # type: ignore[attr-defined]


def test_killed_while_a_page_is_fetched(go: Runner, two: Site, store: Path, tmp_path: Path) -> None:
    waiting = two.paths["/a2"]
    two.paths["/a2"] = lambda h: two.over.wait(30)
    yaml = tmp_path / "s.yml"
    yaml.write_text(feed(two), encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-m", "kg", "watch", str(yaml), "--store", str(store)])
    try:
        for _ in range(1200):
            if two.count("/a2") or process.poll() is not None:
                break
            time.sleep(0.05)
        assert two.count("/a2") == 1
    finally:
        process.kill()
        process.wait()
    assert [one.state for one in go.documents()] == ["saved"]
    two.paths["/a2"] = waiting
    go.now = time.time()
    assert go(feed(two)).exit_code == 0
    assert two.count("/a1") == 1
    assert len(reports(store)) == 2


def test_a_feed_with_its_own_texts(go: Runner, site: Site, store: Path) -> None:
    site.paths["/feed"] = rss(site.url, ("/a1", "海鸥科技收购燕鸥软件", ""), text=LONG)
    assert go(feed(site, ", text: entry")).exit_code == 0
    assert site.count("/a1") == 0
    assert len(reports(store)) == 1


def test_no_more_pages_than_are_asked_for(go: Runner, site: Site, store: Path) -> None:
    twenty(site)
    done = go(listed(site, ", most: 8"))
    assert (done.looked[0].visit.new, done.looked[0].visit.left) == (8, 12)  # type: ignore[union-attr]
    go(listed(site, ", most: 8"))
    go(listed(site, ", most: 8"))
    assert len(reports(store)) == 20
    assert all(site.count(f"/a{n}") == 1 for n in range(1, 21))


def test_without_the_extra(go: Runner, two: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching.run, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'regkg\[watch\]'"):
        go(feed(two))
    assert two.asked == []
