// Search as people type: in either language, traditional or simplified, in pinyin whole or by initials.
const search = byId("search"), results = byId("results");
let hits = [], active = -1;

// as kg.ids.normalise folds, and without accents, which few keyboards have
const fold = (text) => [...text.normalize("NFKD").replace(/\p{Mn}/gu, "").normalize("NFKC").toLowerCase().replace(/[\s《》〈〉“”"'‘’·・,.，。()[\]\-—–_:：;；、]+/g, "")].map((char) => data.typed.variants[char] || char).join("");
const index = once(() => nodes.map((node) => ({ node, forms: [...new Set([node.names.zh, node.names.en, ...node.others].map(fold))].filter(Boolean) })));
const soundsOf = once(() => {
  const made = new Map();
  for (const [char, syllables] of Object.entries(data.typed.sounds)) {
    const typed = new Set();
    for (const syllable of syllables.split(" ")) {
      typed.add(syllable).add(syllable[0]);
      if (/^(zh|ch|sh)/.test(syllable)) typed.add(syllable.slice(0, 2));
      if (syllable.includes("v")) typed.add(syllable.replace("v", "u"));
    }
    made.set(char, [...typed, char]); // 国家sjj
  }
  return made;
});
// 0: all of the name is spelled so; 1: its beginning; 9: not at all. As kg.resolve.names.spelled does.
const spelled = (wanted, name) => {
  let ends = new Set([0]);
  for (const char of name) {
    if (ends.has(wanted.length)) return 1;
    const sounds = soundsOf().get(char) || [char], next = new Set();
    for (const end of ends) for (const sound of sounds) if (wanted.startsWith(sound, end)) next.add(end + sound.length);
    if (!next.size) return 9;
    ends = next;
  }
  return ends.has(wanted.length) ? 0 : 9;
};
// from a later character on, for who types the part of a name that he remembers: shuju of 国家数据局
const spelledWithin = (wanted, form) => {
  for (let at = 1; at < form.length; at++) {
    const sounds = soundsOf().get(form[at]);
    if (sounds && sounds.some((sound) => wanted.startsWith(sound)) && spelled(wanted, form.slice(at)) < 9) return true;
  }
  return false;
};
const rank = (forms, wanted, pieces, latin) => {
  let best = 9;
  for (const form of forms) {
    if (form === wanted) return 0;
    if (form.startsWith(wanted)) best = Math.min(best, 1);
    else if (form.includes(wanted)) best = Math.min(best, 3);
    else if (pieces.length > 1 && pieces.every((word) => form.includes(word))) best = Math.min(best, 5);
    else if (latin && best > 2 && HAN.test(form)) {
      const whole = [2, 4][spelled(wanted, form)] ?? 9;
      best = Math.min(best, whole < 9 || wanted.length < 3 || best < 6 ? whole : spelledWithin(wanted, form) ? 6 : 9);
    }
  }
  return best;
};
const fillResults = () => {
  const wanted = fold(search.value), pieces = search.value.split(/\s+/).map(fold).filter(Boolean);
  const latin = wanted.length > 1 && /[a-z]/.test(wanted);
  hits = wanted
    ? index().map(({ node, forms }) => ({ node, rank: rank(forms, wanted, pieces, latin) })).filter((hit) => hit.rank < 9)
      .sort((a, b) => a.rank - b.rank || b.node.touching.length - a.node.touching.length).slice(0, 30).map((hit) => hit.node)
    : byRank().slice(0, 12);
  active = -1;
  results.replaceChildren(...(hits.length ? hits.map((node, at) => el("li", {
    role: "option", id: "result-" + at, "aria-selected": "false",
    on: { mousedown: (event) => { event.preventDefault(); take(at); } },
  }, nodeMark(node), el("bdi", { text: nameOf(node), lang: tongue(nameOf(node)) }), el("small", { text: pick(kindOf(node.kind)) })))
    : [el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false", text: say("nothing") })]));
  openResults(true);
};
const openResults = (open) => {
  results.hidden = !open;
  search.setAttribute("aria-expanded", String(open));
  if (!open) search.removeAttribute("aria-activedescendant");
};
const mark = (at) => {
  active = at;
  [...results.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
  if (results.children[at]) {
    search.setAttribute("aria-activedescendant", "result-" + at);
    results.children[at].scrollIntoView({ block: "nearest" });
  }
};
const take = (at) => {
  const node = hits[at];
  if (!node) return;
  openResults(false);
  show(node.id, { move: true, focus: true });
};
search.addEventListener("input", fillResults);
search.addEventListener("focus", fillResults);
search.addEventListener("blur", () => openResults(false));
search.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" && hits.length) mark((active + 1) % hits.length);
  else if (event.key === "ArrowUp" && hits.length) mark((active - 1 + hits.length) % hits.length);
  else if (event.key === "Enter") take(Math.max(active, 0));
  else if (event.key === "Escape") openResults(false);
  else return;
  event.preventDefault();
});
