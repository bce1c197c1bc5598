// Builds the page twice: a folder for any static host, and one file with everything in it.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { defineConfig } from "vite";

const web = dirname(fileURLToPath(import.meta.url));
const output = process.env.PLAYGROUND_OUTPUT ?? join(web, "..", "dist", "playground");

/** Modules that are made of other files: the WebAssembly module, and the shipped policies. */
const made = {
  "virtual:module": () => ({ compressed: gzipSync(readFileSync(join(web, "pkg", "playground_bg.wasm")), { level: 9 }).toString("base64") }),
  "virtual:examples": () => ({ examples: examples(join(web, "..", "policies")) }),
};

/** Every policy of a folder that has settings, with its fixtures. */
function examples(folder) {
  const read = (...path) => readFileSync(join(folder, ...path), "utf8");
  const policies = readdirSync(folder).sort().filter(policy => existsSync(join(folder, policy, "policy.yaml")));
  return policies.map(policy => ({
    policy,
    title: /^# (.*)$/m.exec(read(policy, "README.md"))?.[1] ?? policy,
    settings: read(policy, "policy.yaml"),
    time: /^time: (\S+)$/m.exec(read(policy, "tests.yaml"))[1],
    fixtures: readdirSync(join(folder, policy, "fixtures")).sort().map(name => ({ name, text: read(policy, "fixtures", name) })),
  }));
}

const modules = {
  name: "playground-modules",
  resolveId: id => (id in made ? `\0${id}` : undefined),
  load(id) {
    const make = id.startsWith("\0") ? made[id.slice(1)] : undefined;
    if (!make) return undefined;
    return Object.entries(make()).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join("\n");
  },
};

/** No connection, no image, no frame. CodeMirror writes its styles into the page. */
const policy = scripts =>
  `default-src 'none'; connect-src 'none'; script-src ${scripts} 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;

const meta = scripts => `<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}" />`;

/** Writes the Content-Security-Policy, and the page as one file. */
const pages = {
  name: "playground-pages",
  enforce: "post",
  generateBundle(_, bundle) {
    const files = Object.values(bundle);
    const html = files.find(file => file.fileName === "index.html");
    const script = files.find(file => file.type === "chunk");
    const style = files.find(file => file.fileName.endsWith(".css"));
    // In the text of a page, this would end the script.
    const code = script.code.replaceAll("</script", "<\\/script");
    const hash = `'sha256-${createHash("sha256").update(code).digest("base64")}'`;
    const whole = html.source
      .replace("<!-- policy -->", () => meta(hash))
      .replace(/<script [^>]*src="[^"]*"[^>]*><\/script>/, "")
      .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style.source}</style>`)
      .replace("</body>", () => `<script type="module">${code}</script>\n  </body>`);
    html.source = html.source.replace("<!-- policy -->", () => meta("'self'")).replaceAll(" crossorigin", "");
    mkdirSync(output, { recursive: true });
    writeFileSync(`${output}.html`, whole);
  },
  closeBundle() {
    const sizes = [`${output}.html`, ...readdirSync(output).map(name => join(output, name))];
    for (const file of sizes) console.log(`${file}: ${gzipSync(readFileSync(file), { level: 9 }).length} bytes with gzip`);
  },
};

export default defineConfig({
  root: web,
  base: "./",
  build: {
    outDir: output,
    emptyOutDir: true,
    assetsDir: ".",
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    rollupOptions: { output: { entryFileNames: "playground.js", assetFileNames: "playground[extname]", inlineDynamicImports: true } },
  },
  plugins: [modules, pages],
});
