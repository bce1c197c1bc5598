// The lines that `kubectl apply` prints for an answer.

import { visible, visibleLines } from "./dom";
import type { ObjectAnswer, Response } from "./module";

/** The lines for one object; the webhook is that of a Kubewarden policy. */
export function kubectl(object: ObjectAnswer, response: Response): string {
  const warnings = (response.warnings ?? []).map(warning => `Warning: ${visible(warning)}`);
  if (response.accepted) {
    const done = object.operation === "UPDATE" ? "configured" : object.operation === "DELETE" ? "deleted" : "created";
    return [...warnings, `${visible(object.resource)} ${done}`].join("\n");
  }
  const context = object.operation === "CREATE" ? 'error when creating "objects.yaml": ' : "";
  const denial = `Error from server: ${context}admission webhook "${WEBHOOK}" denied the request: ${visibleLines(response.message ?? "")}`;
  return [...warnings, denial].join("\n");
}

const WEBHOOK = "clusterwide-countersign.kubewarden.admission";
