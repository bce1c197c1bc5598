// The module: policy, linter and reader of manifests. Texts go in and JSON comes out.

import { compressed } from "virtual:module";
import init, * as module from "../pkg/playground.js";

/** A range in UTF-16 code units. */
export interface Range {
  from: number;
  to: number;
}

export interface Change extends Range {
  insert: string;
}

export interface Finding extends Range {
  code: string;
  severity: "info" | "warning" | "error";
  message: string;
  label: string;
  help: string | null;
  related: (Range & { text: string })[];
  fix: { title: string; changes: Change[] } | null;
}

export interface Reason {
  code: string;
  message: string;
  details?: Reason[];
}

export type Verdict = "CONFORMANT" | "NON_CONFORMANT" | "ERROR";

export interface Exemption {
  document: string;
  pattern: string;
}

export interface AttestorResult {
  name: string;
  verified: boolean;
  keyId?: string;
  identity?: { subject: string; issuer: string };
  payloadType?: string;
  source?: string;
  reasons: Reason[];
}

export interface CheckResult {
  index: number;
  displayName?: string;
  type: string;
  verdict: Verdict;
  allowlist?: Exemption;
  reasons: Reason[];
}

export interface Requirement {
  verdict: Verdict;
  threshold?: number;
  mustInclude?: string[];
  predicateTypes?: string[];
  attestors?: AttestorResult[];
  check?: CheckResult;
}

/** The result of a rule of `imagePolicy`. */
export interface ImageRuleResult {
  name: string;
  effect: "require" | "deny" | "exempt";
  verdict: Verdict;
  liftedBy?: string;
  owner?: string;
  reason?: string;
  until?: string;
  requirements?: Requirement[];
  reasons: Reason[];
}

export interface DocumentResult {
  document: string;
  name?: string;
  verdict: Verdict;
  enforcement: "enforced" | "dry-run";
  allowlist?: Exemption;
  rule?: {
    kind: string;
    key?: string;
    searched?: { map: string; key: string };
    evaluationMode: string;
    enforcementMode: string;
  };
  attestors?: AttestorResult[];
  checkSet?: {
    index: number;
    displayName?: string;
    scope?: { kubernetesNamespace?: string; kubernetesServiceAccount?: string };
    allowlist?: Exemption;
    checks?: CheckResult[];
  };
  rules?: ImageRuleResult[];
  reasons: Reason[];
}

export interface ImageDecision {
  image: string;
  field: string;
  container?: string;
  resolvedDigest?: string;
  verdict: Verdict;
  results: DocumentResult[];
  reasons?: Reason[];
}

export interface Decision {
  allowed: boolean;
  verdict: Verdict;
  enforcement: "enforced" | "dry-run" | "break-glass";
  images: ImageDecision[];
  reasons: Reason[];
  message: string;
  warnings: Reason[];
  auditAnnotations: Record<string, string>;
}

export interface Response {
  accepted: boolean;
  message?: string;
  code?: number;
  warnings?: string[];
}

export interface ObjectAnswer extends Range {
  title: string;
  namespace: string;
  operation: string;
  /** As kubectl names it: `deployment.apps/web`. */
  resource: string;
  isAsked: boolean;
  decision?: Decision;
  response?: Response;
  images: Range[];
}

export interface Answer {
  objects: ObjectAnswer[];
  settingsProblem: string | null;
  problems: string[];
  evidenceProblem: string | null;
  evidenceCount: number;
}

export interface Question {
  settings: string;
  objects: string;
  evidence: string;
  namespace?: string;
  time: string;
}

export interface Page {
  code: string;
  kind: string;
  meaning: string;
  effect: string;
  help?: string | null;
  severity?: string;
  why?: string;
  avoid?: string;
  prefer?: string;
}

interface Exempt {
  pattern: string;
  span: Range;
}

export type Scope =
  | { kind: "cluster" | "namespace" | "meshIdentity"; name: string }
  | { kind: "serviceAccount"; namespace: string; name: string }
  | { kind: "others" };

type CheckDemand = { title: string; field: string; span: Range };

/** A rule of `imagePolicy`, with the fields of its effect. */
export interface ImageRuleDemand {
  name: string;
  images: string[];
  except?: string[];
  effect: "require" | "deny" | "exempt";
  requirements?: ({ attestors: string[]; threshold: number; mustInclude?: string[]; predicateTypes?: string[] } | CheckDemand)[];
  until?: string;
  dryRun: boolean;
  somePods: boolean;
  span: Range;
}

export interface Cell {
  demand: "admit" | "deny" | "attestation" | "checks" | "imageRules" | "varies" | "unreadable";
  attestors?: string[];
  rules?: ImageRuleDemand[];
  unmatched?: "admit" | "deny";
  checks?: CheckDemand[];
  dryRun: boolean;
  inherited: boolean;
  path: string;
  span: Range;
  exempt?: Exempt[];
}

export interface Matrix {
  columns: { document: string; name: string; span: Range; exempt: Exempt[] }[];
  rows: { scope: Scope; breakGlass?: Range; cells: Cell[] }[];
  deniedDigests: number;
  indexPolicy: "digest" | "platforms";
}

/** A result, or what is wrong. */
export type Made<T> = { done: T } | { problem: string };

/** Compiles the module. */
export async function load(): Promise<void> {
  const bytes = Uint8Array.from(atob(compressed), character => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const wasm = await new globalThis.Response(stream).arrayBuffer();
  await init({ module_or_path: wasm });
}

export const decide = (call: string): string => module.decide(call);

export const evaluate = (question: Question): Answer => JSON.parse(evaluateText(question));

/** The answer as the module writes it: Decisions in their bytes. */
export const evaluateText = (question: Question): string => module.evaluate(JSON.stringify(question));

export const lint = (settings: string, time: string): Finding[] => JSON.parse(module.lint(settings, time));

export const describe = (settings: string): Matrix | null => JSON.parse(module.describe(settings));

/** The place of a path in settings. */
export const place = (settings: string, path: string): Range | null => JSON.parse(module.place(settings, path));

const pages = new Map<string, Page | null>();

/** The page of a code, or `null` for a code of another version. */
export function page(code: string): Page | null {
  let found = pages.get(code);
  if (found === undefined) {
    found = JSON.parse(module.page(code)) as Page | null;
    pages.set(code, found);
  }
  return found;
}

/** The bytes to sign for an image, in base64. */
export const payload = (image: string): Made<{ payload: string }> => JSON.parse(module.payload(image));

export const occurrence = (image: string, note: string, pem: string, signature: string): Made<string> =>
  JSON.parse(module.occurrence(image, note, pem, signature));

/** The change that adds a key to an attestor. */
export const trust = (settings: string, attestor: string, pem: string): Made<{ change: Change | null; note: string }> =>
  JSON.parse(module.trust(settings, attestor, pem));
