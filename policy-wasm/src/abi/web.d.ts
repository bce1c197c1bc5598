/** An admission request, and the settings to evaluate it with. */
export interface Call {
  /** A Kubernetes AdmissionRequest. */
  request: object;
  settings: Settings;
  /** Time of the evaluation in RFC 3339. Default: the engine's clock. */
  time?: string;
  /** Answers to lookups. Without them, every lookup fails. */
  evidence?: SuppliedAnswer[];
}

/** The answer to one lookup, with exactly one of `found`, `absent` and `failed`. */
export interface SuppliedAnswer {
  /**
   * `attestation` is an `Attestation` resource, named `NAMESPACE/sha256-HEX`. `signature` is the cosign signature
   * of a key, named `REPOSITORY@DIGEST KEY_ID`.
   */
  kind: "tag" | "manifest" | "attestation" | "signature";
  name: string;
  found?: unknown;
  absent?: true;
  failed?: string;
}

/** The settings of a policy, as docs/settings.md describes them. */
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
  /** Path in the settings: `policy`, `platformPolicies[0]`. */
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
  /** `default`, or the kind of key of a specific rule. */
  kind: string;
  key?: string;
  /** The rule map that was searched for a rule of the Pod, and the key of the lookup. */
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
  /** The identity in the certificate that verified it, in place of a key. */
  identity?: { subject: string; issuer: string };
  payloadType?: string;
  source?: "settings" | "pod-annotation" | "kubernetes" | "registry";
  reasons: Reason[];
}

export interface SettingsAnswer {
  valid: boolean;
  message: string | null;
  problems?: { code: string; path: string; message: string }[];
}
