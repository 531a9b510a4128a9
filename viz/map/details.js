// The panel: what is known of a name, a relation or an act, with every source, and how to get from one to the next.
const panel = byId("panel");
let opener = null; // where the keyboard was before the panel opened

const httpOnly = (link) => {
  try {
    const url = new URL(link);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
};
const button = (name, text, act, more = {}) => el("button", { type: "button", class: name, text, on: { click: act }, ...more });
const closer = () => button("close", "✕", () => show(null), { "aria-label": say("close") });
const backToList = () => (state.list ? button("back", "← " + say("list"), () => show(null, { focus: true })) : null);
const nameButton = (node) => button("name", nameOf(node), () => show(node.id, { move: true, focus: true }), { lang: tongue(nameOf(node)) });
const pageOf = (iri, text) => (given.pages ? el("a", { class: "page", href: given.pages + encodeURIComponent(iri), target: "_top", text }) : null);
const sentence = (edge) => {
  const [before, after] = pick(relationOf(edge.relation)).split("…"), from = nameButton(edge.from), to = nameButton(edge.to);
  return after === undefined ? [from, " " + before + " ", to] : [from, " " + before + " ", to, " " + after];
};
const newBadge = (thing) => (thing.fresh ? el("span", { class: "badge new" }, "✦ " + (given.since ? say("newSince", { since: given.since }) : say("new"))) : null);

const money = (deal) => {
  if (!deal.amount) return null;
  // digit by digit, since an amount may be longer than a number is exact
  const [whole, part] = String(deal.amount).split("."), digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const cents = part && !/^0*$/.test(part) ? "." + part : "", qualifier = words.qualifiers[deal.qualifier];
  return [qualifier ? pick(qualifier) : "", digits + cents, deal.currency || ""].filter(Boolean).join(" ");
};
const citation = (one) => {
  const page = one.page ? say("page", { n: one.page }) : "", link = one.link || "";
  if (state.lang === "en") {
    const source = [one.publisher, one.title && `“${one.title}”`, one.issued].filter(Boolean).join(", ");
    return `“${one.quote}” (${[source, [one.report, page].filter(Boolean).join(", "), link].filter(Boolean).join("; ")})`;
  }
  const title = one.title ? "《" + one.title.replace(/《/g, "〈").replace(/》/g, "〉") + "》" : "";
  const source = [one.publisher, title].filter(Boolean).join("：");
  return `“${one.quote}”（${[source, one.issued, (one.report ? one.report + " " : "") + page, link].filter((part) => part && part.trim()).join("，")}）`;
};
const copy = async (text, from, key) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // a page from a mail may not have the clipboard: the old way, then the reader's own hand
    const area = el("textarea", { readonly: true, "aria-label": say("selectIt") });
    area.value = text;
    from.after(area);
    area.select();
    if (!document.execCommand("copy")) return;
    area.remove();
  }
  from.textContent = say("copied");
  tell(say("copied"));
  setTimeout(() => { from.textContent = say(key); }, 1500);
};

const sourceItem = (one) => {
  const item = el("li"), url = httpOnly(one.link);
  item.append(el("blockquote", { text: one.quote, lang: tongue(one.quote) }));
  const page = one.page ? [one.report, say("page", { n: one.page })].filter(Boolean).join(" ") : one.report;
  const where = [one.publisher, one.title, one.issued, page].filter(Boolean);
  item.append(el("p", { class: "where" }, ...where.map((part, at) => el("bdi", { text: (at ? " · " : "") + part, lang: tongue(part) }))));
  const notes = [];
  if (one.said) notes.push(pick(words.said[one.said]) || one.said);
  if (one.status) notes.push(say("tells") + colon() + (pick(stageOf(one.status)) || one.status));
  if (one.role) notes.push(say("role") + colon() + one.role);
  if (notes.length) item.append(el("p", { class: "where", text: notes.join(" · ") }));
  const row = el("div", { class: "acts" });
  if (url) row.append(el("a", { href: url, target: "_blank", rel: "noopener noreferrer", text: say("link") }));
  else if (one.link) row.append(el("span", { text: one.link }));
  const page_ = pageOf(one.iri, say("itemPage"));
  if (page_) row.append(page_);
  const copier = button("copy", say("copy"), () => copy(citation(one), copier, "copy"));
  row.append(copier);
  item.append(row);
  return item;
};
const sources = (thing) => {
  const all = evidenceOf(thing);
  return [el("h3", { text: `${say("quotes")} (${all.length})` }), el("ol", {}, ...all.map(sourceItem))];
};

const factList = () => {
  const facts = el("dl");
  const fact = (key, value, small) => value && facts.append(el("dt", { text: say(key) }), el("dd", { text: value }, small ? el("small", { text: small }) : null));
  return { facts, fact };
};
const edgePanel = (edge) => {
  const status = statusOf(edge.status), badges = [];
  if (status) badges.push(el("span", { class: "badge" }, lineMark(edge.status), pick(status)));
  if (edge.fresh) badges.push(newBadge(edge));
  const parts = [el("h2", {}, ...sentence(edge)), badges.length ? el("p", { class: "badges" }, ...badges) : null];
  if (edge.status !== edge.latest) parts.push(el("p", { class: "where", text: say("latest") + colon() + pick(statusOf(edge.latest) || stageOf(edge.from.about.status)) }));
  const deal = edge.deal || {}, told = evidence(edge).find((one) => one.amount), { facts, fact } = factList();
  const inWords = deal.amount_text || (told && told.amount), number = money(deal);
  fact("amount", inWords || number, inWords && number);
  fact("round", deal.round);
  fact("stake", deal.stake && Number((Number(deal.stake) * 100).toFixed(4)) + "%");
  fact("valuation", deal.valuation && money({ amount: deal.valuation, currency: deal.currency }));
  fact("announced", deal.announced);
  fact("completed", deal.completed);
  if (facts.children.length) parts.push(facts);
  return [...parts, ...sources(edge)];
};
const actPanel = (act) => [
  el("h2", {}, nameButton(act.node), " " + together(act)),
  act.edges.some((edge) => edge.fresh) ? el("p", { class: "badges" }, newBadge({ fresh: true })) : null,
  el("ul", { class: "issuers" }, ...act.edges.map((edge) => el("li", {}, kindMark(edge.to.kind), nameButton(edge.to)))),
  ...sources(act),
];

const relationRow = (text, thing, status) => el("button", { class: "go", type: "button", on: { click: () => show(thing.id, { move: true, focus: true }) } },
  el("span", { text: (thing.fresh ? "✦ " : "") + text }), status ? el("small", {}, lineMark(status), pick(statusOf(status))) : null);
const actText = (act) => `${nameOf(act.node)} ${together(act)}${colon()}${act.edges.map((edge) => nameOf(edge.to)).join(state.lang === "zh" ? "、" : ", ")}`;
const nodePanel = (node) => {
  const badges = [el("span", { class: "badge" }, nodeMark(node), pick(kindOf(node.kind))), newBadge(node)].filter(Boolean);
  const parts = [el("h2", { text: nameOf(node), lang: tongue(nameOf(node)) }), el("p", { class: "badges" }, ...badges)];
  const { facts, fact } = factList();
  fact("stage", node.about.status && pick(stageOf(node.about.status)));
  for (const key of ["number", "issuedOn", "effectiveFrom"]) fact(key, node.about[key]);
  if (facts.children.length) parts.push(facts);
  const page = pageOf(iriOf(node), say("entityPage"));
  if (page) parts.push(el("p", {}, page));
  const away = node.touching.filter((edge) => !edge.on), outside = neighboursAway(node);
  const row = [button("hide", say("hide"), () => hide(node))];
  if (outside.length) row.push(button("expand", say("expand", { n: outside.length }), () => expand(node)));
  if (!state.hidden.has(node)) parts.push(el("div", { class: "acts" }, ...row));
  const others = [...new Set([...Object.values(node.names), ...node.others])].filter((name) => name !== nameOf(node));
  if (others.length) parts.push(el("h3", { text: say("names") }), el("ul", {}, ...others.map((name) => el("li", {}, el("bdi", { text: name, lang: tongue(name) })))));
  const seen = node.touching.filter((edge) => edge.on), told = new Set();
  parts.push(el("h3", { text: node.touching.length ? `${say("relations")} (${seen.length}${away.length ? " / " + node.touching.length : ""})` : say("none") }));
  for (const edge of seen) {
    if (!edge.act) parts.push(relationRow(plain(edge), edge, edge.status));
    else if (!told.has(edge.act)) { told.add(edge.act); parts.push(relationRow(actText(edge.act), edge.act, "")); }
  }
  if (away.length) parts.push(el("p", { class: "where", text: say("away", { n: away.length }) }));
  return parts;
};

// ---- hide, bring back, grow ----
// neighbours that aren't on the map because somebody hid them or because it opened with a part only
const neighboursAway = (node) => [...new Set(node.touching.map((edge) => other(edge, node)))].filter((next) => state.hidden.has(next) || (!state.all && next.later && !state.more.has(next)));
const hide = (node) => {
  state.hidden.add(node);
  state.more.delete(node);
  if (state.chosen === node) state.chosen = null;
  changed();
  tell(say("hiddenNow", { name: nameOf(node) }));
  (byId("bring").hidden ? container : byId("bring")).focus();
};
const expand = (node) => {
  for (const next of neighboursAway(node)) { state.hidden.delete(next); state.more.add(next); }
  changed();
  tell(say("countShown", counts()));
  panel.focus({ preventScroll: true });
};
const bringBack = () => {
  const many = state.hidden.size;
  state.hidden.clear();
  changed();
  tell(say("broughtBack", { n: many }));
  container.focus();
};

// ---- what the panel shows ----
const fillPanel = () => {
  const thing = state.chosen, lists = !thing && state.list;
  panel.hidden = !thing && !lists;
  byId("hint").hidden = !panel.hidden;
  byId("listing").setAttribute("aria-expanded", String(state.list));
  const { nodes: names, edges: relations } = counts();
  // on paper nothing can be clicked
  byId("hint").replaceChildren(...(nodes.length ? [say("countShown", { nodes: names, edges: relations }) + (state.lang === "zh" ? "。" : ". "), el("span", { text: say("hint") })] : [say("empty")]));
  if (panel.hidden) { panel.replaceChildren(); return; }
  const parts = lists ? listPanel() : isEdge(thing) ? edgePanel(thing) : isAct(thing) ? actPanel(thing) : nodePanel(thing);
  const head = el("div", { class: "head" }, thing ? backToList() : null, lists ? button("close", "✕", () => { state.list = false; changed(); byId("listing").focus(); }, { "aria-label": say("close") }) : closer());
  panel.replaceChildren(head, ...parts.filter(Boolean));
  panel.scrollTop = 0;
};
// the middle of what the panel leaves free
const offset = () => {
  const map = container.getBoundingClientRect(), box = panel.getBoundingClientRect();
  const below = box.width > map.width * 0.8;
  return { x: below ? 0 : -Math.max(0, map.right - box.left) / 2, y: below ? -Math.max(0, map.bottom - box.top) / 2 : 0 };
};
const endsOf = (thing) => (isEdge(thing) ? [thing.from, thing.to] : isAct(thing) ? [thing.node, ...thing.edges.map((edge) => edge.to)] : [thing]);
// with room for its name
const covered = (point) => {
  const box = panel.getBoundingClientRect(), at = toWindow(point);
  return at.x > box.left - 64 && at.x < box.right && at.y > box.top - 44 && at.y < box.bottom;
};
// all of what is chosen into what the panel leaves free, from further off if need be
const lookAt = (thing, near, animation = false) => {
  const [left, top, right, bottom] = spanOf(endsOf(thing)), { x, y } = offset();
  const wide = container.clientWidth + 2 * x - besides() - 20, high = container.clientHeight + 2 * y - 110;
  const scale = Math.max(Math.min(near, wide / (right - left || 1), high / (bottom - top || 1)), Math.min(near, 0.25));
  network.moveTo({ position: isNode(thing) ? thing : { x: (left + right) / 2, y: (top + bottom) / 2 }, scale, offset: { x, y }, animation });
};
// What is chosen is seen: a name from the search comes onto the map even where a part or a filter left it out.
const reveal = (thing) => {
  for (const node of endsOf(thing)) {
    state.hidden.delete(node);
    if (!state.all && node.later) state.more.add(node);
    state.off.kind.delete(node.kind);
  }
};
const show = (id, { move = false, focus = false } = {}) => {
  const thing = found(id), before = state.chosen, active = document.activeElement;
  if (thing && !before && !panel.contains(active)) opener = active;
  state.chosen = thing;
  if (thing) reveal(thing);
  changed();
  if (thing) {
    const near = move ? Math.max(scaleNow(), 0.9) : scaleNow();
    if (move || endsOf(thing).some(covered)) lookAt(thing, near, calm() ? false : { duration: 300 });
    tell(isNode(thing) ? `${nameOf(thing)}${colon()}${pick(kindOf(thing.kind))}` : isAct(thing) ? actText(thing) : `${plain(thing)} ${pick(statusOf(thing.status))}`);
  }
  if (focus && !panel.hidden) panel.focus({ preventScroll: true });
  // the keyboard goes back to where it was
  else if (!thing && before && opener && document.contains(opener) && (panel.contains(active) || active === document.body)) opener.focus();
  if (!thing) opener = null;
};
const tell = (text) => { byId("told").textContent = text; };
