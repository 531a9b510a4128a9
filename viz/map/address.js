// What was chosen stands in the address, after the #: a view can be sent, marked and gone back to. Names stand there by
// the ends of their addresses, so that next month's map opens the same view.
const quoteTail = (text) => encodeURIComponent(text).replace(/~/g, "%7E");
const joined = (list) => [...list].map(quoteTail).join("~");
const parted = (text) => (text ? text.split("~").map((part) => { try { return decodeURIComponent(part); } catch { return ""; } }) : []);
const tails = once(() => new Map(nodes.map((node) => [node.tail, node])));
const dealTail = (edge) => (edge.deal ? edge.deal.iri.split(/[/#]/).pop() : "");
const keyOf = (thing) => (isNode(thing) ? ["n", thing.tail] : isAct(thing) ? [thing.id[0], thing.node.tail] : ["e", thing.from.tail, thing.relation, thing.to.tail, dealTail(thing)]);
const byKey = ([sort, ...rest]) => {
  if (sort === "n") return tails().get(rest[0]) || null;
  if (Object.hasOwn(ACTS, sort)) return (tails().get(rest[0]) || { acts: {} }).acts[sort] || null;
  const from = tails().get(rest[0]);
  return (from && from.touching.find((edge) => edge.from === from && edge.relation === rest[1] && edge.to.tail === rest[2] && dealTail(edge) === rest[3])) || null;
};
const same = (one, two) => one.size === two.size && [...one].every((each) => two.has(each));
const TEXTS = { from: "from", until: "until", month: "month", least: "least", most: "most", report: "report", publisher: "by" };
const SWITCHES = { onlyNew: "new", alone: "alone", all: "all", monthOnly: "only", list: "list" };

const address = () => {
  const first = fresh(), parts = [];
  const put = (key, value) => parts.push(key + "=" + value);
  if (state.lang !== first.lang) put("lang", state.lang);
  if (state.theme !== "auto") put("theme", state.theme);
  for (const name of GROUPS) if (!same(state.off[name], first.off[name])) put("no-" + name, joined(state.off[name]));
  for (const [key, name] of Object.entries(TEXTS)) if (state[key]) put(name, quoteTail(state[key]));
  for (const [key, name] of Object.entries(SWITCHES)) if (state[key] !== first[key]) put(name, state[key] ? 1 : 0);
  if ((state.least || state.most) && state.currency) put("currency", quoteTail(state.currency));
  if (state.hidden.size) put("hidden", joined([...state.hidden].map((node) => node.tail)));
  if (state.more.size) put("more", joined([...state.more].map((node) => node.tail)));
  if (state.put.size) put("at", joined([...state.put].flatMap(([node, [x, y]]) => [node.tail, x, y])));
  if (state.chosen) put("show", joined(keyOf(state.chosen)));
  if (moved) {
    const at = network.getViewPosition();
    put("view", [Math.round(at.x), Math.round(at.y), scaleNow().toPrecision(3)].join("~"));
  }
  return parts.length ? "#" + parts.join("&") : "";
};

let moved = false, written = null, waiting = 0;
const write = () => {
  waiting = 0;
  const wanted = address();
  if (wanted === (location.hash || "")) return;
  written = wanted;
  try {
    history.replaceState(null, "", wanted || location.pathname + location.search);
  } catch {
    if (wanted) location.replace(wanted); // some frames have no history of their own
  }
};
// Browsers allow a hundred changes in half a minute
const writeSoon = () => { clearTimeout(waiting); waiting = setTimeout(write, 250); };
const viewMoved = () => { moved = true; writeSoon(); };

const read = () => {
  const next = fresh(), met = new Map();
  for (const part of location.hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at > 0) met.set(part.slice(0, at), part.slice(at + 1));
  }
  const one = (name) => parted(met.get(name))[0] || "";
  if (["zh", "en"].includes(met.get("lang"))) next.lang = met.get("lang");
  if (["light", "dark"].includes(met.get("theme"))) next.theme = met.get("theme");
  for (const name of GROUPS) if (met.has("no-" + name)) next.off[name] = new Set(parted(met.get("no-" + name)).filter(Boolean));
  for (const [key, name] of Object.entries(TEXTS)) next[key] = one(name);
  for (const [key, name] of Object.entries(SWITCHES)) if (met.has(name)) next[key] = met.get(name) === "1";
  if (!months().includes(next.month)) next.month = "";
  for (const key of ["from", "until"]) if (!/^\d{4}-\d\d-\d\d$/.test(next[key])) next[key] = "";
  if (!data.reports.includes(next.report)) next.report = "";
  if (!data.publishers.includes(next.publisher)) next.publisher = "";
  if (currencies().includes(one("currency"))) next.currency = one("currency");
  for (const key of ["hidden", "more"]) next[key] = new Set(parted(met.get(key)).map((tail) => tails().get(tail)).filter(Boolean));
  const at = parted(met.get("at"));
  for (let one = 0; one + 2 < at.length; one += 3) {
    const node = tails().get(at[one]), [x, y] = [Number(at[one + 1]), Number(at[one + 2])];
    if (node && Number.isFinite(x) && Number.isFinite(y) && Math.max(Math.abs(x), Math.abs(y)) < 1e6) next.put.set(node, [x, y]);
  }
  if (met.has("show")) next.chosen = byKey(parted(met.get("show")));
  const view = (met.get("view") || "").split("~").map(Number);
  const seen = view.length === 3 && view.every(Number.isFinite) && view[2] > 0 ? { position: { x: view[0], y: view[1] }, scale: Math.min(Math.max(view[2], 0.005), 20) } : null;
  return { next, seen };
};
// from the address to the map
const obey = () => {
  const { next, seen } = read();
  state = next;
  moved = Boolean(seen);
  if (state.chosen) reveal(state.chosen);
  relook();
  if (seen) network.moveTo(seen);
  else start();
  if (state.chosen && !seen) lookAt(state.chosen, Math.max(scaleNow(), 0.9));
  redrawSoon();
};
addEventListener("hashchange", () => { if (location.hash !== written) obey(); });
