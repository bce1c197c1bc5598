// The policy at a glance: a row for each scope, a column for each document.

import { foreign, h, visible } from "./dom";
import type { Cell, ImageRuleDemand, Matrix, Range, Scope } from "./module";
import { counted, list, shortName } from "./words";

/** Shows the matrix of settings; `showRange` selects lines of the settings. */
export function show(container: HTMLElement, matrix: Matrix | null, showRange: (range: Range) => void): void {
  if (!matrix || matrix.columns.length === 0) {
    container.replaceChildren(h("p", { class: "quiet" }, "The settings have no policy that this table knows."));
    return;
  }
  const hasBreakGlass = matrix.rows.some(row => row.breakGlass);
  const link: Link = (range, label, ...children) =>
    h("button", { type: "button", class: "cell", "aria-label": `${label}. Show its lines`, on: { click: () => showRange(range) } }, ...children);
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "Pods of"),
    ...matrix.columns.map(column =>
      h("th", { scope: "col" }, visible(column.document), column.name ? h("div", { class: "quiet" }, foreign(shortName(column.name))) : null),
    ),
    hasBreakGlass ? h("th", { scope: "col" }, "Break-glass") : null,
  );
  const rows = matrix.rows.map(row => {
    const title = matrix.rows.length === 1 ? "all Pods" : scopeTitle(row.scope);
    const cells = row.cells.map((cell, index) => {
      const note = cell.inherited ? h("span", { class: "note" }, "inherited") : null;
      if (cell.demand === "imageRules") return h("td", {}, ...imageRules(cell, title, link, note));
      const label = `${title}, ${matrix.columns[index]?.document ?? ""}: ${words(cell)}${cell.dryRun ? ", in dry run" : ""}`;
      const exempt = cell.exempt?.length ? h("span", { class: "note" }, `except ${cell.exempt.map(one => visible(one.pattern)).join(", ")}`) : null;
      return h("td", {}, link(cell.span, label, marked(kind(cell), cell.dryRun, ...shown(cell)), note, exempt));
    });
    const glass = hasBreakGlass
      ? h("td", {}, row.breakGlass ? link(row.breakGlass, `${title}: break-glass allowed`, "allowed by label") : h("span", { class: "quiet pad" }, "no"))
      : null;
    return h("tr", {}, h("th", { scope: "row" }, foreign(title), h("div", { class: "quiet" }, scopeKind(row.scope))), ...cells, glass);
  });
  const exempt = matrix.columns.flatMap(column =>
    column.exempt.map(one => h("li", {}, h("button", { type: "button", class: "link", on: { click: () => showRange(one.span) } }, foreign(one.pattern)), h("span", { class: "quiet" }, ` in ${visible(column.document)}`))),
  );
  const notes: Node[] = [];
  if (matrix.columns.length > 1) notes.push(h("p", { class: "quiet" }, "An image must satisfy every column."));
  if (matrix.indexPolicy === "platforms") notes.push(h("p", { class: "quiet" }, "Of a multi-platform image, each image that its index lists must satisfy the policy."));
  if (exempt.length > 0) notes.push(h("h3", {}, "Exempt images"), h("ul", { class: "plain" }, ...exempt));
  if (matrix.deniedDigests > 0) notes.push(h("p", {}, `${counted(matrix.deniedDigests, "revoked digest")}, denied everywhere.`));
  container.replaceChildren(
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Demands by namespace" }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows))),
    ...notes,
  );
}

/** Says that settings are not valid; `showFindings` opens the findings, if there are any. */
export function showInvalid(container: HTMLElement, showFindings: (() => void) | null): void {
  const link = showFindings && h("button", { type: "button", class: "link", on: { click: showFindings } }, "Show the findings");
  container.replaceChildren(h("p", { class: "problem" }, h("strong", {}, "The settings are not valid"), ": every request is denied. ", link));
}

/** A button that shows lines of the settings. */
type Link = (range: Range, label: string, ...children: (Node | string | null)[]) => HTMLElement;

/** A button for each rule, and what becomes of other images. */
function imageRules(cell: Cell, title: string, link: Link, note: HTMLElement | null): Node[] {
  const rules = (cell.rules ?? []).map(rule => {
    const text = ruleWords(rule);
    const some = rule.somePods ? h("span", { class: "note" }, "for some of these Pods") : null;
    const kind = rule.effect === "deny" ? "fail" : rule.effect === "exempt" ? "pass" : "demand";
    const name = h("span", { class: "note" }, foreign(`rule ${rule.name}`));
    const label = `${title}, imagePolicy, rule ${visible(rule.name)}: ${visible(text)}${rule.dryRun ? ", in dry run" : ""}`;
    return link(rule.span, label, marked(kind, rule.dryRun, foreign(text)), name, some);
  });
  const others = cell.unmatched === "deny" ? "other images are denied" : "other images are admitted";
  return [...rules, link(cell.span, `${title}, imagePolicy: ${others}`, h("span", { class: "quiet" }, others), note)];
}

function ruleWords(rule: ImageRuleDemand): string {
  const except = rule.except?.length ? ` except ${few(rule.except)}` : "";
  const images = few(rule.images) + except;
  if (rule.effect === "deny") return `${images}: denied`;
  if (rule.effect === "exempt") return `${images}: exempt${rule.until ? ` until ${rule.until}` : ""}`;
  const requirements = (rule.requirements ?? []).map(one => ("attestors" in one ? quorum(one) : one.title));
  return `${images}: ${requirements.join("; ")}`;
}

function quorum(one: { attestors: string[]; threshold: number; mustInclude?: string[]; predicateTypes?: string[] }): string {
  const names = list(one.attestors.map(shortName));
  const must = one.mustInclude?.length ? `, always ${list(one.mustInclude.map(shortName))}` : "";
  const signed = one.predicateTypes?.length ? `${one.predicateTypes.join(" or ")} signed` : "signed";
  return one.threshold === one.attestors.length ? `${signed} by ${names}` : `${signed} by ${one.threshold} of ${names}${must}`;
}

/** The first patterns, and the number of the others. */
function few(patterns: string[]): string {
  const shown = patterns.slice(0, 3);
  return patterns.length > 3 ? `${shown.join(", ")} and ${patterns.length - 3} more` : list(shown);
}

function scopeTitle(scope: Scope): string {
  if (scope.kind === "others") return "everything else";
  return scope.kind === "serviceAccount" ? `${scope.namespace}:${scope.name}` : scope.name;
}

function scopeKind(scope: Scope): string {
  const names = { cluster: "cluster", namespace: "namespace", meshIdentity: "mesh identity", serviceAccount: "service account", others: "" };
  return names[scope.kind];
}

function words(cell: Cell): string {
  switch (cell.demand) {
    case "admit":
      return "admit all";
    case "deny":
      return "deny all";
    case "attestation":
      return `signed by ${list((cell.attestors ?? []).map(shortName))}`;
    case "checks":
      return (cell.checks ?? []).map(check => check.title).join("; ");
    case "imageRules":
      return counted((cell.rules ?? []).length, "rule");
    case "varies":
      return "depends on cluster or mesh identity";
    case "unreadable":
      return "not valid: every request is denied";
  }
}

/** The words of a cell, each check on a line of its own. */
function shown(cell: Cell): Node[] {
  const checks = cell.checks ?? [];
  if (cell.demand !== "checks") return [foreign(words(cell))];
  return [foreign(counted(checks.length, "check")), ...checks.map(check => h("span", { class: "note" }, foreign(check.title)))];
}

type Kind = "pass" | "fail" | "demand";

const SYMBOLS = { pass: "✓ ", fail: "✗ ", demand: "● " };

/** Words after the symbol of their kind, and whether violations are only reported. */
function marked(kind: Kind, dryRun: boolean, ...words: Node[]): HTMLElement {
  const mode = dryRun ? [" ", h("span", { class: "tag" }, "dry run")] : [];
  return h("span", {}, h("span", { class: `symbol ${kind}`, "aria-hidden": "true" }, SYMBOLS[kind]), ...words, ...mode);
}

function kind(cell: Cell): Kind {
  return cell.demand === "admit" ? "pass" : cell.demand === "deny" || cell.demand === "unreadable" ? "fail" : "demand";
}
