"use strict";
(() => {
  const root = document.documentElement;
  const chinese = () => root.lang === "zh";

  // The answer to a form is gone back to like any page: it is asked for anew, and sends nothing a second time.
  const { shownAt } = document.currentScript.dataset;
  if (shownAt) history.replaceState(null, "", shownAt);

  // Language and colours are remembered for the next page; the texts are in the page in both languages.
  const remember = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`; };
  const speak = () => {
    for (const field of document.querySelectorAll("[data-placeholder-en]")) {
      field.placeholder = chinese() ? field.dataset.placeholderZh : field.dataset.placeholderEn;
    }
    for (const option of document.querySelectorAll("option[data-en]")) {
      option.textContent = chinese() ? option.dataset.zh : option.dataset.en;
    }
  };
  for (const choice of document.querySelectorAll("input[name=lang]")) {
    choice.addEventListener("change", () => { root.lang = choice.value; remember("graphtrace_lang", choice.value); speak(); });
  }
  for (const choice of document.querySelectorAll("input[name=theme]")) {
    choice.addEventListener("change", () => remember("graphtrace_theme", choice.value));
  }

  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });

  // A proposed answer is typed by a click.
  document.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-fill]");
    if (!offer) return;
    const field = document.getElementById(offer.dataset.fill);
    field.value = offer.value;
    field.focus();
  });

  // What somebody fills in of a line is meant to count, at once: a tick that comes when the field is left would be taken
  // back by the click that follows.
  document.addEventListener("input", (event) => {
    const line = event.target.closest("[data-ticks]");
    if (line) document.getElementById(line.dataset.ticks).checked = true;
  });

  // "/" leads to the box from everywhere.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    document.getElementById("q").focus();
  });

  // A part of a page that changes while work is under way: it is fetched anew and takes the place of the old one.
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
  const refresh = async (part) => {
    let current = part;
    while (current.hasAttribute("data-busy")) {
      await pause(700);
      let text;
      try {
        const answer = await fetch(current.dataset.refresh, { headers: { accept: "text/html" } });
        if (!answer.ok) continue;
        text = await answer.text();
      } catch { continue; }
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(current.id);
      if (!fresh) return;
      current.replaceWith(fresh);
      current = fresh;
    }
    const parts = [...document.querySelectorAll("[data-later], [data-after]")];
    if (!parts.length) { location.reload(); return; }
    document.getElementById("no-case")?.remove();
    // what somebody is typing stays, and it is said that the part is of before
    for (const each of parts) {
      if (![...each.querySelectorAll("input[type=text], select")].some(isTyped)) bring(each);
      else if (!each.querySelector("[data-bring]")) each.prepend(document.getElementById("of-before").content.cloneNode(true));
    }
  };
  document.addEventListener("click", (event) => {
    const part = event.target.closest("[data-bring]")?.closest("[data-later]");
    if (part) bring(part);
  });
  const isTyped = (field) => (field.matches("select")
    ? [...field.options].some((one) => one.selected && !one.defaultSelected && one.value)
    : field.value !== field.defaultValue);

  // After a reload, or a form that leads back, a page is shown where it was left, once all of it is there.
  const place = `graphtrace_place:${location.pathname}`;
  addEventListener("pagehide", () => sessionStorage.setItem(place, scrollY));
  const left = performance.getEntriesByType("navigation")[0]?.type === "reload" || sessionStorage.getItem("graphtrace_sent") === location.pathname
    ? Number(sessionStorage.getItem(place)) : 0;
  sessionStorage.removeItem("graphtrace_sent");
  document.addEventListener("submit", (event) => { if (event.target.method === "post") sessionStorage.setItem("graphtrace_sent", location.pathname); });

  // A part of a page that takes longer than the rest: it is fetched when the page is there, again while somebody writes
  // to the case, and what was asked for last counts, whatever comes last.
  const last = new Map();
  const bring = async (part) => {
    const address = part.dataset.later || part.dataset.after;
    const turn = {};
    last.set(part.id, turn);
    part.setAttribute("aria-busy", "true");
    const isLast = () => last.get(part.id) === turn;
    const ask = async () => {
      const answer = await fetch(address, { headers: { accept: "text/html" } });
      if (answer.status !== 503 || !isLast()) return answer.ok ? answer.text() : "";
      await pause(1500);
      return ask();
    };
    return ask().then((text) => {
      if (!isLast()) return;
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(part.id);
      if (!fresh) { part.removeAttribute("aria-busy"); return; }
      for (const head of fresh.querySelectorAll("h1")) {
        const lower = document.createElement("h2");
        lower.replaceChildren(...head.childNodes);
        head.replaceWith(lower);
      }
      fresh.dataset.later = address;
      const shown = document.getElementById(part.id);
      // what somebody opened stays open
      for (const fold of shown.querySelectorAll("details[id][open]")) fresh.querySelector(`#${CSS.escape(fold.id)}`)?.setAttribute("open", "");
      shown.replaceWith(fresh);
      dispatchEvent(new Event("resize"));  // what is wider than the window has to be reached by the keys
    }, () => part.removeAttribute("aria-busy"));
  };
  const later = [...document.querySelectorAll("[data-later]")].map(bring);
  for (const part of document.querySelectorAll("[data-refresh][data-busy]")) refresh(part);
  if (left) Promise.all(later).then(() => scrollTo(0, left));

  // Files: chosen or dropped, folders too; each is sent as it is, then all are loaded.
  const drop = document.getElementById("drop");
  if (drop) {
    const input = document.getElementById("files");
    const list = document.getElementById("chosen");
    const button = document.getElementById("load");
    let chosen = [];
    const show = () => {
      list.replaceChildren(...chosen.map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name} · ${Math.ceil(file.size / 1024).toLocaleString()} KB`;
        return item;
      }));
      button.disabled = !chosen.length;
    };
    const walk = async (entry) => {
      if (entry.isFile) return [await new Promise((resolve, reject) => { entry.file(resolve, reject); })];
      const reader = entry.createReader();
      const found = [];
      for (;;) {
        const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
        if (!some.length) return found;
        for (const each of some) if (!each.name.startsWith(".")) found.push(...await walk(each));
      }
    };
    input.addEventListener("change", () => { chosen = [...input.files]; show(); });
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", async (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
      const found = [];
      for (const entry of entries) found.push(...await walk(entry));
      chosen = [...chosen, ...(found.length ? found : event.dataTransfer.files)];
      show();
    });
    drop.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      const form = new URLSearchParams({ csrf: drop.dataset.csrf, kind: document.getElementById("kind").value });
      for (const [number, file] of chosen.entries()) {
        const item = list.children[number];
        const answer = await fetch("/inbox/files", {
          method: "POST",
          headers: { "x-graphtrace-csrf": drop.dataset.csrf, "x-file-name": encodeURIComponent(file.name), accept: "application/json" },
          body: file,
        });
        const said = await answer.json();
        if (!answer.ok) {
          item.classList.add("bench-bad");
          item.textContent += ` · ${said.error}`;
          continue;
        }
        item.textContent += " ✓";
        form.append("ticket", said.ticket);
      }
      if (!form.has("ticket")) return;
      await fetch("/inbox/load", { method: "POST", body: form });
      location.reload();
    });
    show();
  }
})();
