// Filters, which are the legend too, and the months below the map.
const tally = (list, key) => list.reduce((met, one) => (one[key] ? met.set(one[key], (met.get(one[key]) || 0) + 1) : met), new Map());
const totals = once(() => ({ kind: tally(nodes, "kind"), relation: tally(edges, "relation"), status: tally(edges, "latest") }));
const talk = once(() => ["rumoured", "in-talks", "proposed", "planned"].filter((status) => totals().status.has(status)));
let boxes = []; // each knows how to read what it stands for: true, false, or null where it stands for several that differ
const tick = (read, change, ...content) => {
  const box = el("input", { type: "checkbox" });
  box.addEventListener("change", () => { change(box.checked); changed({ aloud: true }); });
  boxes.push(() => { const on = read(); box.checked = on === true; box.indeterminate = on === null; });
  return el("label", {}, box, ...content);
};
// one tick for several
const several = (sort, keys, text) => tick(
  () => { const off = keys.filter((key) => state.off[sort].has(key)).length; return off ? (off < keys.length ? null : false) : true; },
  (on) => { for (const key of keys) flip(sort, key)(on); }, el("b", { text }),
);
const flip = (sort, key) => (on) => { if (on) state.off[sort].delete(key); else state.off[sort].add(key); };
const group = (title, rows, name) => (rows.length ? el("fieldset", { class: name }, el("legend", { text: title }), ...rows) : null);
const field = (key, input) => el("label", { class: "field" }, el("span", { text: say(key) }), input);
const typed = (key, options) => {
  const input = el("input", { type: "text", ...options, "data-key": key });
  boxes.push(() => { if (document.activeElement !== input) input.value = state[key]; }); // nobody is typed over
  input.addEventListener("change", () => { state[key] = input.value.trim(); changed({ aloud: true }); });
  return input;
};
const choice = (key, options, any) => {
  const select = el("select", { "data-key": key }, any === null ? null : el("option", { value: "", text: any }), ...options.map((text) => el("option", { value: text, text })));
  boxes.push(() => { select.value = state[key]; });
  select.addEventListener("change", () => { state[key] = select.value; changed({ aloud: true }); });
  return select;
};
const currencies = once(() => {
  const met = new Map();
  for (const edge of edges) if (edge.deal && edge.deal.amount && edge.deal.currency) met.set(edge.deal.currency, (met.get(edge.deal.currency) || 0) + 1);
  return [...met].sort((a, b) => b[1] - a[1]).map(([code]) => code);
});
const ordered = (list) => list.filter(Boolean).sort((a, b) => a.localeCompare(b, "zh"));
const reports = once(() => ordered(data.reports)), publishers = once(() => ordered(data.publishers));

const fillFilters = () => {
  boxes = [];
  const { kind: kinds, relation: relations, status: statuses } = totals();
  const known = (table, met) => [...Object.keys(table).filter((name) => met.has(name)), ...[...met.keys()].filter((name) => !(name in table))];
  const kindRows = known(words.kinds, kinds).map((kind) =>
    tick(() => !state.off.kind.has(kind), flip("kind", kind), kindMark(kind), el("span", { text: pick(kindOf(kind)) }), el("small", { text: kinds.get(kind) })));
  const statusRows = known(words.statuses, statuses).map((status) =>
    tick(() => !state.off.status.has(status), flip("status", status), lineMark(status), el("span", { text: pick(statusOf(status)) }), el("small", { text: statuses.get(status) })));
  // what is only talked about, by one switch
  if (talk().length > 1) {
    const all = several("status", talk(), say("talk"));
    all.classList.add("talk");
    statusRows.push(all);
  }
  const grouped = words.groups.flatMap((entry) => {
    const own = entry.relations.filter((relation) => relations.has(relation));
    if (!own.length) return [];
    return [several("relation", own, pick(entry)), ...own.map((relation) => {
      const row = tick(() => !state.off.relation.has(relation), flip("relation", relation), el("span", { text: brief(relationOf(relation)) }), el("small", { text: relations.get(relation) }));
      row.classList.add("sub");
      return row;
    })];
  });
  const lonely = nodes.filter((node) => !node.touching.length).length, later = nodes.filter((node) => node.later).length;
  const fresh_ = edges.filter((edge) => edge.fresh).length + nodes.filter((node) => node.fresh).length;
  const rest = [];
  if (later) rest.push(tick(() => state.all, (on) => { state.all = on; state.more.clear(); }, el("span", { text: say("everything") }), el("small", { text: nodes.length })));
  if (lonely && edges.length) rest.push(tick(() => state.alone, (on) => { state.alone = on; }, el("span", { text: say("alone") }), el("small", { text: lonely })));
  if (fresh_) rest.push(tick(() => state.onlyNew, (on) => { state.onlyNew = on; }, el("span", { text: given.since ? say("onlyNewSince", { since: given.since }) : say("onlyNew") }), el("small", { text: fresh_ })));
  const others = edges.some((edge) => !edge.latest) ? [el("p", { class: "key" }, lineMark(""), el("span", { text: say("document") }))] : [];
  if (fresh_) others.push(el("p", { class: "key" }, newMark(), el("span", { text: given.since ? say("newSince", { since: given.since }) : say("new") })));
  if (nodes.some((node) => isPending(node.about.status))) others.push(el("p", { class: "key" }, kindMark("Instrument", true), el("span", { text: say("notIssued") })));
  if (acts.length) others.push(el("p", { class: "key" }, actMark(), el("span", { text: say("jointKey") })));

  const when = months().length ? [field("from", typed("from", { type: "date" })), field("until", typed("until", { type: "date" }))] : [];
  const codes = currencies();
  if (codes.length && !state.currency) state.currency = codes[0];
  const how = codes.length ? [
    field("least", typed("least", { placeholder: say("example"), inputmode: "text", size: 6 })), field("most", typed("most", { inputmode: "text", size: 6 })),
    field("currency", choice("currency", codes, null)), el("p", { class: "where", id: "amount-note" }),
  ] : [];
  const who = [];
  if (reports().length) who.push(field("report", choice("report", reports(), say("any"))));
  if (publishers().length) who.push(field("publisher", choice("publisher", publishers(), say("any"))));
  const reset = button("reset", say("reset"), () => { clearFilters(); changed({ aloud: true }); });
  byId("boxes").replaceChildren(...[
    group(say("shownHere"), rest, "rest"), group(say("kind"), kindRows), group(say(statusRows.length ? "status" : "lines"), [...statusRows, ...others]), group(say("relation"), grouped, "ways"),
    group(say("dates"), when, "fields"), group(say("amount"), how, "fields"), group(say("source"), who, "fields"), edges.length ? reset : null,
  ].filter(Boolean));
};
const talkChip = byId("talk");
talkChip.querySelector("input").addEventListener("change", (event) => {
  for (const status of talk()) flip("status", status)(event.target.checked);
  changed({ aloud: true });
});
const syncBoxes = () => {
  for (const read of boxes) read();
  // a map that opens without them has their switch before the reader's eyes, on a telephone too
  const kept = talk().filter((status) => given.off.status.includes(status)), off = kept.filter((status) => state.off.status.has(status));
  talkChip.hidden = !kept.length;
  talkChip.querySelector("span").textContent = say("talkCount", { n: kept.reduce((sum, status) => sum + totals().status.get(status), 0) });
  Object.assign(talkChip.querySelector("input"), { checked: !off.length, indeterminate: off.length > 0 && off.length < kept.length });
  noteAmount();
};
const noteAmount = () => {
  const note = byId("amount-note");
  if (!note) return;
  const wrong = ["least", "most"].some((key) => state[key] && amountOf(state[key]) === null);
  note.textContent = wrong ? say("amountWrong") : state.least || state.most ? say("amountNote") : "";
  for (const key of ["least", "most"]) {
    const input = byId("boxes").querySelector(`[data-key="${key}"]`);
    if (input) input.setAttribute("aria-invalid", String(Boolean(state[key]) && amountOf(state[key]) === null));
  }
};
const actMark = () => svg("svg", { width: 40, height: 14, viewBox: "0 0 40 14", "aria-hidden": "true" },
  svg("path", { d: "M2 7H14M18 5 38 2M19 7H38M18 9 38 12", stroke: paint.line, "stroke-width": 1.4, fill: "none" }),
  svg("line", { x1: 2, y1: 7, x2: 12, y2: 7, stroke: paint.line, "stroke-width": 4 }),
  svg("circle", { cx: 15, cy: 7, r: 4, fill: paint.card, stroke: paint.line, "stroke-width": 1.6 }));
const clearFilters = () => {
  const first = fresh();
  for (const key of ["off", "onlyNew", "alone", "all", "from", "until", "month", "monthOnly", "least", "most", "report", "publisher"]) state[key] = first[key];
  for (const key of ["hidden", "more", "put"]) state[key].clear();
};

// ---- months ----
const slider = byId("month");
const fillMonths = () => {
  const all = months();
  byId("time").hidden = all.length < 2;
  if (all.length < 2) return;
  slider.min = 0;
  slider.max = all.length;
  const at = state.month ? all.indexOf(state.month) : all.length;
  slider.value = at < 0 ? all.length : at;
  slider.setAttribute("aria-label", say("month"));
  const text = state.month ? (state.monthOnly ? say("during", { month: state.month }) : say("asOf", { month: state.month })) : say("allMonths", { first: all[0], last: all[all.length - 1] });
  slider.setAttribute("aria-valuetext", text);
  byId("month-now").textContent = text;
  byId("month-only").checked = state.monthOnly;
  byId("month-only").disabled = !state.month;
  byId("month-only-text").textContent = say("monthOnly");
};
slider.addEventListener("input", () => {
  state.month = months()[Number(slider.value)] || "";
  changed({ aloud: true });
});
byId("month-only").addEventListener("change", () => {
  state.monthOnly = byId("month-only").checked;
  changed({ aloud: true });
});
