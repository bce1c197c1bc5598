// A state of the page in the fragment of its address: compressed JSON in base64url.

export interface State {
  settings: string;
  objects: string;
  evidence: string;
  time: string;
  namespace: string;
}

/** The fragments of this version begin so. */
const VERSION = "v1.";

/** The fragment of a state, without `#`. */
export async function toFragment(state: State): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const packed = await through(bytes, new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  return VERSION + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Longer texts are no link that a person has made. */
const MAX_CHARACTERS = 8 << 20;

/** The state of a fragment; `null` if it has none or is damaged. */
export async function fromFragment(fragment: string): Promise<State | null> {
  if (!fragment.startsWith(VERSION) || fragment.length > MAX_CHARACTERS) return null;
  try {
    const binary = atob(fragment.slice(VERSION.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, character => character.charCodeAt(0));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await through(bytes, new DecompressionStream("deflate-raw"), MAX_CHARACTERS));
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const field = (name: string): string => {
      const found: unknown = (value as Record<string, unknown>)[name];
      return typeof found === "string" ? found : "";
    };
    return { settings: field("settings"), objects: field("objects"), evidence: field("evidence"), time: field("time"), namespace: field("namespace") };
  } catch {
    return null;
  }
}

/** Sends bytes through a stream; more than `limit` bytes are an error. */
async function through(bytes: Uint8Array<ArrayBuffer>, transform: CompressionStream | DecompressionStream, limit = Infinity): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(transform).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new RangeError("too long");
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
