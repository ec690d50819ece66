"use strict";
(() => {
  const { drawn: first, nodes, edges } = JSON.parse(document.getElementById("ring-data").textContent);
  const stage = document.getElementById("ring");
  const more = document.getElementById("ring-more");
  const all = document.getElementById("ring-all");
  const told = document.getElementById("ring-drawn");
  const WIDTH = 140, COLUMN = 212, ROW = 22, TALLEST = 7, EDGE = 16, LOWEST = 160, HIGHEST = 560;
  let drawn = Math.min(first, nodes.length);

  // The library adds a style element, which the policy of the page forbids, unless one with this id is there.
  document.querySelector("style").id = "__________cytoscape_stylesheet";

  const height = (node) => 30 + 17 * node.lines.length;

  // Columns as the cards went, the parties with the most cards in the middle of theirs.
  const placed = (shown) => {
    const columns = new Map();
    for (const node of shown) {
      if (!columns.has(node.column)) columns.set(node.column, []);
      columns.get(node.column).push(node);
    }
    const places = {};
    let x = 0;
    for (const column of [...columns.keys()].sort((one, other) => one - other)) {
      const members = columns.get(column);
      for (let start = 0; start < members.length; start += TALLEST) {
        const part = [];
        members.slice(start, start + TALLEST).forEach((node, place) => place % 2 ? part.unshift(node) : part.push(node));
        let y = -part.reduce((sum, node) => sum + height(node) + ROW, 0) / 2;
        for (const node of part) {
          places[node.id] = { x, y: y + height(node) / 2 };
          y += height(node) + ROW;
        }
        x += start + TALLEST < members.length ? WIDTH + 40 : COLUMN;
      }
    }
    return places;
  };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const isChinese = () => document.getElementById("lang-zh").checked;
  const counted = (cards) => isChinese() ? `${cards}张卡` : `${cards} ${cards === 1 ? "card" : "cards"}`;

  const look = () => [
    { selector: "node", style: {
      shape: "round-rectangle", width: WIDTH, height: (node) => height(node.data()), "background-color": colour("paper"),
      "border-width": 1, "border-color": colour("rule"), color: colour("ink"), "font-size": 13, "font-family": colour("sans"),
      label: (node) => `${node.data("lines").join("\n")}\n${counted(node.data("cards"))}`,
      "text-wrap": "wrap", "text-max-width": 2 * WIDTH, "text-valign": "center", "line-height": 1.25 } },
    { selector: "node[role = 'registrant']", style: { "background-color": colour("accent-soft"), "border-color": colour("accent") } },
    { selector: "edge", style: {
      width: (edge) => 1.2 + Math.min(Math.log2(edge.data("cards")) / 2.5, 3.5), "curve-style": "bezier", "line-color": colour("quiet"),
      "target-arrow-color": colour("quiet"), "target-arrow-shape": "triangle", "arrow-scale": 0.8,
      label: (edge) => edge.data("cards") > 1 ? String(edge.data("cards")) : "", "font-size": 11, color: colour("ink"),
      "text-background-color": colour("paper"), "text-background-opacity": 1, "text-background-padding": 2 } },
    { selector: "edge[sort = 'guess']", style: { "line-style": "dashed" } },
    { selector: "edge[sort = 'use']", style: { "line-style": "dotted", "line-color": colour("use"), "target-arrow-shape": "none" } },
    { selector: "edge[sort = 'gap']", style: { "line-style": "dashed", "line-color": colour("bad"), "target-arrow-shape": "none",
      "line-dash-pattern": [3, 5], label: "×", color: colour("bad"), "font-size": 18 } },
    { selector: ".faded", style: { opacity: 0.22 } },
    { selector: ".chosen", style: { "border-width": 2, "border-color": colour("accent") } },
  ];

  const cy = cytoscape({ container: stage, style: look(), userZoomingEnabled: false, autoungrabify: true, boxSelectionEnabled: false });

  const draw = () => {
    const shown = nodes.slice(0, drawn);
    const places = placed(shown);
    cy.elements().remove();
    cy.add(shown.map((node) => ({ group: "nodes", data: node, position: places[node.id] })));
    cy.add(edges.filter((edge) => edge.source in places && edge.target in places).map((edge) => ({ group: "edges", data: edge })));
    // the stage is as high as the drawing needs at the width that there is
    const { w, h } = cy.elements().boundingBox();
    const scale = Math.min(1, (stage.clientWidth - 2 * EDGE) / w);
    stage.style.height = `${Math.round(Math.min(Math.max(h * scale + 2 * EDGE, LOWEST), HIGHEST))}px`;
    cy.resize();
    fit();
    told.textContent = drawn.toLocaleString("en");
    more.hidden = all.hidden = drawn >= nodes.length;
  };

  const fit = () => {
    cy.fit(undefined, EDGE);
    if (cy.zoom() > 1) { cy.zoom(1); cy.center(); }
  };
  const show = (by) => { drawn = Math.min(drawn + by, nodes.length); draw(); };
  more.addEventListener("click", () => show(first));
  all.addEventListener("click", () => show(nodes.length));
  const zoom = (by) => cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  document.getElementById("ring-in").addEventListener("click", () => zoom(1.3));
  document.getElementById("ring-out").addEventListener("click", () => zoom(1 / 1.3));
  document.getElementById("ring-fit").addEventListener("click", fit);

  // What is chosen in the drawing opens its row; a row that is opened is chosen in the drawing.
  cy.on("tap", "node, edge", (event) => document.querySelector(`a[data-open][href="#${event.target.id()}"]`).click());
  document.addEventListener("detail", (event) => {
    cy.elements().removeClass("faded chosen");
    const chosen = event.detail && cy.getElementById(event.detail);
    if (!chosen || chosen.empty()) return;
    chosen.addClass("chosen");
    cy.elements().not(chosen.isNode() ? chosen.closedNeighborhood() : chosen.union(chosen.connectedNodes())).addClass("faded");
  });

  const restyle = () => cy.style(look());
  for (const choice of document.querySelectorAll(".switches input")) {
    choice.addEventListener("change", () => requestAnimationFrame(restyle));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);

  // On paper the drawing stands as a picture of what is seen, in the colours of paper.
  const picture = document.getElementById("ring-picture");
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    restyle();
    picture.src = cy.png({ full: true, scale: 2, maxWidth: 2400, bg: colour("paper") });
    document.documentElement.classList.remove("printing");
    restyle();
  });
  draw();
  addEventListener("resize", draw);
})();
