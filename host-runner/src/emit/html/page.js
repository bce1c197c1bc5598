// Shows the tables of a report. Everything in them becomes text: no part is markup, a link or a style.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  /** Rows that are added at a time: the page stays fast with any number of them. */
  const PART = 100;
  const collator = new Intl.Collator("en", { numeric: true });
  const number = new Intl.NumberFormat("en");

  const h = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter(child => child !== null));
    return element;
  };

  /** A text of others, which does not change the direction of the text around it. */
  const foreign = text => h("bdi", {}, text);

  /** A text whose parts between backticks are code. */
  const prose = text => {
    const parts = text.split("`");
    if (parts.length % 2 === 0) return foreign(text);
    return h("bdi", {}, ...parts.map((part, index) => (index % 2 === 0 ? part : h("code", {}, part))));
  };

  const counted = (count, noun) => `${number.format(count)} ${noun}${count === 1 ? "" : "s"}`;

  const isFacet = column => ["outcome", "facet", "list"].includes(column.kind);

  /** One table, with what its reader has chosen. */
  class Table {
    constructor(model) {
      this.model = model;
      this.columns = model.columns;
      this.size = this.columns[0]?.rows.length ?? 0;
      // A value that all rows have is said once.
      this.constant = this.columns.filter(column => column.kind === "facet" && column.values.length === 1 && this.size > 1);
      this.visible = this.columns.filter(column => column.kind !== "lines" && !this.constant.includes(column));
      this.hasDetails = this.columns.some(column => column.kind === "lines" || column.kind === "list");
      this.filters = new Map();
      this.text = "";
      this.sorted = null;
      this.open = new Set();
      this.build();
    }

    build() {
      this.search = h("input", { type: "search", "aria-label": `Search ${this.model.name}`, placeholder: "Search", input: () => this.find(this.search.value) });
      this.selects = new Map();
      const facets = this.columns.filter(isFacet).map(column => {
        const counts = new Map();
        const entries = column.values.map(value => value.split("\n").filter(Boolean));
        for (const row of column.rows) for (const value of new Set(entries[row])) counts.set(value, (counts.get(value) ?? 0) + 1);
        if (counts.size < 2) return null;
        const values = [...counts].sort(([a], [b]) => collator.compare(a, b));
        const options = values.map(([value, count]) => h("option", { value }, `${value} (${number.format(count)})`));
        const select = h("select", { change: () => this.filter(column.title, select.value) }, h("option", { value: "" }, "all"), ...options);
        this.selects.set(column.title, select);
        return h("label", {}, `${column.title} `, select);
      });
      this.clear = h("button", { type: "button", click: () => this.reset() }, "Clear");
      this.count = h("p", { class: "count", role: "status" });
      this.body = h("tbody", {});
      this.heads = this.visible.map(column => {
        const button = h("button", { type: "button", click: () => this.sort(column) }, column.title);
        return h("th", { scope: "col", class: column.kind === "count" ? "number" : false, "aria-sort": "none" }, button);
      });
      this.more = h("button", { type: "button", class: "more", click: () => this.add(true) });
      const tools = this.size > 1 ? [h("div", { class: "tools" }, this.search, ...facets, this.clear)] : [];
      const table = h("table", {}, h("thead", {}, h("tr", {}, ...this.heads)), this.body);
      this.element = h(
        "section",
        { "aria-label": this.model.name },
        h("h2", {}, this.model.name),
        this.model.note ? h("p", { class: "quiet" }, this.model.note) : null,
        ...this.constant.map(column => h("p", { class: "quiet" }, `${column.title}: `, foreign(column.values[0]))),
        ...tools,
        this.count,
        h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Rows of ${this.model.name}` }, table),
        this.more,
      );
      this.update();
    }

    find(text) {
      this.text = text;
      this.update();
    }

    filter(title, value) {
      if (value) this.filters.set(title, value);
      else this.filters.delete(title);
      this.update();
    }

    reset() {
      this.text = this.search.value = "";
      this.filters.clear();
      this.update();
    }

    sort(column) {
      const descending = this.sorted?.column === column ? !this.sorted.descending : column.kind === "count";
      this.sorted = { column, descending };
      this.update();
    }

    /** Shows the rows with these values. */
    choose(filters) {
      this.text = this.search.value = "";
      this.filters = new Map(Object.entries(filters));
      this.update();
    }

    update() {
      for (const [title, select] of this.selects) select.value = this.filters.get(title) ?? "";
      this.rows = this.matching();
      if (this.sorted) order(this.rows, this.sorted);
      this.heads.forEach((head, index) => {
        const direction = this.sorted?.column === this.visible[index] ? (this.sorted.descending ? "descending" : "ascending") : "none";
        head.setAttribute("aria-sort", direction);
      });
      const isAll = this.rows.length === this.size;
      this.count.textContent = isAll ? counted(this.size, "row") : `${number.format(this.rows.length)} of ${counted(this.size, "row")}`;
      // A table of one row shows how many there are.
      this.count.hidden = this.size === 1;
      this.clear.hidden = isAll && !this.text && this.filters.size === 0;
      this.body.replaceChildren();
      this.shown = 0;
      this.add(false);
    }

    /** The numbers of the rows that fit the search and the filters. Each text is compared once, however often it occurs. */
    matching() {
      const words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
      const tests = words.map(word => {
        const hits = this.columns.map(column => column.values?.map(value => value.toLowerCase().includes(word)));
        return row => this.columns.some((column, index) => hits[index]?.[column.rows[row]]);
      });
      for (const column of this.columns) {
        const wanted = this.filters.get(column.title);
        if (wanted === undefined) continue;
        const hits = column.values.map(value => value.split("\n").includes(wanted));
        tests.push(row => hits[column.rows[row]]);
      }
      const rows = [];
      for (let row = 0; row < this.size; row += 1) if (tests.every(test => test(row))) rows.push(row);
      return rows;
    }

    add(isAsked) {
      const rows = this.rows.slice(this.shown, this.shown + PART);
      const elements = rows.flatMap(row => this.row(row));
      this.shown += rows.length;
      const left = this.rows.length - this.shown;
      this.body.append(...elements);
      this.more.hidden = left === 0;
      this.more.textContent = `Show ${number.format(Math.min(left, PART))} more of ${number.format(left)}`;
      // The reader goes on with the first of the new rows.
      if (isAsked) elements[0]?.querySelector("button")?.focus();
    }

    row(row) {
      const details = this.hasDetails && this.details(row);
      const element = h("tr", { class: details && "opens" });
      this.visible.forEach((column, index) => {
        const cell = h(index === 0 ? "th" : "td", { "data-label": column.title, class: column.kind === "count" ? "number" : column.kind });
        if (index === 0) cell.setAttribute("scope", "row");
        if (index === 0 && details) {
          const toggle = h("button", { type: "button", class: "toggle", "aria-expanded": "false", "aria-label": "Details" });
          toggle.addEventListener("click", () => {
            const isOpen = toggle.getAttribute("aria-expanded") === "true";
            toggle.setAttribute("aria-expanded", String(!isOpen));
            if (isOpen) element.nextSibling.remove();
            else element.after(h("tr", { class: "detail" }, h("td", { colspan: this.visible.length }, ...details())));
          });
          // The whole row opens, but for its buttons and while text is being selected.
          element.addEventListener("click", event => {
            if (!event.target.closest("button") && getSelection().isCollapsed) toggle.click();
          });
          cell.append(h("div", { class: "first" }, toggle, h("div", {}, ...this.value(column, row))));
        } else if (index === 0 && this.hasDetails) {
          cell.append(h("div", { class: "first" }, h("span", { class: "toggle none" }), h("div", {}, ...this.value(column, row))));
        } else {
          cell.append(...this.value(column, row));
        }
        element.append(cell);
      });
      return [element];
    }

    value(column, row) {
      const at = column.rows[row];
      if (column.kind === "count") {
        const text = at === 0 ? "–" : number.format(at);
        if (!column.jump || at === 0) return [text];
        const title = `Show ${column.title}`;
        return [h("button", { type: "button", class: "link", "aria-label": `${text}, ${title}`, click: () => this.jump(column.jump, row) }, text)];
      }
      const lines = column.values[at].split("\n").filter(Boolean);
      switch (column.kind) {
        case "outcome":
          return lines.map(line => h("span", { class: `badge ${column.states[at]}` }, line));
        case "list":
          return lines.map(line => h("span", { class: "chip" }, foreign(line)));
        case "toned":
          return lines.map(line => h("div", { class: `tone-${line[0]}` }, foreign(line.slice(1))));
        default:
          return lines.map(line => h("div", {}, foreign(line)));
      }
    }

    /** What stands below a row when it is opened; nothing if there is nothing to say. */
    details(row) {
      const texts = this.columns.filter(column => column.kind === "lines").map(column => column.values[column.rows[row]]);
      const codes = this.columns.filter(column => column.kind === "list").flatMap(column => column.values[column.rows[row]].split("\n"));
      const pages = [...new Set(codes)].filter(code => Object.hasOwn(data.pages, code));
      if (!texts.some(Boolean) && pages.length === 0) return null;
      return () => [
        // Lines of a tree are not wrapped.
        ...texts.filter(Boolean).map(text => h("pre", { class: text.includes("└─") && "tree" }, foreign(text))),
        pages.length === 0
          ? ""
          : h(
              "dl",
              {},
              ...pages.flatMap(code => {
                const { meaning, help } = data.pages[code];
                return [h("dt", {}, code), h("dd", {}, prose(meaning), help ? h("div", { class: "quiet" }, prose(`To do: ${help}`)) : null)];
              }),
            ),
      ];
    }

    jump(jump, row) {
      const copied = jump.copy.map(title => {
        const column = this.columns.find(one => one.title === title);
        return [title, column.values[column.rows[row]]];
      });
      go(jump.table, { ...jump.set, ...Object.fromEntries(copied) });
    }
  }

  /** Sorts row numbers. Equal values keep their order. */
  function order(rows, { column, descending }) {
    const sign = descending ? -1 : 1;
    let ranks = column.rows;
    if (column.values) {
      const sorted = column.values.map((value, index) => [value, index]).sort(([a], [b]) => collator.compare(a, b));
      const rank = new Map(sorted.map(([, index], place) => [index, place]));
      ranks = column.rows.map(value => rank.get(value));
    }
    rows.sort((a, b) => sign * (ranks[a] - ranks[b]) || a - b);
  }

  const tables = new Map(data.tables.map(model => [model.name, new Table(model)]));
  const tabs = new Map(
    [...tables].map(([name, table]) => {
      const button = h("button", { type: "button", click: () => show(name) }, name, h("span", { class: "quiet" }, ` ${number.format(table.size)}`));
      return [name, button];
    }),
  );

  function show(name) {
    for (const [other, table] of tables) table.element.hidden = other !== name;
    for (const [other, tab] of tabs) tab.setAttribute("aria-current", String(other === name));
  }

  /** Shows the rows of a table that have some values. */
  function go(name, filters) {
    const table = tables.get(name);
    table.choose(filters);
    show(name);
    table.element.querySelector("h2").scrollIntoView();
    table.search.focus({ preventScroll: true });
  }

  const stats = data.stats.map(({ text, state, jump }) =>
    jump ? h("button", { type: "button", class: `badge ${state}`, click: () => go(jump.table, jump.set) }, text) : h("span", { class: `badge ${state}` }, text),
  );
  if (stats.length > 0) document.querySelector("header").append(h("div", { class: "stats" }, ...stats));
  const main = document.querySelector("main");
  if (tables.size > 1) main.append(h("nav", { "aria-label": "Tables" }, ...tabs.values()));
  main.append(...[...tables.values()].map(table => table.element));
  if (tables.size > 0) show(tables.keys().next().value);
  document.documentElement.dataset.ready = "";
})();
