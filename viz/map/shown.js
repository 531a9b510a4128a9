// What the reader has chosen, and what is therefore on the map.
const GROUPS = ["kind", "relation", "status"];
const fresh = () => ({
  lang: data.lang === "en" ? "en" : "zh", theme: "auto",
  off: Object.fromEntries(GROUPS.map((group) => [group, new Set(given.off[group])])),
  onlyNew: false, alone: edges.length === 0, all: !nodes.some((node) => node.later), hidden: new Set(), more: new Set(), put: new Map(),
  from: "", until: "", month: "", monthOnly: false, least: "", most: "", currency: "", report: "", publisher: "",
  chosen: null, list: false,
});
let state = fresh();

// 4.9bn, 49亿, 5,000万, 665m
const UNITS = { "": 1, k: 1e3, 千: 1e3, 万: 1e4, 萬: 1e4, m: 1e6, mn: 1e6, million: 1e6, 百万: 1e6, 千万: 1e7, 亿: 1e8, 億: 1e8, b: 1e9, bn: 1e9, billion: 1e9, 十亿: 1e9, 万亿: 1e12, tn: 1e12, trillion: 1e12 };
const amountOf = (text) => {
  const match = /^(\d+(?:\.\d+)?)\s*(\D*)$/.exec(String(text).normalize("NFKC").replace(/[,，]/g, "").trim().toLowerCase());
  return match && match[2].trim() in UNITS ? Number(match[1]) * UNITS[match[2].trim()] : null;
};

// As it stood then: a map of June must not call completed what was a rumour in June.
const statusThen = (edge, day) => {
  if (!day || !edge.steps) return edge.latest;
  const told = edge.steps.filter(([when]) => when.slice(0, 10) <= day);
  return told.length ? told[told.length - 1][1] : edge.steps[0][1];
};
const lastDay = () => [state.month && state.month + "-31", state.until].filter(Boolean).sort()[0] || "";
// other than as the map opens; address.js has what two sets have in common
const filtered = () => Boolean(state.from || state.until || state.month || state.least || state.most || state.report || state.publisher || state.onlyNew)
  || GROUPS.some((group) => !same(state.off[group], new Set(given.off[group])));

// One pass over the graph for every change of mind: what a line and a name need to be seen.
const choose = () => {
  const s = state, off = s.off, then = lastDay();
  const least = amountOf(s.least), most = amountOf(s.most), money = least !== null || most !== null;
  const dated = s.from || s.until || s.month;
  const told = (edge) => {
    if (off.relation.has(edge.relation) || (edge.status && off.status.has(edge.status))) return false;
    if (s.onlyNew && !edge.fresh) return false;
    if (dated) {
      const days = daysOf(edge);
      if (!days.length) return false;
      if ((s.from || s.until) && !days.some((day) => (!s.from || day >= s.from) && (!s.until || day.slice(0, s.until.length) <= s.until))) return false;
      if (s.month && !(s.monthOnly ? days.some((day) => day.slice(0, 7) === s.month) : days[0].slice(0, 7) <= s.month)) return false;
    }
    if (money) {
      const amount = edge.deal && edge.deal.amount ? Number(edge.deal.amount) : null;
      if (amount === null || (s.currency && edge.deal.currency !== s.currency)) return false;
      if ((least !== null && amount < least) || (most !== null && amount > most)) return false;
    }
    if (s.report && !edge.items.some((item) => data.reports[data.items[item][2]] === s.report)) return false;
    if (s.publisher && !edge.items.some((item) => data.publishers[data.items[item][1]] === s.publisher)) return false;
    return true;
  };
  for (const node of nodes) {
    node.inside = (s.all || !node.later || s.more.has(node)) && !s.hidden.has(node) && !off.kind.has(node.kind);
    node.on = false;
  }
  for (const edge of edges) {
    edge.status = statusThen(edge, then);
    edge.on = edge.from.inside && edge.to.inside && told(edge);
    if (edge.on) edge.from.on = edge.to.on = true;
  }
  const kept = isNode(s.chosen) ? s.chosen : null;
  for (const node of nodes) if (node.inside && (s.alone || node.start || node === kept || (s.onlyNew && node.fresh))) node.on = true;
  for (const act of acts) {
    act.on = act.edges.some((edge) => edge.on);
    if (act.on) settle(act);
  }
};
const counts = () => ({ nodes: nodes.reduce((sum, node) => sum + node.on, 0), edges: edges.reduce((sum, edge) => sum + edge.on, 0) });

// What is lit while something is chosen; the rest steps back.
const lit = () => {
  const thing = state.chosen;
  if (!thing) return null;
  if (isEdge(thing) && !thing.act) return new Set([thing, thing.from, thing.to]);
  const own = isNode(thing) ? thing.touching.filter((edge) => edge.on) : (thing.act || thing).edges;
  const set = new Set([thing]);
  for (const edge of own) {
    set.add(edge).add(edge.from).add(edge.to);
    if (edge.act) set.add(edge.act);
  }
  return set;
};
