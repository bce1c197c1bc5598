// The way of one image through the policy: object, exemptions, rule, attestors or checks, verdict.

import { foreign, h } from "./dom";
import type { Decision, DocumentResult, ImageDecision, ObjectAnswer, Requirement } from "./module";
import { list, shortName, verdictClass, verdictWord } from "./words";

type State = "pass" | "fail" | "warn" | "error" | "plain" | "skipped";

interface Step {
  title: string;
  text: string;
  state: State;
}

/** One row of steps for each document. */
export function flow(object: ObjectAnswer, decision: Decision, image: ImageDecision): HTMLElement {
  const rows = image.results.length > 0 ? image.results.map(result => lifted(decision, result, steps(object, decision, result))) : [unread(object, image)];
  return h(
    "div",
    { class: "flow" },
    ...rows.map((row, index) =>
      h(
        "ol",
        { "aria-label": `Steps of ${image.results[index]?.document ?? "the image"}` },
        ...row.map(step =>
          h("li", { class: step.state }, h("span", { class: "flow-title" }, step.title), h("span", { class: "flow-text" }, foreign(step.text))),
        ),
      ),
    ),
  );
}

/** Steps without the colour of a denial, if the mode admits what they do not satisfy. */
function lifted(decision: Decision, result: DocumentResult, row: Step[]): Step[] {
  const admits = result.enforcement === "dry-run" || decision.enforcement === "break-glass";
  return admits ? row.map(step => (step.state === "fail" ? { ...step, state: "warn" } : step)) : row;
}

function unread(object: ObjectAnswer, image: ImageDecision): Step[] {
  return [
    { title: "Object", text: object.title, state: "plain" },
    { title: "Verdict", text: verdictWord(image.verdict), state: verdictClass(image.verdict) },
  ];
}

function steps(object: ObjectAnswer, decision: Decision, result: DocumentResult): Step[] {
  const verdict: Step = { title: "Verdict", text: outcome(decision, result), state: verdictClass(result.verdict) };
  const start: Step = { title: "Object", text: object.title, state: "plain" };
  const exemption = result.allowlist ?? result.checkSet?.allowlist;
  if (exemption) {
    const exempt: Step = { title: "Exemptions", text: exemption.pattern, state: "pass" };
    return [start, exempt, { title: "Rule", text: "not asked", state: "skipped" }, verdict];
  }
  const none: Step = { title: "Exemptions", text: "none matches", state: "plain" };
  if (result.checkSet) {
    const { checks = [], displayName, index } = result.checkSet;
    const failed = checks.filter(check => check.verdict !== "CONFORMANT");
    return [
      start,
      none,
      { title: "Check set", text: displayName || `number ${index + 1}`, state: "plain" },
      {
        title: "Checks",
        text: failed.length > 0 ? `${failed.length} of ${checks.length} fail` : `${checks.length} pass`,
        state: failed.length > 0 ? "fail" : "pass",
      },
      verdict,
    ];
  }
  if (result.document === "imagePolicy") return imageRules(start, verdict, result);
  const { rule, attestors = [] } = result;
  const ruleStep: Step = { title: "Rule", text: rule?.key || (rule ? "default rule" : "none"), state: "plain" };
  if (attestors.length === 0) {
    const mode = rule?.evaluationMode ?? "";
    const state: State = mode === "ALWAYS_ALLOW" ? "pass" : mode === "ALWAYS_DENY" ? "fail" : "plain";
    return [start, none, { ...ruleStep, text: `${ruleStep.text}: ${demand(mode)}`, state }, verdict];
  }
  const verified = attestors.filter(one => one.verified).length;
  const missing = attestors.filter(one => !one.verified).map(one => shortName(one.name));
  return [
    start,
    none,
    ruleStep,
    {
      title: "Attestors",
      text: missing.length > 0 ? `${verified} of ${attestors.length}, not ${missing.join(", ")}` : `all ${attestors.length}`,
      state: missing.length > 0 ? "fail" : "pass",
    },
    verdict,
  ];
}

/** The steps of `imagePolicy`: the rules that cover the image, their exemptions and their requirements. */
function imageRules(start: Step, verdict: Step, result: DocumentResult): Step[] {
  const rules = result.rules ?? [];
  const none = verdictClass(result.verdict) === "pass" ? "none: other images are admitted" : "none covers the image";
  const covering: Step = { title: "Rules", text: list(rules.map(rule => rule.name)) || none, state: "plain" };
  if (rules.length === 0) return [start, covering, verdict];
  const denying = rules.filter(rule => rule.effect === "deny");
  if (denying.length > 0) return [start, covering, { title: "Denied by", text: list(denying.map(rule => rule.name)), state: "fail" }, verdict];
  const exempting = rules.filter(rule => rule.effect === "exempt" && rule.verdict === "CONFORMANT");
  if (exempting.length > 0) return [start, covering, { title: "Exempt by", text: list(exempting.map(rule => rule.name)), state: "pass" }, verdict];
  const all = rules.filter(rule => !rule.liftedBy).flatMap(rule => rule.requirements ?? []);
  const failed = all.filter(one => one.verdict !== "CONFORMANT");
  const count = all.length > 1 ? `${failed.length} of ${all.length} fail: ` : "";
  const text = failed.length > 0 ? count + failed.map(missing).join("; ") : `${all.length} met`;
  return [start, covering, { title: "Requirements", text, state: failed.length > 0 ? "fail" : "pass" }, verdict];
}

/** The attestors that a requirement lacks, or its check. */
function missing({ attestors = [], threshold = attestors.length, mustInclude = [], check }: Requirement): string {
  if (check) return check.displayName || check.type;
  const verified = attestors.filter(one => one.verified).length;
  const others = attestors.filter(one => !one.verified && (verified < threshold || mustInclude.includes(one.name)));
  return `${verified} of ${threshold} attestors, not ${list(others.map(one => shortName(one.name)))}`;
}

function demand(mode: string): string {
  return mode === "ALWAYS_ALLOW" ? "admit all" : mode === "ALWAYS_DENY" ? "deny all" : mode;
}

function outcome(decision: Decision, result: DocumentResult): string {
  if (result.verdict === "CONFORMANT") return "admitted";
  if (result.enforcement === "dry-run") return "admitted in dry run";
  return decision.enforcement === "break-glass" ? "admitted by break-glass" : "denied";
}
