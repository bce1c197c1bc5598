// The explanation of one image as a tree, made from its Decision.

import { foreign, h, prose, visible } from "./dom";
import type { AttestorResult, CheckResult, DocumentResult, ImageDecision, ImageRuleResult, Reason, Requirement, Verdict } from "./module";
import { page } from "./module";
import { capital, codeButton } from "./page";
import { mark, shortName, verdictClass, verdictWord } from "./words";

/** Actions of the page that a tree offers. */
export interface Actions {
  /** Shows a part of the settings. */
  readonly showSetting: (path: string) => void;
  /** Signs an image with a key of this browser, which becomes one of the attestor. */
  readonly sign: (image: string, attestor: string, button: Element) => void;
}

/** The results of all documents for an image. */
export function tree(image: ImageDecision, actions: Actions): HTMLElement {
  const items = (image.reasons ?? []).map(one => reason(one, new Set()));
  if (image.resolvedDigest) items.push(leaf("The tag was resolved to ", foreign(image.resolvedDigest)));
  items.push(...image.results.map(result => document(image, result, actions)));
  return h("ul", { class: "tree" }, ...items);
}

function leaf(...children: (Node | string)[]): HTMLElement {
  return h("li", {}, ...children);
}

function branch(isOpen: boolean, summary: Node[], children: Node[]): HTMLElement {
  if (children.length === 0) return h("li", {}, ...summary);
  return h("li", {}, h("details", { open: isOpen }, h("summary", {}, ...summary), h("ul", {}, ...children)));
}

/** A mark with its meaning for screen readers. */
export function sign(verdict: Verdict): HTMLElement {
  return h(
    "span",
    { class: `mark ${verdictClass(verdict)}` },
    h("span", { "aria-hidden": "true" }, mark(verdict)),
    h("span", { class: "hidden" }, `${verdictWord(verdict)}: `),
  );
}

function document(image: ImageDecision, result: DocumentResult, actions: Actions): HTMLElement {
  const summary = [
    sign(result.verdict),
    h("strong", {}, visible(result.document)),
    ...(result.name ? [" ", foreign(result.name)].map(node) : []),
    ...(result.enforcement === "dry-run" ? [h("span", { class: "tag" }, result.verdict === "CONFORMANT" ? "dry run" : "admitted in dry run")] : []),
  ];
  return branch(true, summary, [...parts(image, result, actions)]);
}

function node(part: Node | string): Node {
  return typeof part === "string" ? window.document.createTextNode(part) : part;
}

function* parts(image: ImageDecision, result: DocumentResult, actions: Actions): Generator<Node> {
  if (result.allowlist) {
    yield leaf("Exempt by the pattern ", foreign(result.allowlist.pattern), ": no rule applies");
    return;
  }
  const { rule, checkSet } = result;
  if (rule) {
    const map = rule.searched?.map;
    const path = rule.key && map ? `policy.${map}.${rule.key}` : "policy.defaultAdmissionRule";
    const which = rule.key
      ? ["Rule ", foreign(rule.key), map ? ` of ${visible(map)}` : ""]
      : ["Default rule", ...(rule.searched ? [`: ${visible(rule.searched.map)} has no key `, foreign(rule.searched.key)] : [])];
    yield leaf(...which, " ", lines(path, actions), h("div", { class: "quiet" }, visible(`${rule.evaluationMode}, ${rule.enforcementMode}`)));
  }
  const attestors = result.attestors ?? [];
  for (const one of attestors) yield attestor(image, one, result.verdict, actions);
  if (checkSet) {
    const path = `${result.document}.gkePolicy.checkSets[${checkSet.index}]`;
    const scope = checkSet.scope?.kubernetesServiceAccount ?? checkSet.scope?.kubernetesNamespace;
    yield leaf(
      "Check set ",
      foreign(checkSet.displayName || `${checkSet.index + 1}`),
      ...(scope ? [" for ", foreign(scope)] : [", which applies to all other Pods"]),
      " ",
      lines(path, actions),
    );
    if (checkSet.allowlist) yield leaf("Exempt from the check set by the pattern ", foreign(checkSet.allowlist.pattern));
    for (const one of checkSet.checks ?? []) yield check(path, one, actions);
  }
  const rules = result.rules ?? [];
  for (const one of rules) yield imageRule(image, one, actions);
  if (rules.length > 0) {
    // Those of rules are repeated for the whole.
    const codes = new Set(rules.flatMap(rule => rule.reasons.map(one => one.code)));
    yield* reasons(result.reasons.filter(one => !codes.has(one.code) && one.code !== "image-rules-satisfied"));
    return;
  }
  const said = attestors.length > 0 || (checkSet?.checks?.length ?? 0) > 0;
  if (!said) yield* reasons(result.reasons);
}

/** A rule of `imagePolicy` that covers the image. */
function imageRule(image: ImageDecision, one: ImageRuleResult, actions: Actions): HTMLElement {
  const summary: Node[] = [sign(one.verdict), node("rule "), foreign(one.name), h("span", { class: "quiet" }, ` ${visible(one.effect)}`)];
  if (one.liftedBy) return branch(true, summary, [leaf("Lifted by the exemption of the rule ", foreign(one.liftedBy))]);
  const requirements = one.requirements ?? [];
  const children = requirements.length > 0 ? requirements.map(each => requirement(image, each, actions)) : reasons(one.reasons);
  return branch(true, summary, children);
}

function requirement(image: ImageDecision, one: Requirement, actions: Actions): HTMLElement {
  if (one.check) return check(undefined, one.check, actions);
  const attestors = one.attestors ?? [];
  const verified = attestors.filter(each => each.verified).length;
  const needed = one.threshold ?? attestors.length;
  const among = needed === attestors.length ? "" : `, among ${attestors.length}`;
  const types = one.predicateTypes?.length ? `, with predicate type ${one.predicateTypes.join(" or ")}` : "";
  const isMissing = (name: string): boolean => attestors.some(each => each.name === name && !each.verified);
  const lacks = verified >= needed && needed < attestors.length && (one.mustInclude ?? []).some(isMissing);
  const but = lacks ? ", but not by every required one" : "";
  const summary = [sign(one.verdict), node(`${verified} of ${needed} attestors needed${among}${types}${but}`)];
  const always = (one.mustInclude ?? []).map(name => leaf("Always needed: ", foreign(name)));
  return branch(true, summary, [...attestors.map(each => attestor(image, each, one.verdict, actions)), ...always]);
}

/** A button that shows lines of the settings. */
function lines(path: string, actions: Actions): HTMLElement {
  const label = `Show ${path} in the settings`;
  return h("button", { type: "button", class: "link", "aria-label": label, title: label, on: { click: () => actions.showSetting(path) } }, "show lines");
}

/** An attestor; `whole` is the verdict of what asks for it. */
function attestor(image: ImageDecision, one: AttestorResult, whole: Verdict, actions: Actions): HTMLElement {
  const isNeeded = one.verified || whole !== "CONFORMANT";
  const verdict: Verdict = one.verified ? "CONFORMANT" : one.reasons.some(isError) ? "ERROR" : "NON_CONFORMANT";
  const symbol = isNeeded ? sign(verdict) : h("span", { class: "mark", "aria-hidden": "true" }, "–");
  const summary: Node[] = [symbol, node("attestor "), foreign(one.name)];
  if (!isNeeded) summary.push(h("span", { class: "quiet" }, " not needed"));
  if (one.verified) {
    const signer = one.identity
      ? leaf("Satisfied by the identity ", foreign(one.identity.subject), " of ", foreign(one.identity.issuer))
      : leaf("Satisfied by the key ", foreign(one.keyId ?? ""));
    const source = one.source ? leaf("The attestation is from: ", visible(one.source)) : null;
    return branch(false, summary, source ? [signer, source] : [signer]);
  }
  const children: Node[] = reasons(one.reasons);
  if (/@sha256:[0-9a-f]{64}$/.test(image.image)) {
    const button: HTMLElement = h(
      "button",
      { type: "button", class: "primary small", on: { click: () => actions.sign(image.image, one.name, button) } },
      "Sign as ",
      foreign(shortName(one.name)),
    );
    children.push(h("li", { class: "try" }, button, h("span", { class: "quiet" }, " with a throw-away key of this browser")));
  }
  return branch(isNeeded, summary, children);
}

function isError(one: Reason): boolean {
  return page(one.code)?.kind === "error";
}

/** A check; `path` is that of its check set. */
function check(path: string | undefined, one: CheckResult, actions: Actions): HTMLElement {
  const title = one.displayName ? [foreign(one.displayName), h("span", { class: "quiet" }, ` ${visible(one.type)}`)] : [foreign(one.type)];
  const children: Node[] = [];
  if (one.allowlist) children.push(leaf("Exempt by the pattern ", foreign(one.allowlist.pattern)));
  children.push(...reasons(one.reasons));
  if (path) children.push(leaf(lines(`${path}.checks[${one.index}]`, actions)));
  return branch(one.verdict !== "CONFORMANT", [sign(one.verdict), node("check "), ...title], children);
}

/** Reasons with their details, and help once for each code. */
export function reasons(all: Reason[]): HTMLElement[] {
  const known = new Set<string>();
  return all.map(one => reason(one, known));
}

function reason(one: Reason, known: Set<string>): HTMLElement {
  const details = one.details ?? [];
  const isNew = !known.has(one.code);
  known.add(one.code);
  const found = page(one.code);
  const children: Node[] = details.map(detail => reason(detail, known));
  const helps = isNew && details.length === 0 && ["denial", "error", "detail"].includes(found?.kind ?? "");
  if (helps && found?.help) children.push(h("li", { class: "quiet" }, prose(`To pass: ${found.help}`)));
  return h("li", {}, codeButton(one.code), " ", prose(capital(one.message)), children.length > 0 ? h("ul", {}, ...children) : null);
}
