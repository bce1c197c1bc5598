// Throw-away keys of this browser, one for each attestor. They cannot be exported, and end with the page.

interface Key {
  readonly pair: CryptoKeyPair;
  readonly pem: string;
}

const keys = new Map<string, Key>();

/** The public half of the key for an attestor, in PEM. */
export async function publicKey(attestor: string): Promise<string> {
  return (await key(attestor)).pem;
}

/** Signs bytes in base64, and returns the signature in base64. */
export async function signWith(attestor: string, payload: string): Promise<string> {
  const { pair } = await key(attestor);
  const bytes = Uint8Array.from(atob(payload), character => character.charCodeAt(0));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, bytes);
  return base64(signature);
}

async function key(attestor: string): Promise<Key> {
  const known = keys.get(attestor);
  if (known) return known;
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const lines = base64(await crypto.subtle.exportKey("spki", pair.publicKey)).match(/.{1,64}/g) ?? [];
  const made = { pair, pem: `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n` };
  keys.set(attestor, made);
  return made;
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
