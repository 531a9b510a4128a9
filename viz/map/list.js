// The map as a list, for those who read it by ear or by key: what is shown, no more.
const CHUNK = 100;
const chunked = (all, make) => {
  const list = el("ul", { class: "listed" });
  let at = 0;
  const more = button("more", "", () => {
    const first = at;
    grow();
    const next = list.children[first];
    if (next) next.querySelector("button").focus();
  });
  const grow = () => {
    list.append(...all.slice(at, at + CHUNK).map((one) => el("li", {}, make(one))));
    at += CHUNK;
    more.hidden = at >= all.length;
    more.textContent = say("showMore", { n: all.length - at });
  };
  grow();
  return [list, more];
};
const listed = () => {
  const seen = edges.filter((edge) => edge.on), rows = [], told = new Set();
  for (const edge of seen) {
    if (!edge.act) rows.push(edge);
    else if (!told.has(edge.act)) { told.add(edge.act); rows.push(edge.act); }
  }
  return { names: byRank().filter((node) => node.on), rows };
};
const listPanel = () => {
  const { names, rows } = listed();
  const day = (thing) => (isEdge(thing) ? daysOf(thing).at(-1) : "");
  const row = (thing) => (isAct(thing) ? relationRow(actText(thing), thing, "")
    : relationRow(plain(thing) + (day(thing) ? " · " + day(thing) : ""), thing, thing.status));
  const name = (node) => el("button", { class: "go one", type: "button", on: { click: () => show(node.id, { move: true, focus: true }) } },
    nodeMark(node), el("span", { text: (node.fresh ? "✦ " : "") + nameOf(node) }), el("small", { text: pick(kindOf(node.kind)) }));
  return [
    el("h2", { text: say("list") }), el("p", { class: "where", text: say("countShown", counts()) }),
    el("h3", { text: `${say("relations")} (${rows.length})` }), ...chunked(rows, row),
    el("h3", { text: `${say("namesShown")} (${names.length})` }), ...chunked(names, name),
  ];
};
