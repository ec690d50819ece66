"use strict";
(() => {
  const root = document.documentElement;
  const detail = document.getElementById("detail");
  const title = document.getElementById("detail-title");
  const fields = document.getElementById("detail-fields");
  const toRow = document.getElementById("detail-row");
  let opened = null; // the link whose row is shown

  root.classList.add("scripted");
  for (const choice of document.querySelectorAll("input[name=lang]")) {
    choice.addEventListener("change", () => { root.lang = choice.value; });
  }

  // What does not fit is reached by the keys, where nothing in it can be.
  const reach = () => {
    for (const part of document.querySelectorAll(".scroll, .drawing")) {
      const isWide = part.scrollWidth > part.clientWidth && !part.querySelector("a[href], button, input, select, textarea");
      if (isWide) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", reach);
  reach();

  // A row of the text is shown as it stands there: its cells are copied, never built from text.
  const copied = (element) => {
    const copy = document.createDocumentFragment();
    for (const child of element.childNodes) copy.append(child.cloneNode(true));
    for (const inside of copy.querySelectorAll(".not-detail")) inside.remove();
    for (const inside of copy.querySelectorAll("[id]")) inside.removeAttribute("id");
    return copy;
  };

  // links within a drawing have no property for this
  const rowOf = (link) => document.getElementById(link.getAttribute("href").slice(1));

  // The links of one drawing or one table body, in order: what the arrow keys walk along.
  const siblings = (link) => [...link.closest("[data-arrows], tbody").querySelectorAll("a[href^='#']:not(.gt-mark)")]
    .filter((other) => other.matches("[data-open]") || other.closest("[data-arrows]"));

  const mark = (isChosen) => {
    if (!opened) return;
    opened.classList.toggle("chosen", isChosen);
    rowOf(opened).classList.toggle("chosen", isChosen);
  };

  const open = (link) => {
    const row = rowOf(link);
    const heads = row.closest("table").tHead.rows[0].cells;
    mark(false);
    opened = link;
    mark(true);
    title.replaceChildren(copied(row.cells[0]));
    fields.replaceChildren();
    for (let place = 1; place < row.cells.length; place += 1) {
      const name = document.createElement("dt");
      const value = document.createElement("dd");
      name.append(copied(heads[place]));
      value.append(copied(row.cells[place]));
      fields.append(name, value);
    }
    toRow.setAttribute("href", link.getAttribute("href"));
    detail.hidden = false;
    root.classList.add("detailed");
    detail.scrollTop = 0;
    detail.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
    document.dispatchEvent(new CustomEvent("detail", { detail: row.id }));
  };

  const close = (isFocusReturned = true) => {
    if (detail.hidden) return;
    detail.hidden = true;
    root.classList.remove("detailed");
    mark(false);
    if (isFocusReturned) opened.focus({ preventScroll: true });
    opened = null;
    document.dispatchEvent(new CustomEvent("detail", { detail: null }));
  };

  const move = (by) => {
    const links = siblings(opened);
    open(links[(links.indexOf(opened) + by + links.length) % links.length]);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-arrows] a[href^='#'], a[data-open]");
    if (link && rowOf(link)) {
      event.preventDefault();
      open(link);
    }
  });
  document.getElementById("detail-close").addEventListener("click", () => close());
  document.getElementById("detail-previous").addEventListener("click", () => move(-1));
  document.getElementById("detail-next").addEventListener("click", () => move(1));
  toRow.addEventListener("click", () => close(false));

  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!detail.hidden && detail.contains(document.activeElement)) {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") { event.preventDefault(); move(step); }
      return;
    }
    const link = document.activeElement.closest("[data-arrows] a");
    if (!link) return;
    event.preventDefault();
    const links = siblings(link);
    rove(links, links[(links.indexOf(link) + step + links.length) % links.length]).focus();
  });

  // One stop of the tab key per drawing; within it the arrow keys move.
  const rove = (links, current) => {
    for (const link of links) link.setAttribute("tabindex", link === current ? "0" : "-1");
    return current;
  };
  for (const drawing of document.querySelectorAll("[data-arrows]")) {
    const links = [...drawing.querySelectorAll("a[href^='#']:not(.gt-mark)")];
    if (links.length) rove(links, links[0]);
    drawing.addEventListener("focusin", (event) => { if (links.includes(event.target)) rove(links, event.target); });
  }

  // On a narrow screen a row is a block, and each of its cells says what it is.
  const narrow = matchMedia("(max-width: 44rem)");
  const nameCells = () => {
    if (!narrow.matches) return;
    for (const table of document.querySelectorAll("table.stacks:not(.named)")) {
      table.classList.add("named");
      const heads = [...table.tHead.rows[0].cells];
      for (const row of table.tBodies[0].rows) {
        if (row.cells.length !== heads.length) continue;
        for (let place = 1; place < heads.length; place += 1) {
          const name = document.createElement("span");
          name.className = "cell-name not-detail";
          name.append(copied(heads[place]));
          const value = document.createElement("span");
          value.append(...row.cells[place].childNodes);
          row.cells[place].append(name, value);
        }
      }
    }
  };
  narrow.addEventListener("change", nameCells);
  nameCells();

  // Paper shows the rows that are folded too.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const rest of unfolded) rest.open = true;
  });
  addEventListener("afterprint", () => { for (const rest of unfolded) rest.open = false; });

  // The list of sections: where the reader is, and a way to find one.
  const list = document.getElementById("list");
  if (list) {
    const here = () => {
      for (const link of list.querySelectorAll("a")) {
        if (link.hash === location.hash) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    addEventListener("hashchange", here);
    here();
    document.getElementById("find").addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
    });
  }
})();
