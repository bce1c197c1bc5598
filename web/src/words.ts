// Words for verdicts and names.

import type { Decision, Verdict } from "./module";

/** The last part of a resource name: `qa` of `projects/example/attestors/qa`. */
export function shortName(name: string): string {
  return name.split("/").at(-1) || name;
}

/** The last part of an image with the first digits of its digest: `web@sha256:2222222` of `registry.example/shop/web@sha256:2222…`. */
export function shortImage(image: string): string {
  return shortName(image).replace(/(@sha256:[0-9a-f]{7})[0-9a-f]+$/, "$1");
}

export function verdictClass(verdict: Verdict): "pass" | "fail" | "error" {
  return verdict === "CONFORMANT" ? "pass" : verdict === "ERROR" ? "error" : "fail";
}

export function verdictWord(verdict: Verdict): string {
  return verdict === "CONFORMANT" ? "conformant" : verdict === "ERROR" ? "error" : "non-conformant";
}

/** The mark of a verdict, which says the same without colour. */
export function mark(verdict: Verdict): string {
  return verdict === "CONFORMANT" ? "✓" : verdict === "ERROR" ? "!" : "✗";
}

/** The outcome of a request for people. */
export function outcome(decision: Decision): { word: string; state: "pass" | "fail" | "warn" } {
  if (!decision.allowed) return { word: "denied", state: "fail" };
  if (decision.enforcement === "dry-run") return { word: "admitted in dry run", state: "warn" };
  if (decision.enforcement === "break-glass") return { word: "admitted by break-glass", state: "warn" };
  return { word: "admitted", state: "pass" };
}

export function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** `build, qa and canary` */
export function list(names: string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
