"use strict";
(() => {
  const at = (name) => document.getElementById(`chart-${name}`);
  const read = (name) => JSON.parse(at(name).textContent);
  const words = read("words");
  const start = read("data");
  // pseudonyms lead back to nothing: no party can be expanded, and none has a page
  const redacted = document.getElementById("stage").dataset.redacted;
  const isChinese = () => document.documentElement.lang === "zh";
  const phrase = (code, values = {}) => words[code][isChinese() ? "zh" : "en"].replace(/@(\w+)@/g, (_, name) => String(values[name] ?? ""));
  const say = (code, values = {}) => { at("said").textContent = phrase(code, values); };
  const asOf = new URLSearchParams(location.search).get("as_of");
  const MOST = 1500, COLUMN = 240, ROW = 92, WIDTH = 150;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const COLOURS = ["warn", "bad", "good", "accent"];
  const ground = (node) => node.data("mark") ? colour(`${COLOURS[node.data("mark") - 1]}-soft`) : node.data("kind") === "enterprise" ? colour("accent-soft") : colour("paper");
  const border = (node) => node.data("mark") ? colour(COLOURS[node.data("mark") - 1]) : node.data("kind") === "enterprise" ? colour("accent") : colour("line");
  const lines = (node) => [...node.data("lines"), ...(node.data("note") ? [`✎ ${node.data("note")}`] : [])];
  const height = (node) => 24 + 17 * lines(node).length;
  const counted = (edge) => edge.data("cards") === null ? "" : (edge.data("cards") || edge.data("quantity")).toLocaleString("en");

  const look = () => [
    { selector: "node", style: {
      shape: "round-rectangle", width: WIDTH, height, "background-color": ground,
      "border-width": (node) => node.data("mark") ? 2 : 1, "border-color": border, color: colour("ink"), "font-size": 13, "font-family": colour("sans"),
      label: (node) => lines(node).join("\n"), "text-wrap": "wrap", "text-max-width": 2 * WIDTH, "text-valign": "center" } },
    { selector: "node[kind = 'carrier']", style: { "border-style": "double", "border-width": 4 } },
    { selector: "node[kind = 'group']", style: { shape: "cut-rectangle", "border-style": "dashed" } },
    { selector: "node[kind = 'rest']", style: { "border-style": "dashed", color: colour("quiet") } },
    { selector: "edge", style: {
      width: (edge) => 1 + Math.log10(1 + (edge.data("cards") || 0)), "curve-style": "bezier", "line-color": colour("quiet"),
      "target-arrow-color": colour("quiet"), "target-arrow-shape": "triangle", label: counted, "font-size": 11, color: colour("ink"),
      "text-background-color": colour("paper"), "text-background-opacity": 1, "text-background-padding": 2 } },
    { selector: "edge[cards = 0], edge[?rest]", style: { "line-style": "dashed" } },
    { selector: "edge[seized > 0]", style: { "line-color": colour("bad"), "target-arrow-color": colour("bad") } },
    { selector: ":selected", style: { "border-color": colour("accent"), "border-width": 3, "line-color": colour("accent") } },
    { selector: ".away", style: { display: "none" } },
  ];
  // The library adds a style element, which the policy forbids, unless there is an element of this id.
  document.querySelector("link[rel=stylesheet]").id = "__________cytoscape_stylesheet";
  const cy = cytoscape({ container: document.getElementById("stage"), style: look(), maxZoom: 2, minZoom: 0.1,
    selectionType: "single" });
  const skips = new Map(Object.entries(start.skips ?? {}));

  // -- what can be undone: the whole of the drawing, since it is small
  let past = [], future = [];
  const snapshot = () => ({
    nodes: cy.nodes().map((node) => ({ ...node.data(), x: node.position("x"), y: node.position("y") })),
    edges: cy.edges().map((edge) => ({ ...edge.data() })), skips: Object.fromEntries(skips) });
  const restore = (view) => {
    cy.elements().remove();
    cy.add(view.nodes.map(({ x, y, ...data }) => ({ group: "nodes", data, position: { x: x ?? 0, y: y ?? 0 } })));
    cy.add(view.edges.map((data) => ({ group: "edges", data })));
    skips.clear();
    for (const [id, skip] of Object.entries(view.skips ?? {})) skips.set(id, skip);
    changed();
  };
  const remember = () => { past.push(snapshot()); if (past.length > 50) past.shift(); future = []; };
  at("undo").addEventListener("click", () => { if (past.length) { future.push(snapshot()); restore(past.pop()); } });
  at("redo").addEventListener("click", () => { if (future.length) { past.push(snapshot()); restore(future.pop()); } });

  // -- new elements come near what they belong to; what is there stays where it is
  const place = (found, center) => {
    const fresh = found.nodes.filter((node) => cy.getElementById(node.id).empty());
    if (cy.elements().length + fresh.length + found.edges.length > MOST) { say("full", { most: MOST.toLocaleString("en") }); return false; }
    const origin = center && cy.getElementById(center).nonempty() ? cy.getElementById(center).position() : null;
    const senders = new Set(found.edges.filter((edge) => edge.target === center).map((edge) => edge.source));
    const taken = cy.nodes().map((node) => node.position());
    const isFree = (x, y) => taken.every((other) => Math.abs(other.x - x) > WIDTH * 0.8 || Math.abs(other.y - y) > ROW * 0.8);
    const order = new Map();
    for (const edge of found.edges) {
      if (!order.has(edge.source)) order.set(edge.source, 0);
      order.set(edge.target, Math.max(order.get(edge.target) ?? 0, order.get(edge.source) + 1));
    }
    for (const node of fresh) {
      const side = center ? (node.id === center ? 0 : senders.has(node.id) ? -1 : 1) : order.get(node.id) ?? 0;
      const x = (origin?.x ?? 0) + side * COLUMN;
      let y = origin?.y ?? 0, step = 0;
      while (!isFree(x, y)) { step += 1; y = (origin?.y ?? 0) + (step % 2 ? 1 : -1) * Math.ceil(step / 2) * ROW; }
      taken.push({ x, y });
      cy.add({ group: "nodes", data: node, position: { x, y } });
    }
    for (const edge of found.edges) if (cy.getElementById(edge.id).empty()) cy.add({ group: "edges", data: edge });
    changed();
    return true;
  };
  // -- a group of partners says what they share, and how many they are
  const groupName = ({ by, key }) => by === "size" ? phrase("sized", { least: (key === "1" ? 0 : 10 ** (key - 1)).toLocaleString("en"), most: (10 ** key - 1).toLocaleString("en") })
    : by === "channel" && !key ? phrase("no_channel") : key;
  const named = (node) => {
    if (node.kind !== "group") return node;
    const title = groupName({ by: node.within.within, key: node.within.key }).replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
    const count = node.partners === undefined ? [] : [phrase("group", { count: node.partners.toLocaleString("en") })];
    return { ...node, name: [title, ...count].join("\n"), lines: [title.length > 16 ? `${title.slice(0, 15)}…` : title, ...count] };
  };
  // -- what a step left out stands on the chart too, as one node on each side
  const withRest = (found) => {
    const nodes = found.nodes.map(named), edges = [...found.edges];
    const center = found.nodes.find((node) => node.id === found.center);
    const step = { party: center.of ?? center.id, ...center.within };
    for (const [side, { count, cards }] of Object.entries(found.rest)) {
      const id = `rest:${side}:${found.by}:${found.center}`;
      cy.getElementById(id).remove();
      if (!count) continue;
      const name = phrase(found.by === "party" ? "rest" : "rest_groups", { count: count.toLocaleString("en"), cards: cards.toLocaleString("en") });
      nodes.push({ id, name, lines: name.split("\n"), kind: "rest", of: found.center, by: found.by, step });
      const [source, target] = side === "received" ? [id, found.center] : [found.center, id];
      edges.push({ id: `${source} > ${target}`, source, target, cards, records: null, quantity: 0, since: "", until: "", seized: 0, rest: 1 });
    }
    return { ...found, nodes, edges };
  };
  const ask = async (address, values) => {
    const query = new URLSearchParams({ ...values, ...(asOf ? { as_of: asOf } : {}) });
    const answer = await fetch(`${address}?${query}`, { headers: { accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) { at("said").textContent = said.error ?? ""; return null; }
    return said;
  };
  const stepOf = (center, by) => by === "party" ? center : `${center} ${by}`;
  const expand = async (asked) => {
    if (redacted) return;
    // what is left over is a part of the step that left it over
    const node = cy.getElementById(asked).data() ?? { id: asked };
    const by = node.by ?? (node.kind === "group" ? "party" : at("by").value);
    const center = node.kind === "rest" ? node.of : node.id;
    const found = await ask("/chart/expand", { ...(node.step ?? { party: node.of ?? node.id, ...node.within }), by, skip: skips.get(stepOf(center, by)) ?? 0 });
    if (!found) return;
    remember();
    if (!place(withRest(found), found.center)) { past.pop(); changed(); return; }
    skips.set(stepOf(found.center, by), found.skip);
    const left = Object.values(found.rest);
    const count = left.reduce((sum, side) => sum + side.count, 0);
    if (count) say("more", { count: count.toLocaleString("en"), cards: left.reduce((sum, side) => sum + side.cards, 0).toLocaleString("en") });
    else if (!found.edges.length) say("nothing");
    else at("said").textContent = "";
    if (cy.nodes().length <= found.nodes.length) fit();
  };
  const chosen = () => cy.nodes(":selected");
  const hide = () => { if (cy.$(":selected").nonempty()) { remember(); cy.$(":selected").remove(); changed(); } };
  at("expand").addEventListener("click", () => chosen().forEach((node) => { expand(node.id()); }));
  at("hide").addEventListener("click", hide);
  at("mark").addEventListener("change", () => {
    const mark = Number(at("mark").value);
    remember();
    chosen().forEach((node) => { if (mark) node.data("mark", mark); else node.removeData("mark"); });
    changed();
  });
  at("note").addEventListener("change", () => {
    const note = at("note").value.trim();
    remember();
    chosen().forEach((node) => { if (note) node.data("note", note); else node.removeData("note"); });
    changed();
  });
  at("path").addEventListener("click", async () => {
    const [one, other] = chosen().map((node) => node.data("of") ?? node.id());
    const found = await ask("/chart/path", { one, other });
    if (!found) return;
    if (!found.edges.length) { say("no_path"); return; }
    remember();
    place(found, null);
    cy.$(":selected").unselect();
    for (const edge of found.edges) cy.getElementById(edge.id).select();
  });
  const fit = () => { cy.fit(undefined, 30); if (cy.zoom() > 1) { cy.zoom(1); cy.center(); } };
  at("fit").addEventListener("click", fit);
  cy.on("dbltap", "node", (event) => expand(event.target.id()));
  cy.on("select unselect", () => changed());
  cy.on("grab", "node", remember);

  // -- filters: what is not shown is still on the chart
  const filter = () => {
    const least = Math.round(10 ** (Number(at("least").value) / 4));
    at("least-value").textContent = least.toLocaleString("en");
    const since = at("since").value, until = at("until").value;
    cy.edges().forEach((edge) => {
      const { cards, quantity, since: first, until: last } = edge.data();
      const isAway = (cards !== null && Math.max(cards, quantity) < least) || (since && last && last < since) || (until && first && first > until);
      edge.toggleClass("away", Boolean(isAway));
    });
    cy.nodes().forEach((node) => {
      const lines = node.connectedEdges();
      node.toggleClass("away", lines.nonempty() && lines.filter(":visible").empty() && lines.every((edge) => edge.hasClass("away")));
    });
    list();
    timeline();
  };
  // -- the months of what is on the chart; a stretch of them is chosen by drawing over it, or by the two dates
  const month = (day) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  const first = (number) => `${String(Math.floor(number / 12)).padStart(4, "0")}-${String(number % 12 + 1).padStart(2, "0")}-01`;
  const last = (number) => new Date(Date.UTC(Math.floor(number / 12), number % 12 + 1, 0)).toISOString().slice(0, 10);
  const brush = at("brush");
  let span = null, from = null;
  const timeline = () => {
    const dated = cy.edges().filter((edge) => edge.data("since") && edge.data("until"));
    brush.toggleAttribute("hidden", dated.length < 1);
    if (!dated.length) return;
    const low = Math.min(...dated.map((edge) => month(edge.data("since")))), high = Math.max(...dated.map((edge) => month(edge.data("until"))));
    const counts = new Array(high - low + 1).fill(0);
    dated.forEach((edge) => { for (let at = month(edge.data("since")); at <= month(edge.data("until")); at += 1) counts[at - low] += 1; });
    span = { low, size: counts.length };
    const most = Math.max(...counts), since = at("since").value, until = at("until").value;
    brush.setAttribute("viewBox", `0 0 ${counts.length * 10} 40`);
    brush.replaceChildren(...counts.map((count, number) => {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const tall = Math.max(1, 38 * count / most);
      const isIn = (!since || last(low + number) >= since) && (!until || first(low + number) <= until);
      for (const [name, value] of Object.entries({ x: number * 10 + 1, y: 40 - tall, width: 8, height: tall, fill: isIn ? colour("accent") : colour("line") })) bar.setAttribute(name, value);
      return bar;
    }));
    at("brush-ends").textContent = `${first(low).slice(0, 7)} – ${first(high).slice(0, 7)}`;
  };
  const pointed = (event) => {
    const box = brush.getBoundingClientRect();
    return span.low + Math.min(span.size - 1, Math.max(0, Math.floor((event.clientX - box.left) / box.width * span.size)));
  };
  const stretch = (event) => {
    const to = pointed(event);
    at("since").value = first(Math.min(from, to));
    at("until").value = last(Math.max(from, to));
    filter();
  };
  brush.addEventListener("pointerdown", (event) => { from = pointed(event); brush.setPointerCapture(event.pointerId); stretch(event); });
  brush.addEventListener("pointermove", (event) => { if (from !== null) stretch(event); });
  brush.addEventListener("pointerup", () => { from = null; });
  brush.addEventListener("dblclick", () => { at("since").value = at("until").value = ""; filter(); });
  for (const name of ["least", "since", "until"]) at(name).addEventListener("input", filter);

  // -- the same as a table, from which everything can be done with the keys
  const party = (node) => {
    const cell = document.createElement("td");
    const isParty = !redacted && !node.data("of");
    const link = document.createElement(isParty ? "a" : "span");
    if (isParty) link.href = `/party/${encodeURIComponent(node.id())}`;
    link.textContent = node.data("name").replace("\n", " ");
    if (redacted) { cell.append(link); return cell; }
    const more = document.createElement("button");
    more.type = "button";
    more.textContent = "+";
    more.setAttribute("aria-label", `${words.expand[isChinese() ? "zh" : "en"]} ${node.data("name")}`);
    more.addEventListener("click", () => expand(node.id()));
    cell.append(link, " ", more);
    return cell;
  };
  const between = (edge) => edge.data("since") === edge.data("until") ? edge.data("since") : `${edge.data("since")} – ${edge.data("until")}`;
  const list = () => {
    const edges = cy.edges().filter((edge) => !edge.hasClass("away")).sort((one, other) => (other.data("cards") || 0) - (one.data("cards") || 0));
    at("rows").replaceChildren(...edges.map((edge) => {
      const row = document.createElement("tr");
      const cards = document.createElement("td"), dates = document.createElement("td");
      cards.className = "amount";
      cards.textContent = counted(edge);
      dates.className = "date";
      dates.textContent = between(edge);
      row.append(party(edge.source()), party(edge.target()), cards, dates);
      return row;
    }));
  };
  const changed = () => {
    at("undo").disabled = !past.length;
    at("redo").disabled = !future.length;
    at("expand").disabled = at("mark").disabled = at("note").disabled = chosen().empty();
    at("mark").value = String(chosen().length === 1 ? chosen().data("mark") ?? 0 : 0);
    if (document.activeElement !== at("note")) at("note").value = chosen().length === 1 ? chosen().data("note") ?? "" : "";
    at("hide").disabled = cy.$(":selected").empty();
    at("path").disabled = chosen().length !== 2;
    filter();
    settle();
  };

  // -- the number on an arrow stands where no other number and no other arrow is, as near its middle as can be
  const NEAR_LINE = 10, APART = { x: 34, y: 18 };
  const distance = (at, { from, to }) => {
    const x = to.x - from.x, y = to.y - from.y, along = ((at.x - from.x) * x + (at.y - from.y) * y) / (x * x + y * y || 1);
    const part = Math.min(Math.max(along, 0), 1);
    return Math.hypot(at.x - from.x - part * x, at.y - from.y - part * y);
  };
  const settle = () => {
    const edges = cy.edges().filter((edge) => !edge.hasClass("away"));
    const lines = edges.map((edge) => ({ edge, from: edge.source().position(), to: edge.target().position() }));
    const taken = [];
    for (const { edge, from, to } of lines) {
      const spots = [0.5, 0.42, 0.58, 0.35, 0.65, 0.3, 0.7].map((part) => ({ x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) }));
      const isFree = (spot) => taken.every((other) => Math.abs(other.x - spot.x) > APART.x || Math.abs(other.y - spot.y) > APART.y) &&
        lines.every((line) => line.edge === edge || line.edge.source() === edge.target() && line.edge.target() === edge.source() || distance(spot, line) > NEAR_LINE);
      const spot = spots.find(isFree) ?? spots[0];
      taken.push(spot);
      edge.style({ "text-margin-x": spot.x - spots[0].x, "text-margin-y": spot.y - spots[0].y });
    }
  };
  cy.on("dragfree", "node", settle);

  document.getElementById("stage").addEventListener("keydown", (event) => {
    const nodes = cy.nodes(":visible");
    if (event.key === "Enter") chosen().forEach((node) => { expand(node.id()); });
    else if (event.key === "Delete") hide();
    else if ((event.key === "z" || event.key === "y") && (event.ctrlKey || event.metaKey)) at(event.key === "z" ? "undo" : "redo").click();
    else if (event.key.startsWith("Arrow") && nodes.nonempty()) {
      const now = nodes.indexOf(chosen()[0] ?? nodes[0]);
      const next = nodes[(now + (event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : nodes.length - 1)) % nodes.length];
      cy.$(":selected").unselect();
      next.select();
    } else return;
    event.preventDefault();
  });
  at("add").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = at("party").value.trim();
    if (wanted) expand(wanted);
  });
  at("views")?.addEventListener("change", (event) => {
    if (event.target.value) location.assign(`/chart?${new URLSearchParams({ view: event.target.value })}`);
  });
  at("save")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ csrf: at("save").dataset.csrf, name: at("name").value, view: JSON.stringify(snapshot()) });
    const answer = await fetch("/chart/views", { method: "POST", body, headers: { accept: "application/json" } });
    const said = await answer.json();
    if (answer.ok) location.assign(said.address);
    else at("said").textContent = said.error;
  });
  // -- files of what is shown
  const save = (name, type, content) => {
    const link = document.createElement("a");
    link.href = content.startsWith?.("data:") ? content : URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    if (!link.href.startsWith("data:")) setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  // XML has no place for control characters, and a mark without its other half is none
  const xml = (text) => String(text).toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const shown = () => ({ nodes: cy.nodes().filter((node) => !node.hasClass("away")), edges: cy.edges().filter((edge) => edge.visible()) });
  const drawing = () => {
    const { nodes, edges } = shown();
    const box = cy.elements(":visible").boundingBox();
    const [x, y, w, h] = nodes.empty() ? [0, 0, 1, 1] : [box.x1 - 20, box.y1 - 20, box.w + 40, box.h + 40];
    const font = xml(colour("sans"));
    const line = (edge) => {
      const { x: sx, y: sy } = edge.sourceEndpoint(), { x: tx, y: ty } = edge.targetEndpoint();
      const bend = edge.controlPoints()?.[0], middle = edge.midpoint();
      const tone = edge.data("seized") > 0 ? "bad" : "quiet", wide = edge.numericStyle("width");
      const dashes = edge.data("cards") === 0 || edge.data("rest") ? ' stroke-dasharray="6 4"' : "";
      const spot = { x: middle.x + edge.numericStyle("text-margin-x"), y: middle.y + edge.numericStyle("text-margin-y") };
      return `<path d="M${sx} ${sy}${bend ? ` Q${bend.x} ${bend.y}` : " L"} ${tx} ${ty}" fill="none" stroke="${colour(tone)}" stroke-width="${wide}"${dashes} marker-end="url(#${tone})"/>` +
        `<text x="${spot.x}" y="${spot.y + 4}" text-anchor="middle" font-size="11" fill="${colour("ink")}" stroke="${colour("paper")}" stroke-width="4" paint-order="stroke">${xml(counted(edge))}</text>`;
    };
    const box_of = (node) => {
      const { x: cx, y: cy_ } = node.position(), tall = height(node), texts = lines(node);
      const dashes = ["rest", "group"].includes(node.data("kind")) ? ' stroke-dasharray="6 4"' : "";
      return `<rect x="${cx - WIDTH / 2}" y="${cy_ - tall / 2}" width="${WIDTH}" height="${tall}" rx="6" fill="${ground(node)}" stroke="${border(node)}" stroke-width="${node.data("kind") === "carrier" ? 3 : 1}"${dashes}/>` +
        texts.map((text, at) => `<text x="${cx}" y="${cy_ + 4.5 + 17 * (at - (texts.length - 1) / 2)}" text-anchor="middle" font-size="13" fill="${colour("ink")}">${xml(text)}</text>`).join("");
    };
    const tip = (name) => `<marker id="${name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="${colour(name)}"/></marker>`;
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${w} ${h}" width="${w}" height="${h}" font-family="${font}">${redacted ? `<desc>${xml(redacted)}</desc>` : ""}<defs>${tip("quiet")}${tip("bad")}</defs>` +
      `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${colour("paper")}"/>${edges.map(line).join("")}${nodes.map(box_of).join("")}</svg>`;
  };
  const gexf = () => {
    const { nodes, edges } = shown();
    const field = (number, value) => value === null || value === undefined || value === "" ? "" : `<attvalue for="${number}" value="${xml(value)}"/>`;
    const NODE = ["kind", "note"], EDGE = ["cards", "records", "quantity", "since", "until", "seized"];
    const day = (name, text) => {
      // of a month these are its first and its last day
      const [, year, month, own] = /^(\d{4})-(\d{2})(?:-(\d{2}))?/.exec(text || "") || [];
      const last = name === "start" ? "01" : new Date(Date.UTC(year, month, 0)).getUTCDate();
      return year ? ` ${name}="${year}-${month}-${own || last}"` : "";
    };
    const declared = (of, names) => `<attributes class="${of}">${names.map((name, number) => `<attribute id="${number}" title="${name}" type="${["kind", "note", "since", "until"].includes(name) ? "string" : "long"}"/>`).join("")}</attributes>`;
    const values = (element, names) => `<attvalues>${names.map((name, number) => field(number, element.data(name))).join("")}</attvalues>`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">${redacted ? `<meta><description>${xml(redacted)}</description></meta>` : ""}<graph defaultedgetype="directed" mode="dynamic" timeformat="date">${declared("node", NODE)}${declared("edge", EDGE)}` +
      `<nodes>${nodes.map((node) => `<node id="${xml(node.id())}" label="${xml(node.data("name").replace("\n", " "))}">${values(node, NODE)}<viz:position x="${node.position("x")}" y="${-node.position("y")}"/></node>`).join("")}</nodes>` +
      `<edges>${edges.map((edge) => `<edge id="${xml(edge.id())}" source="${xml(edge.data("source"))}" target="${xml(edge.data("target"))}" weight="${Math.max(1, edge.data("cards") || edge.data("quantity") || 1)}"${day("start", edge.data("since"))}${day("end", edge.data("until"))}>${values(edge, EDGE)}</edge>`).join("")}</edges></graph></gexf>\n`;
  };
  const page = () => {
    const rows = shown().edges.map((edge) => `<tr>${[edge.source().data("name"), edge.target().data("name"), counted(edge), between(edge)].map((cell) => `<td>${xml(cell)}</td>`).join("")}</tr>`).join("");
    const heads = [...document.querySelectorAll("#chart-rows")].map((body) => [...body.closest("table").querySelectorAll("th")].map((head) => `<th>${xml(head.innerText)}</th>`).join("")).join("");
    const title = xml(document.title);
    return `<!doctype html>\n<html lang="${root.lang}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>` +
      `<style>body{font-family:${xml(colour("sans"))};margin:2rem}svg{max-width:100%;height:auto}td,th{padding:.2rem .8rem;text-align:left;border-top:1px solid #ccc}</style></head><body><h1>${title}</h1>${drawing()}<table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table><p>${xml(at("head").textContent)}</p>${redacted ? `<p>${xml(redacted)}</p>` : ""}</body></html>\n`;
  };
  const root = document.documentElement;
  at("png").addEventListener("click", () => save("chart.png", "", cy.png({ full: true, scale: 2, bg: colour("paper") })));
  at("svg").addEventListener("click", () => save("chart.svg", "image/svg+xml", drawing()));
  at("gexf").addEventListener("click", () => save("chart.gexf", "application/xml", gexf()));
  at("html").addEventListener("click", () => save("chart.html", "text/html", page()));
  // on paper the whole drawing stands, as wide as the sheet
  addEventListener("beforeprint", () => { at("paper").innerHTML = drawing(); });
  const repaint = () => { cy.style(look()); list(); };
  for (const choice of document.querySelectorAll("input[name=theme], input[name=lang]")) choice.addEventListener("change", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

  if (start.nodes.some((node) => "x" in node)) restore(start);
  else {
    place(start.center ? withRest(start) : start, start.center);
    if (start.center) skips.set(stepOf(start.center, start.by), start.skip);
  }
  fit();
  if (start.left) say("left", { count: start.left.toLocaleString("en") });
})();
