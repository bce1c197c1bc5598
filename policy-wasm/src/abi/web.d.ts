/** A request and the settings to judge it by. */
export interface Call {
  /** A Kubernetes AdmissionRequest. */
  request: object;
  settings: Settings;
  /** RFC 3339; without it, the engine's clock. */
  time?: string;
  /** Answers to what the policy looks up; without it, nothing can be looked up. */
  evidence?: SuppliedAnswer[];
}

/** One answer to a lookup; exactly one of `found`, `absent` and `failed`. */
export interface SuppliedAnswer {
  /**
   * `attestation`: an `Attestation` resource, named `NAMESPACE/sha256-HEX`; `signature`: whether a key
   * has signed with cosign, named `REPOSITORY@DIGEST KEY_ID`.
   */
  kind: "tag" | "manifest" | "attestation" | "signature";
  name: string;
  found?: unknown;
  absent?: true;
  failed?: string;
}

/** The settings of a policy; see the README. */
export interface Settings {
  policy?: object;
  platformPolicies?: object[];
  [key: string]: unknown;
}

export type Verdict = "CONFORMANT" | "NON_CONFORMANT" | "ERROR";

export interface Reason {
  /** Stable code, for example `no-valid-attestation`. */
  code: string;
  message: string;
  details?: Reason[];
}

export interface Decision {
  apiVersion: "countersign.dev/v1";
  kind: "Decision";
  allowed: boolean;
  verdict: Verdict;
  enforcement: "enforced" | "dry-run" | "break-glass";
  pods: { field: string; serviceAccount: string }[];
  images: ImageDecision[];
  reasons: Reason[];
  message: string;
  warnings: Reason[];
  auditAnnotations: Record<string, string>;
  /** The object with verified digests in place of tags. */
  mutatedObject?: object;
}

export interface ImageDecision {
  image: string;
  field: string;
  /** Index of its Pod in `pods`. */
  pod: number;
  container?: string;
  /** The digest behind the image's tag. */
  resolvedDigest?: string;
  verdict: Verdict;
  results: DocumentResult[];
  reasons?: Reason[];
}

export interface DocumentResult {
  /** Where it stands in the settings: `policy`, `platformPolicies[0]`. */
  document: string;
  name?: string;
  verdict: Verdict;
  enforcement: "enforced" | "dry-run";
  allowlist?: { document: string; pattern: string };
  rule?: AppliedRule;
  attestors?: AttestorResult[];
  checkSet?: CheckSetResult;
  reasons: Reason[];
}

export interface AppliedRule {
  /** `default`, or what the key of a specific rule names. */
  kind: string;
  key?: string;
  /** The rule map in which a rule for the Pod was looked for, and the key that was looked up. */
  searched?: { map: string; key: string };
  evaluationMode: string;
  enforcementMode: string;
}

export interface CheckSetResult {
  index: number;
  displayName?: string;
  scope?: { kubernetesNamespace: string } | { kubernetesServiceAccount: string };
  allowlist?: { document: string; pattern: string };
  checks?: CheckResult[];
}

export interface CheckResult {
  index: number;
  displayName?: string;
  /** For example `TrustedDirectoryCheck`. */
  type: string;
  verdict: Verdict;
  allowlist?: { document: string; pattern: string };
  reasons: Reason[];
}

export interface AttestorResult {
  name: string;
  verified: boolean;
  keyId?: string;
  payloadType?: string;
  source?: "settings" | "pod-annotation" | "kubernetes" | "registry";
  reasons: Reason[];
}

export interface SettingsAnswer {
  valid: boolean;
  message: string | null;
  problems?: { code: string; path: string; message: string }[];
}
