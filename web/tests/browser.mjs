// Chromium of the system, and the page as one file.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const web = dirname(dirname(fileURLToPath(import.meta.url)));

/** The built page as one file */
export const file = process.env.PLAYGROUND_HTML ?? join(web, "..", "dist", "playground.html");

/** Starts the browser. */
export async function open() {
  const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
  // As root in a container, the sandbox of Chromium does not start.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath, args });
  return { browser, url: pathToFileURL(file).href };
}
