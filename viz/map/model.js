// The graph as objects. What reports say is put on screen as text only, never as markup.
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent), words = data.words, given = data.view;
const once = (make) => { let made; return () => (made ??= make()); };

const marked = (list) => new Set(list);
const NOTHING = Object.freeze({});
const nodes = (() => {
  const all = data.nodes, start = marked(all.start), fresh = marked(all.new), later = marked(all.later);
  return all.iri.map((tail, at) => ({
    at, id: "n" + at, tail, kind: data.kinds[all.kind[at]], x: all.x[at], y: all.y[at], home: [all.x[at], all.y[at]],
    names: { zh: all.zh[at], en: all.en[at] || all.zh[at] }, others: all.others[at] || [],
    start: start.has(at), fresh: fresh.has(at), later: later.has(at), touching: [], size: 8, part: -1, on: true, acts: {},
    about: all.about[at] ? Object.fromEntries(["status", "number", "issuedOn", "effectiveFrom"].map((name, place) => [name, all.about[at][place]])) : NOTHING,
  }));
})();
const edges = (() => {
  const all = data.edges, fresh = marked(all.new);
  return all.from.map((from, at) => {
    const items = all.items[at];
    const edge = {
      at, id: "e" + at, from: nodes[from], to: nodes[all.to[at]], relation: data.relations[all.relation[at]],
      latest: data.statuses[all.status[at]], status: data.statuses[all.status[at]], deal: all.deal[at] || null,
      items: Array.isArray(items) ? items : [items], bend: all.bend[at] || 0, steps: all.then[at] || null,
      fresh: fresh.has(at), on: true, act: null,
    };
    edge.from.touching.push(edge);
    if (edge.to !== edge.from) edge.to.touching.push(edge);
    return edge;
  });
})();
const iriOf = (node) => data.base + node.tail;
const other = (edge, node) => (edge.from === node ? edge.to : edge.from);

// Regulators that issue, or draft, one document in one act: one knot of lines near the document.
const ACTS = { a: "issuedBy", b: "draftedBy" };
const acts = [], jointly = marked(data.edges.act);
for (const node of nodes) {
  const reached = new Set(node.touching.map((edge) => other(edge, node)));
  reached.delete(node);
  node.size = Math.min(8 + 2.2 * Math.sqrt(reached.size), 20); // as kg/maps/layout.py has it
  for (const [sort, relation] of Object.entries(ACTS)) {
    const own = node.touching.filter((edge) => edge.relation === relation && edge.from === node && jointly.has(edge.at));
    if (own.length < 2) continue;
    const act = { id: sort + node.at, node, relation, edges: own, x: node.x, y: node.y, on: true };
    for (const edge of own) edge.act = act;
    node.acts[sort] = act;
    acts.push(act);
  }
}
// near the document, on the way to the middle of its issuers; where they stand all around it, a ring around it
const settle = (act) => {
  const seen = act.edges.filter((edge) => edge.on), many = seen.length || 1;
  const x = seen.reduce((sum, edge) => sum + edge.to.x, 0) / many - act.node.x, y = seen.reduce((sum, edge) => sum + edge.to.y, 0) / many - act.node.y;
  const far = Math.hypot(x, y), reach = act.node.size + 34;
  act.ring = far < 2 * reach ? act.node.size * 1.1 + 9 : 0;
  act.x = act.node.x + (act.ring ? 0 : (x / far) * reach);
  act.y = act.node.y + (act.ring ? 0 : (y / far) * reach);
};

// parts of the graph that hang together, the biggest first
const parts = once(() => {
  const sizes = [];
  for (const first of nodes) {
    if (first.part >= 0) continue;
    const number = sizes.length, wait = [first];
    first.part = number;
    sizes.push(0);
    while (wait.length) {
      const node = wait.pop();
      sizes[number] += 1;
      for (const edge of node.touching) {
        const next = other(edge, node);
        if (next.part < 0) { next.part = number; wait.push(next); }
      }
    }
  }
  return sizes;
});

const found = (id) => {
  if (!id) return null;
  const at = Number(id.slice(1));
  return { n: nodes, e: edges }[id[0]]?.[at] || nodes[at]?.acts[id[0]] || null;
};
const isNode = (thing) => Boolean(thing) && thing.id[0] === "n";
const isEdge = (thing) => Boolean(thing) && thing.id[0] === "e";
const isAct = (thing) => Boolean(thing) && thing.id[0] in ACTS;

// The quotes are the greater half of the page and wait until somebody wants one.
const quoted = once(() => JSON.parse(byId("quotes").textContent));
const QUOTE = ["item", "quote", "page", "said", "role", "status", "amount", "confidence"];
const evidence = (edge) => quoted().quotes[edge.at].map((row) => {
  const one = Object.fromEntries(QUOTE.map((name, at) => [name, row[at] ?? ""])), [issued, publisher, report] = data.items[one.item];
  const [title, link, iri] = quoted().items[one.item];
  return { ...one, issued, publisher: data.publishers[publisher], report: data.reports[report], title, link, iri };
});
// of an act all sources once: the same words in the same place say it of every issuer
const evidenceOf = (thing) => {
  if (!isAct(thing)) return evidence(thing);
  const seen = new Map();
  for (const edge of thing.edges) for (const one of evidence(edge)) seen.set(one.item + "\n" + one.quote, one);
  return [...seen.values()].sort((a, b) => (a.issued < b.issued ? 1 : a.issued > b.issued ? -1 : 0));
};

// The days on which an edge was told: those of its items, and of the deal itself.
const daysOf = (edge) => {
  edge.days ??= [...new Set([
    ...edge.items.map((item) => data.items[item][0]), edge.deal && edge.deal.announced, edge.deal && edge.deal.completed,
  ])].filter(Boolean).map((day) => day.slice(0, 10)).sort();
  return edge.days;
};
const months = once(() => {
  const met = new Set();
  for (const edge of edges) for (const day of daysOf(edge)) if (/^\d{4}-\d\d/.test(day)) met.add(day.slice(0, 7));
  const all = [...met].sort();
  if (all.length < 2) return all;
  const [year, month] = all[0].split("-").map(Number), [lastYear, lastMonth] = all[all.length - 1].split("-").map(Number);
  const many = (lastYear - year) * 12 + lastMonth - month + 1;
  if (many > 240) return all; // a day of 1994 among those of 2024: only the months that tell something
  return Array.from({ length: many }, (_, at) => `${year + Math.floor((month - 1 + at) / 12)}-${String(((month - 1 + at) % 12) + 1).padStart(2, "0")}`);
});
