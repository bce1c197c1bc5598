// Loads the module from beside this file. Nothing here waits at the top level, so `require` works too.
import { readFileSync } from "node:fs";
import { initSync } from "./countersign.js";

const loaded = initSync({ module: readFileSync(new URL("./countersign_bg.wasm", import.meta.url)) });

/** Nothing is left to load: code for browsers runs here too. */
export default async function init() {
  return loaded;
}

export { decide, initSync, validateSettings } from "./countersign.js";
