// The editor in place of the textarea, and answers without leaving the page. The server draws every answer.
"use strict";

(() => {
  const form = document.getElementById("sparql");
  const area = document.getElementById("query");
  const host = document.getElementById("editor");
  const state = document.getElementById("state");
  const stop = document.getElementById("stop");
  const language = document.querySelector("a.lang");
  const draft = "kg-query";
  let editor = null;
  let asking = null;

  const chinese = {
    "Completions": "补全", "Diagnostics": "问题", "Find": "查找", "Replace": "替换", "next": "下一个", "previous": "上一个",
    "all": "全部", "match case": "区分大小写", "by word": "整词", "regexp": "正则", "replace": "替换", "replace all": "全部替换",
    "close": "关闭", "Go to line": "转到行", "go": "转到",
  };

  function showFault() {
    const { line, column } = document.getElementById("result").dataset;
    const told = document.querySelector("#result .fault");
    if (editor) editor.fault(line ? Number(line) : 0, Number(column), told ? told.textContent : "");
  }

  // ---- what was typed and not run yet outlives a look elsewhere in this tab, and a change of the language
  function speaks(path) {
    const url = new URL(path, location.href);
    url.searchParams.set("lang", new URL(language.href).searchParams.get("lang"));
    language.href = url.pathname + url.search;
  }

  function keep(text) {
    area.value = text;
    speaks("/sparql");
    try { sessionStorage.setItem(draft, text); } catch { /* a browser that keeps nothing */ }
  }

  if (!/[?&](query|example)=/.test(location.search)) {
    try { area.value = sessionStorage.getItem(draft) || area.value; } catch { /* as above */ }
  }
  area.addEventListener("input", () => keep(area.value));

  async function run() {
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    state.textContent = form.dataset.running;
    stop.hidden = false;
    let said = "";
    try {
      const answer = await fetch("/sparql", {
        method: "POST", headers: { accept: "text/html" }, body: new URLSearchParams(new FormData(form)), signal: mine.signal,
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const result = page.getElementById("result");
      if (!result) throw new Error(answer.statusText);
      document.getElementById("result").replaceWith(document.adoptNode(result));
      const link = document.getElementById("link");
      if (link) {
        window.history.replaceState(null, "", link.getAttribute("href"));
        speaks(link.getAttribute("href"));
      }
      showFault();
    } catch (fault) {
      if (fault.name !== "AbortError") said = form.dataset.lost;
    }
    if (asking !== mine) return;
    asking = null;
    state.textContent = said;
    stop.hidden = true;
  }

  form.addEventListener("submit", (event) => {
    // downloads and the map leave the page, and go as they are
    if (event.submitter && event.submitter.id !== "run") return;
    event.preventDefault();
    run();
  });
  stop.addEventListener("click", () => asking && asking.abort());
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
  });

  fetch("/sparql/vocabulary").then((answer) => answer.json()).catch(() => []).then((terms) => {
    host.hidden = false;
    editor = window.kgEditor.mount(host, {
      text: area.value,
      label: document.getElementById("query-label").textContent,
      terms, run,
      changed: keep,
      phrases: document.documentElement.lang.startsWith("zh") ? chinese : {},
    });
    area.hidden = true;
    document.getElementById("query-label").removeAttribute("for");
    showFault();
  });
})();
