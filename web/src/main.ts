// The page: three texts in, answers and the policy at a glance out.

import "./style.css";

import { examples } from "virtual:examples";

import * as answers from "./answers";
import { byId, h, visible } from "./dom";
import { type Editor, editor } from "./editor";
import * as files from "./files";
import * as matrix from "./matrix";
import * as module from "./module";
import { fromFragment, type State, toFragment } from "./share";
import { publicKey, signWith } from "./sign";
import { counted, shortName } from "./words";

const status = byId("status");
const jump = byId("jump");
const time = byId<HTMLInputElement>("time");
const namespace = byId<HTMLInputElement>("namespace");
const example = byId<HTMLSelectElement>("example");

const settings = pane("settings", "Settings", "policy.yaml");
const objects = pane("objects", "Objects", "objects.yaml");
const evidence = pane("evidence", "Evidence (optional)", "evidence.yaml");

/** A titled editor with its buttons. */
function pane(id: string, title: string, file: string): { editor: Editor; notes: HTMLElement } {
  const made = editor(title, () => changed());
  const notes = h("div", { class: "notes" });
  const open = () => files.open(text => made.set(text), reason => say(`${title}: ${reason}`));
  const button = (text: string, act: () => void) =>
    h("button", { type: "button", class: "quiet-button", "aria-label": `${text} ${title.toLowerCase()}`, on: { click: act } }, text);
  byId(`${id}-pane`).append(
    h(
      "div",
      { class: "pane-head" },
      h("h2", { id: `${id}-title` }, title),
      button("Open", open),
      button("Save", () => files.save(file, made.text())),
    ),
    made.element,
    notes,
  );
  return { editor: made, notes };
}

let isReady = false;
/** Whether a text or a field has changed since an example or a link was opened, or a link was made */
let isEdited = false;
let pending: ReturnType<typeof setTimeout> | undefined;
let lastDuration = 0;

/** Above so many milliseconds, an answer waits for a pause in typing. */
const SLOW = 60;

/** Asks for a new answer: at once if the last was fast, or else after a pause. */
function changed(): void {
  if (!isReady) return;
  isEdited = true;
  clearTimeout(pending);
  pending = setTimeout(update, lastDuration > SLOW ? 250 : 0);
}

/** The day and the settings that the matrix and the findings are about */
let linted: string | undefined;

/** Findings depend on the day: `2026-11-23`. */
const DAY = 10;

function update(): void {
  clearTimeout(pending);
  const started = performance.now();
  const question: module.Question = {
    settings: settings.editor.text(),
    objects: objects.editor.text(),
    evidence: evidence.editor.text(),
    time: now(),
  };
  if (namespace.value.trim()) question.namespace = namespace.value.trim();
  const answer = module.evaluate(question);
  const summary = answers.show(byId("answers"), answer, actions);
  status.textContent = summary;
  jump.textContent = `${summary} ↓`;
  const linting = `${question.time.slice(0, DAY)} ${question.settings}`;
  if (linting !== linted) {
    linted = linting;
    const findings = module.lint(question.settings, question.time);
    showFindings(findings);
    if (answer.settingsProblem || findings.some(isInvalid)) matrix.showInvalid(byId("glance"), findings.length > 0 ? () => settings.editor.openFindings() : null);
    else matrix.show(byId("glance"), module.describe(question.settings), range => settings.editor.show(range));
  }
  lastDuration = performance.now() - started;
  document.documentElement.dataset["answered"] = String(Math.round(lastDuration));
}

/** Whether the policy does not read settings with this finding; the codes of the linter itself are only advice. */
function isInvalid({ severity, code }: module.Finding): boolean {
  return severity === "error" && !code.startsWith("lint-");
}

function showFindings(findings: module.Finding[]): void {
  settings.editor.setFindings(findings);
  const count = (severity: string) => findings.filter(one => one.severity === severity).length;
  const parts = [
    count("error") > 0 ? counted(count("error"), "error") : "",
    count("warning") > 0 ? counted(count("warning"), "warning") : "",
    count("info") > 0 ? `${count("info")} info` : "",
  ].filter(Boolean);
  const fixable = findings.filter(one => one.fix).length;
  if (parts.length === 0) {
    settings.notes.replaceChildren(h("span", { class: "quiet" }, "No findings"));
    return;
  }
  const open = h("button", { type: "button", class: "link", on: { click: () => settings.editor.openFindings() } }, parts.join(", "));
  settings.notes.replaceChildren(open, fixable > 0 ? h("span", { class: "quiet" }, `, ${fixable} with a quick fix`) : "");
}

/** The time of the evaluation in RFC 3339. */
function now(): string {
  return clock() ? `${clock()}Z` : new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

/** The chosen time with its seconds, which browsers leave out if they are 0; empty for that of this computer. */
function clock(): string {
  return /^.{10}T\d\d:\d\d$/.test(time.value) ? `${time.value}:00` : time.value;
}

const actions: answers.Actions = {
  showObject: range => objects.editor.show(range),
  showSetting(path) {
    const range = module.place(settings.editor.text(), path);
    if (range) settings.editor.show(range);
  },
  sign: (image, attestor, button) => void sign(image, attestor, button),
};

/** Signs an image, stores the attestation in the evidence, and adds the key to the attestor. */
async function sign(image: string, attestor: string, button: Element): Promise<void> {
  if (!globalThis.crypto?.subtle) return say("This browser signs only on pages from https, from localhost or from a file");
  const pem = await publicKey(attestor);
  const trust = module.trust(settings.editor.text(), attestor, pem);
  if ("problem" in trust) return say(trust.problem);
  const payload = module.payload(image);
  if ("problem" in payload) return say(payload.problem);
  const signature = await signWith(attestor, payload.done.payload);
  const occurrence = module.occurrence(image, trust.done.note, pem, signature);
  if ("problem" in occurrence) return say(occurrence.problem);
  const place = answers.placeOf(button);
  if (trust.done.change) settings.editor.change([trust.done.change]);
  const before = evidence.editor.text();
  const separator = before.trim() === "" ? "" : before.endsWith("\n") ? "---\n" : "\n---\n";
  const comment = `# Signed as ${shortName(attestor)} with a key of this browser\n`;
  evidence.editor.change([{ from: before.length, to: before.length, insert: separator + comment + occurrence.done }]);
  update();
  const added = trust.done.change ? "; its throw-away key was added to the attestor in the settings" : "";
  say(`${status.textContent}. Signed as ${visible(shortName(attestor))}${added}`);
  if (place) answers.returnTo(place);
}

/** Shows a note in place of the summary, until the next answer. */
function say(text: string): void {
  status.textContent = text;
}

function state(): State {
  return {
    settings: settings.editor.text(),
    objects: objects.editor.text(),
    evidence: evidence.editor.text(),
    time: clock(),
    namespace: namespace.value,
  };
}

function set(state: State): void {
  isReady = false;
  answers.forget();
  settings.editor.set(state.settings);
  objects.editor.set(state.objects);
  evidence.editor.set(state.evidence);
  time.value = state.time;
  namespace.value = state.namespace;
  isReady = true;
  isEdited = false;
  update();
}

/** The example that the README explains. */
const FIRST = "pipeline/production-not-promoted.yaml";

/** All fixtures of a policy together */
const ALL = "*";

function listExamples(): void {
  for (const one of examples) {
    const option = (name: string, text: string) => h("option", { value: `${one.policy}/${name}` }, text);
    const all = one.fixtures.length > 1 ? [option(ALL, `${one.policy}: all fixtures`)] : [];
    example.append(h("optgroup", { label: one.title }, ...one.fixtures.map(({ name }) => option(name, `${one.policy}: ${name.replace(/\.yaml$/, "")}`)), ...all));
  }
}

function showExample(name: string): void {
  const [policy = "", fixture = ""] = name.split("/");
  const found = examples.find(one => one.policy === policy);
  if (!found) return;
  const texts = found.fixtures.filter(one => fixture === ALL || one.name === fixture).map(one => (fixture === ALL ? `# ${one.name}\n${one.text}` : one.text));
  example.value = name;
  set({ settings: found.settings, objects: texts.join("---\n"), evidence: "", time: found.time.replace(/Z$/, ""), namespace: "" });
}

async function share(): Promise<void> {
  const fragment = await toFragment(state());
  history.replaceState(null, "", `#${fragment}`);
  isEdited = false;
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied; it is in the address bar too");
  } catch {
    say("The link is in the address bar");
  }
}

async function start(): Promise<void> {
  listExamples();
  // On narrow screens, the answers are below the editors.
  jump.addEventListener("click", () => byId("answers-title").scrollIntoView());
  new IntersectionObserver(([entry]) => {
    jump.hidden = !entry || entry.isIntersecting || entry.boundingClientRect.top < 0;
  }).observe(byId("answers"));
  example.addEventListener("change", () => showExample(example.value));
  time.addEventListener("input", changed);
  namespace.addEventListener("input", changed);
  byId("now").addEventListener("click", () => {
    time.value = "";
    changed();
  });
  byId("share").addEventListener("click", () => void share());
  await module.load();
  const open = async () => {
    const shared = await fromFragment(location.hash.slice(1));
    if (shared) {
      set(shared);
      example.selectedIndex = -1;
    }
    return shared !== null;
  };
  addEventListener("hashchange", () => void open());
  addEventListener("beforeunload", event => {
    if (isEdited) event.preventDefault();
  });
  if (!(await open())) showExample(FIRST);
  performance.mark("ready");
}

start().catch((error: unknown) => say(`The page cannot start: ${String(error)}`));

// For the tests.
Object.assign(globalThis, { playground: { decide: module.decide, evaluateText: module.evaluateText, set, state } });
