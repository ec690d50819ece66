"use strict";
(() => {
  const { drawn: first, nodes, edges } = JSON.parse(document.getElementById("ring-data").textContent);
  const at = (name) => document.getElementById(`ring-${name}`);
  const stage = document.getElementById("ring");
  const WIDTH = 140, LINK = 84, ROW = 20, EDGE = 16, LOWEST = 160, HIGHEST = 620, READABLE = 0.62, ROUTED = 150;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  let drawn = new Set(nodes.slice(0, first).map((node) => node.id)); // ids, in the order of the data
  let chosenNode = null;

  // The library adds a style element, which the policy of the page forbids, unless one with this id is there.
  (document.querySelector("style") ?? document.querySelector("link[rel=stylesheet]")).id = "__________cytoscape_stylesheet";

  const height = (node) => 30 + 17 * node.lines.length;

  // The longest way to each party along lines that close no circle, beginning where cards begin.
  const steps = (shown, lines) => {
    const onward = new Map(shown.map((node) => [node.id, []]));
    // what goes back to a carrier does not put it behind those that it sold to
    for (const line of lines) if (byId.get(line.target).role !== "carrier") onward.get(line.source).push(line.target);
    const state = new Map(), forward = [], finished = [];
    for (const start of [...shown].sort((one, other) => one.column - other.column)) {
      if (state.has(start.id)) continue;
      const stack = [[start.id, 0]];
      state.set(start.id, true);
      while (stack.length) {
        const top = stack[stack.length - 1];
        const next = onward.get(top[0])[top[1]++];
        if (next === undefined) { state.set(top[0], false); finished.push(top[0]); stack.pop(); continue; }
        if (state.get(next) === true) continue;
        forward.push([top[0], next]);
        if (!state.has(next)) { state.set(next, true); stack.push([next, 0]); }
      }
    }
    const order = new Map(finished.reverse().map((id, place) => [id, place]));
    const step = new Map(shown.map((node) => [node.id, 0]));
    forward.sort((one, other) => order.get(one[0]) - order.get(other[0]));
    for (const [start, end] of forward) step.set(end, Math.max(step.get(end), step.get(start) + 1));
    const reached = new Set(forward.map(([, end]) => end)), near = new Map();
    for (const [start, end] of forward) {
      if (!reached.has(start)) near.set(start, Math.min(near.get(start) ?? Infinity, step.get(end) - 1));
    }
    for (const [start, place] of near) step.set(start, Math.max(place, 0));
    return step;
  };

  // Columns as the cards went; in a column everyone is near their partners, and lines pass between the boxes.
  const arranged = (shown, lines) => {
    const step = steps(shown, lines);
    const columns = new Map();
    const put = (place, number) => { if (!columns.has(number)) columns.set(number, []); columns.get(number).push(place); };
    const places = new Map();
    for (const node of shown) {
      const place = { id: node.id, height: height(node), near: [], rank: 0, x: 0, y: 0 };
      places.set(node.id, place);
      put(place, step.get(node.id));
    }
    const isRouted = shown.length <= ROUTED;
    const ways = new Map();
    for (const line of lines) {
      const way = [places.get(line.source)];
      if (isRouted) {
        for (let number = step.get(line.source) + 1; number < step.get(line.target); number += 1) {
          const passing = { height: 6, near: [], rank: 0, x: 0, y: 0 };
          way.push(passing);
          put(passing, number);
        }
      }
      way.push(places.get(line.target));
      ways.set(line.id, way);
      way.slice(1).forEach((place, before) => { place.near.push(way[before]); way[before].near.push(place); });
    }
    const inOrder = [...columns.keys()].sort((one, other) => one - other).map((number) => columns.get(number));
    const number = (column) => column.forEach((place, rank) => { place.rank = (rank + 0.5) / column.length; });
    inOrder.forEach(number);
    for (let sweep = 0; sweep < 6; sweep += 1) {
      for (const column of sweep % 2 ? [...inOrder].reverse() : inOrder) {
        const wanted = new Map(column.map((place) => [place,
          place.near.length ? place.near.reduce((sum, other) => sum + other.rank, 0) / place.near.length : place.rank]));
        column.sort((one, other) => wanted.get(one) - wanted.get(other));
        number(column);
      }
    }
    // where very many stand in a column it goes on beside itself
    const tallest = isRouted ? Infinity : Math.max(8, Math.ceil(Math.sqrt(shown.length) * 1.4));
    let x = 0;
    for (const column of inOrder) {
      for (let start = 0; start < column.length; start += tallest) {
        const part = column.slice(start, Math.min(start + tallest, column.length));
        let y = -(part.reduce((sum, place) => sum + place.height + ROW, 0) - ROW) / 2;
        for (const place of part) {
          place.x = x;
          place.y = y + place.height / 2;
          y += place.height + ROW;
        }
        x += WIDTH + (start + tallest < column.length ? 30 : LINK);
      }
    }
    return { places, ways, isRouted };
  };

  // How a line bends, told as the library wants it: along and beside the straight one.
  const bent = (way) => {
    const start = way[0], end = way[way.length - 1], half = WIDTH / 2, points = [];
    const isOnward = end.x > start.x;
    if (isOnward) {
      for (let place = 1; place < way.length; place += 1) {
        const from = way[place - 1], to = way[place];
        const middle = (from.x + to.x) / 2;
        points.push([middle, from.y], [middle, to.y]);
      }
    } else {
      const right = Math.max(start.x, end.x) + half + LINK * 0.6;
      points.push([right, start.y], [right, end.y]);
    }
    const dx = end.x - start.x, dy = end.y - start.y, length = Math.hypot(dx, dy);
    return {
      ends: ["90deg", isOnward ? "270deg" : "90deg"],
      along: points.map(([x, y]) => ((x - start.x) * dx + (y - start.y) * dy) / (length * length)),
      beside: points.map(([x, y]) => ((y - start.y) * dx - (x - start.x) * dy) / length),
    };
  };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const isChinese = () => document.getElementById("lang-zh").checked;
  const counted = (cards) => isChinese() ? `${cards.toLocaleString("en")}张卡` : `${cards.toLocaleString("en")} ${cards === 1 ? "card" : "cards"}`;

  const look = () => [
    { selector: "node", style: {
      shape: "round-rectangle", width: WIDTH, height: (node) => height(node.data()), "background-color": colour("paper"),
      "border-width": 1, "border-color": colour("line"), color: colour("ink"), "font-size": 13, "font-family": colour("sans"),
      label: (node) => `${node.data("lines").join("\n")}\n${counted(node.data("cards"))}`,
      "text-wrap": "wrap", "text-max-width": 2 * WIDTH, "text-valign": "center", "line-height": 1.25 } },
    { selector: "node[role = 'carrier']", style: { "border-style": "double", "border-width": 3 } },
    { selector: "node[role = 'registrant']", style: { "background-color": colour("accent-soft"), "border-color": colour("accent") } },
    { selector: "edge", style: {
      width: (edge) => 1 + 2.6 * Math.log1p(edge.data("cards")) / most, "curve-style": "straight", "line-color": colour("quiet"),
      "target-arrow-color": colour("quiet"), "target-arrow-shape": "triangle", "arrow-scale": 0.8,
      label: (edge) => edge.data("cards") > 1 ? edge.data("cards").toLocaleString("en") : "", "font-size": 11, color: colour("ink"),
      "text-background-color": colour("paper"), "text-background-opacity": 1, "text-background-padding": 2 } },
    { selector: "edge[bend]", style: {
      "curve-style": "unbundled-bezier", "edge-distances": "node-position", "control-point-weights": (edge) => edge.data("bend").along,
      "control-point-distances": (edge) => edge.data("bend").beside, "source-endpoint": (edge) => edge.data("bend").ends[0],
      "target-endpoint": (edge) => edge.data("bend").ends[1] } },
    { selector: "edge[sort = 'guess']", style: { "line-style": "dashed" } },
    { selector: "edge[sort = 'use']", style: { "line-style": "dotted", "line-color": colour("use"), "target-arrow-shape": "none" } },
    { selector: "edge[sort = 'gap']", style: { "line-style": "dashed", "line-color": colour("bad"), "target-arrow-shape": "none",
      "line-dash-pattern": [3, 5], label: "×", color: colour("bad"), "font-size": 18 } },
    { selector: ".faded", style: { opacity: 0.22 } },
    { selector: "node.chosen", style: { "border-width": 2.5, "border-style": "solid", "border-color": colour("accent") } },
    { selector: "edge.chosen", style: { "line-color": colour("accent"), "target-arrow-color": colour("accent"), "z-index": 9 } },
  ];

  const most = Math.max(...edges.map((edge) => Math.log1p(edge.cards)), 1);
  const cy = cytoscape({ container: stage, style: look(), userZoomingEnabled: false, autoungrabify: true, boxSelectionEnabled: false });

  const draw = () => {
    const shown = nodes.filter((node) => drawn.has(node.id));
    const lines = edges.filter((edge) => drawn.has(edge.source) && drawn.has(edge.target));
    const { places, ways, isRouted } = arranged(shown, lines);
    cy.elements().remove();
    cy.add(shown.map((node) => ({ group: "nodes", data: node, position: { x: places.get(node.id).x, y: places.get(node.id).y } })));
    cy.add(lines.map((edge) => ({ group: "edges", data: isRouted ? { ...edge, bend: bent(ways.get(edge.id)) } : edge })));
    isScrolled = isRouted;
    size();
    at("drawn").textContent = drawn.size.toLocaleString("en");
    at("more").hidden = at("all").hidden = drawn.size >= nodes.length;
    at("start").hidden = drawn.size === Math.min(first, nodes.length) && nodes.slice(0, first).every((node) => drawn.has(node.id));
    choose(chosenNode);
  };

  // The stage is as high as the drawing needs at the width that there is; where that is little it can be scrolled.
  let isScrolled = true;
  const size = () => {
    const { w, h } = cy.elements().boundingBox();
    const room = stage.parentElement.clientWidth;
    const scale = Math.min(1, Math.max((room - 2 * EDGE) / w, isScrolled && room < 700 ? READABLE : 0));
    stage.style.width = `${Math.max(room, Math.ceil(w * scale) + 2 * EDGE)}px`;
    stage.style.height = `${Math.round(Math.min(Math.max(h * scale + 2 * EDGE, LOWEST), HIGHEST))}px`;
    cy.resize();
    fit();
  };
  const fit = () => {
    cy.fit(undefined, EDGE);
    if (cy.zoom() > 1) { cy.zoom(1); cy.center(); }
  };
  const add = (many) => {
    for (const node of nodes) {
      if (many <= 0) break;
      if (!drawn.has(node.id)) { drawn.add(node.id); many -= 1; }
    }
    draw();
  };
  // A party and those with whom it has most to do; the lines of the data are in that order.
  const around = (id) => {
    const found = new Set([id]);
    for (const { source, target } of edges) {
      if (found.size > first) break;
      if (source === id) found.add(target);
      if (target === id) found.add(source);
    }
    return found;
  };
  at("more").addEventListener("click", () => add(first));
  at("all").addEventListener("click", () => add(nodes.length));
  at("start").addEventListener("click", () => { drawn = new Set(nodes.slice(0, first).map((node) => node.id)); draw(); });
  at("focus").addEventListener("click", () => { if (chosenNode) { drawn = around(chosenNode); draw(); } });
  const zoom = (by) => cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  at("in").addEventListener("click", () => zoom(1.3));
  at("out").addEventListener("click", () => zoom(1 / 1.3));
  at("fit").addEventListener("click", fit);

  const opener = (id) => document.querySelector(`a[data-open][href="#${id}"]`);

  // A party that is found is drawn with its partners.
  const MATCHES = 8;
  at("find")?.addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    at("found").replaceChildren();
    if (!wanted) return;
    for (const node of nodes.filter((each) => each.name.toLowerCase().includes(wanted)).slice(0, MATCHES)) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${node.lines.join("")}`;
      button.addEventListener("click", () => {
        drawn = around(node.id);
        draw();
        opener(node.id).click();
      });
      at("found").append(button);
    }
  });

  // What is chosen in the drawing opens its row; a row that is opened is chosen in the drawing.
  cy.on("tap", "node, edge", (event) => opener(event.target.id()).click());
  const choose = (id) => {
    cy.elements().removeClass("faded chosen");
    const chosen = id && cy.getElementById(id);
    if (!chosen || chosen.empty()) return;
    chosen.addClass("chosen");
    cy.elements().not(chosen.isNode() ? chosen.closedNeighborhood() : chosen.union(chosen.connectedNodes())).addClass("faded");
  };
  document.addEventListener("detail", (event) => {
    chosenNode = byId.has(event.detail) ? event.detail : null;
    at("focus").disabled = chosenNode === null;
    choose(event.detail);
  });

  const restyle = () => cy.style(look());
  for (const choice of document.querySelectorAll(".switches input")) {
    choice.addEventListener("change", () => requestAnimationFrame(restyle));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);

  // On paper the drawing stands as a picture of what is seen, in the colours of paper.
  const picture = at("picture");
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    restyle();
    picture.src = cy.png({ full: true, scale: 2, maxWidth: 2400, bg: colour("paper") });
    document.documentElement.classList.remove("printing");
    restyle();
  });
  draw();
  let width = stage.parentElement.clientWidth;
  new ResizeObserver(() => {
    if (stage.parentElement.clientWidth === width) return;
    width = stage.parentElement.clientWidth;
    size();
  }).observe(stage.parentElement);
})();
