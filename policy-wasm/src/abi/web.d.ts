/** A request and the settings to judge it by. */
export interface Call {
  /** A Kubernetes AdmissionRequest. */
  request: object;
  settings: Settings;
}

/** The settings of a policy; see the README. */
export interface Settings {
  policy: object;
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
  images: ImageDecision[];
  reasons: Reason[];
  message: string;
  warnings: Reason[];
  auditAnnotations: Record<string, string>;
}

export interface ImageDecision {
  image: string;
  field: string;
  container?: string;
  verdict: Verdict;
  results: DocumentResult[];
  reasons?: Reason[];
}

export interface DocumentResult {
  document: string;
  verdict: Verdict;
  enforcement: "enforced" | "dry-run";
  allowlist?: { document: string; pattern: string };
  rule?: { kind: string; key?: string; evaluationMode: string; enforcementMode: string };
  attestors?: { name: string; verified: boolean; keyId?: string; payloadType?: string; reasons: Reason[] }[];
  reasons: Reason[];
}

export interface SettingsAnswer {
  valid: boolean;
  message: string | null;
  problems?: { code: string; path: string; message: string }[];
}
