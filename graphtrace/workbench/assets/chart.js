"use strict";
(() => {
  const at = (name) => document.getElementById(`chart-${name}`);
  const read = (name) => JSON.parse(at(name).textContent);
  const words = read("words");
  const start = read("data");
  const isChinese = () => document.documentElement.lang === "zh";
  const say = (code, values = {}) => {
    const text = words[code][isChinese() ? "zh" : "en"].replace(/@(\w+)@/g, (_, name) => String(values[name] ?? ""));
    at("said").textContent = text;
  };
  const asOf = new URLSearchParams(location.search).get("as_of");
  const MOST = 1500, COLUMN = 240, ROW = 74, WIDTH = 150;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const counted = (edge) => edge.data("cards") === null ? "" : (edge.data("cards") || edge.data("quantity")).toLocaleString("en");

  const look = () => [
    { selector: "node", style: {
      shape: "round-rectangle", width: WIDTH, height: (node) => 24 + 17 * node.data("lines").length, "background-color": colour("paper"),
      "border-width": 1, "border-color": colour("line"), color: colour("ink"), "font-size": 13, "font-family": colour("sans"),
      label: (node) => node.data("lines").join("\n"), "text-wrap": "wrap", "text-max-width": 2 * WIDTH, "text-valign": "center" } },
    { selector: "node[kind = 'carrier']", style: { "border-style": "double", "border-width": 4 } },
    { selector: "node[kind = 'enterprise']", style: { "background-color": colour("accent-soft"), "border-color": colour("accent") } },
    { selector: "node[mark]", style: { "background-color": colour("warn-soft"), "border-color": colour("warn"), "border-width": 2 } },
    { selector: "edge", style: {
      width: (edge) => 1 + Math.log10(1 + (edge.data("cards") || 0)), "curve-style": "bezier", "line-color": colour("quiet"),
      "target-arrow-color": colour("quiet"), "target-arrow-shape": "triangle", label: counted, "font-size": 11, color: colour("ink"),
      "text-background-color": colour("paper"), "text-background-opacity": 1, "text-background-padding": 2 } },
    { selector: "edge[cards = 0]", style: { "line-style": "dashed" } },
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
    if (cy.elements().length + fresh.length + found.edges.length > MOST) { say("nothing"); return; }
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
  };
  const ask = async (address, values) => {
    const query = new URLSearchParams({ ...values, ...(asOf ? { as_of: asOf } : {}) });
    const answer = await fetch(`${address}?${query}`, { headers: { accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) { at("said").textContent = said.error ?? ""; return null; }
    return said;
  };
  const expand = async (id) => {
    const found = await ask("/chart/expand", { party: id, skip: skips.get(id) ?? 0 });
    if (!found) return;
    remember();
    place(found, found.center);
    skips.set(found.center, found.skip);
    const rest = Object.values(found.rest);
    const parties = rest.reduce((sum, side) => sum + side.parties, 0);
    if (parties) say("more", { parties: parties.toLocaleString("en"), cards: rest.reduce((sum, side) => sum + side.cards, 0).toLocaleString("en") });
    else if (!found.edges.length) say("nothing");
    else at("said").textContent = "";
    if (cy.nodes().length <= found.nodes.length) fit();
  };
  const chosen = () => cy.nodes(":selected");
  const hide = () => { if (cy.$(":selected").nonempty()) { remember(); cy.$(":selected").remove(); changed(); } };
  at("expand").addEventListener("click", () => chosen().forEach((node) => { expand(node.id()); }));
  at("hide").addEventListener("click", hide);
  at("mark").addEventListener("click", () => {
    remember();
    chosen().forEach((node) => { if (node.data("mark")) node.removeData("mark"); else node.data("mark", 1); });
    changed();
  });
  at("path").addEventListener("click", async () => {
    const [one, other] = chosen().map((node) => node.id());
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
  };
  for (const name of ["least", "since", "until"]) at(name).addEventListener("input", filter);

  // -- the same as a table, from which everything can be done with the keys
  const party = (node) => {
    const cell = document.createElement("td");
    const link = document.createElement("a");
    link.href = `/party/${encodeURIComponent(node.id())}`;
    link.textContent = node.data("name");
    const more = document.createElement("button");
    more.type = "button";
    more.textContent = "+";
    more.setAttribute("aria-label", `${words.expand[isChinese() ? "zh" : "en"]} ${node.data("name")}`);
    more.addEventListener("click", () => expand(node.id()));
    cell.append(link, " ", more);
    return cell;
  };
  const list = () => {
    const edges = cy.edges().filter((edge) => !edge.hasClass("away")).sort((one, other) => (other.data("cards") || 0) - (one.data("cards") || 0));
    at("rows").replaceChildren(...edges.map((edge) => {
      const row = document.createElement("tr");
      const cards = document.createElement("td"), dates = document.createElement("td");
      cards.className = "amount";
      cards.textContent = counted(edge);
      dates.className = "date";
      dates.textContent = edge.data("since") === edge.data("until") ? edge.data("since") : `${edge.data("since")} – ${edge.data("until")}`;
      row.append(party(edge.source()), party(edge.target()), cards, dates);
      return row;
    }));
  };
  const changed = () => {
    at("undo").disabled = !past.length;
    at("redo").disabled = !future.length;
    at("expand").disabled = at("mark").disabled = chosen().empty();
    at("hide").disabled = cy.$(":selected").empty();
    at("path").disabled = chosen().length !== 2;
    filter();
  };

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
  at("png").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = cy.png({ full: true, scale: 2, bg: colour("paper") });
    link.download = "chart.png";
    link.click();
  });
  const repaint = () => { cy.style(look()); list(); };
  for (const choice of document.querySelectorAll("input[name=theme], input[name=lang]")) choice.addEventListener("change", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

  if (start.nodes.some((node) => "x" in node)) restore(start);
  else {
    place(start, start.center);
    if (start.center) skips.set(start.center, start.skip);
  }
  fit();
})();
