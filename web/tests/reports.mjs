// Tests HTML reports of the program in Chromium: `node tests/reports.mjs PROGRAM`.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { open, weakContrast, web } from "./browser.mjs";

const program = resolve(process.argv.at(-1));
const folder = mkdtempSync(join(tmpdir(), "reports-"));

let browser;

before(async () => {
  ({ browser } = await open());
});

after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

const SETTINGS = `policy:
  globalPolicyEvaluationMode: DISABLE
  kubernetesNamespaceAdmissionRules:
    preview: {evaluationMode: ALWAYS_DENY, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
`;

/** Names with which the author of an object tries to be more than text. */
const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "</script><script>alert(1)</script>",
  "<!--",
  "javascript:alert(1)",
  "[a](https://example.com)",
  "a\u0007b\u001b[31m",
  "\u202Ereversed",
  "&lt;b&gt;",
  "${7*7}{{7*7}}",
  "__proto__",
  "constructor",
];

function pod(name, namespace, image) {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec: { containers: [{ name: "web", image }] } };
}

/** Pods of seven namespaces, of which one has a dry run. */
function pods(count) {
  const namespaces = ["production", "preview", "shop", "payments", "search", "mail", "build"];
  return Array.from({ length: count }, (_, index) => {
    const digest = (index % 300).toString(16).padStart(64, "0");
    return pod(`web-${index % 300}-7d9c5f-${index}`, namespaces[index % 7], `registry.example/shop/web-${index % 300}@sha256:${digest}`);
  });
}

/** Runs the program; returns the path of the page that it wrote. */
function report(name, command, objects) {
  const page = join(folder, `${name}.html`);
  const settings = join(folder, "settings.yaml");
  writeFileSync(settings, SETTINGS);
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects ?? [] });
  const all = command.map(word => (word === "SETTINGS" ? settings : word));
  const { status, stderr } = spawnSync(program, [...all, "--format", `html=${page}`], { input, encoding: "utf8", cwd: join(web, "..") });
  assert.ok(status === 0 || status === 1, stderr);
  return page;
}

const audit = (name, objects) => report(name, ["audit", "--settings", "SETTINGS", "--limit", "50000", "-"], objects);

/** Opens a page; every console message, error and request of it fails the test. */
async function start(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const seen = [];
  page.on("console", message => seen.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", error => seen.push(`error: ${error.message}`));
  page.on("dialog", dialog => seen.push(`dialog: ${dialog.message()}`));
  page.on("request", request => seen.push(request.url()));
  const url = pathToFileURL(path).href;
  await page.goto(url);
  await page.waitForFunction(() => document.documentElement.dataset.ready !== undefined);
  const close = async () => {
    assert.deepEqual(seen, [url]);
    await context.close();
  };
  return { page, close };
}

const tab = (page, name) => page.getByRole("navigation").getByRole("button", { name: new RegExp(`^${name} `) }).click();
const count = page => page.locator("section:not([hidden]) .count").textContent();
const rows = page => page.locator("section:not([hidden]) tbody > tr:not(.detail)");

test("three Pods: a count leads to its objects, and a row opens to its reasons", async () => {
  const { page, close } = await start(audit("three", pods(3)));
  assert.match(await page.textContent("header"), /3 objects: 0 admitted, 2 denied, 1 admitted by dry run/);
  await page.getByRole("row", { name: /^preview/ }).getByRole("button", { name: /^1, Show always-deny/ }).click();
  assert.equal(await count(page), "1 of 3 rows");
  assert.match(await rows(page).textContent(), /Pod preview\/web-1.*admitted by dry run.*always-deny/);
  const toggle = page.locator("section:not([hidden])").getByRole("button", { name: "Details" });
  await toggle.focus();
  await page.keyboard.press("Enter");
  assert.equal(await toggle.getAttribute("aria-expanded"), "true");
  assert.match(await page.textContent(".detail"), /always-deny: Denied by always_deny.*The rule denies every image.*To do: /s);
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".detail").count(), 0);
  await page.locator("section:not([hidden])").getByRole("button", { name: "Clear" }).click();
  assert.equal(await count(page), "3 rows");
  await page.getByRole("button", { name: "1 admitted by dry run" }).click();
  assert.equal(await count(page), "1 of 3 rows");
  await close();
});

test("20,000 rows are searched, filtered and sorted within a blink", async () => {
  const path = audit("many", pods(20_000));
  const bytes = statSync(path).size;
  assert.ok(bytes < 2_000_000, `50,000 Pods are less than 5 MB: ${bytes}`);
  const { page, close } = await start(path);
  await tab(page, "Objects");
  assert.equal(await count(page), "20,000 rows");
  assert.equal(await rows(page).count(), 100, "the others are made when they are asked for");
  const took = async act => {
    await page.evaluate(() => (globalThis.start = performance.now()));
    await act();
    return page.evaluate(() => performance.now() - globalThis.start);
  };
  const section = page.locator("section:not([hidden])");
  const times = [
    await took(() => section.getByRole("searchbox").fill("web-299 payments")),
    await took(() => section.getByRole("searchbox").fill("")),
    await took(() => section.getByLabel("Namespace").selectOption("payments")),
    await took(() => section.getByRole("button", { name: "Clear" }).click()),
    await took(() => section.getByRole("columnheader", { name: "Object" }).getByRole("button").click()),
  ];
  console.log(`# search, filter and sort of 20,000 rows: ${times.map(time => time.toFixed()).join(", ")} ms; ${bytes} bytes`);
  assert.ok(Math.max(...times) < 2000, `${times}`);
  await section.getByRole("searchbox").fill("web-299 payments");
  assert.match(await count(page), /^\d+ of 20,000 rows$/);
  for (const text of await rows(page).allTextContents()) assert.match(text, /payments\/web-299/);
  await section.getByRole("button", { name: "Clear" }).click();
  const head = section.getByRole("columnheader", { name: "Object" });
  const firsts = async () => (await rows(page).allTextContents()).slice(0, 3);
  const ascending = await firsts();
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  assert.match(ascending[0], /^Pod build\/web-0-7d9c5f-/);
  await head.getByRole("button").click();
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  assert.match((await firsts())[0], /^Pod shop\/web-299-/);
  await section.getByRole("button", { name: "Show 100 more of 19,900" }).click();
  assert.equal(await rows(page).count(), 200);
  await close();
});

test("what objects say is text", async () => {
  const objects = HOSTILE.map(name => pod(name, name, name));
  const pages = [
    audit("hostile", objects),
    ...["evaluate", "explain"].map(command => report(command, [command, "--settings", "SETTINGS", "-"], objects)),
  ];
  for (const path of pages) {
    const { page, close } = await start(path);
    const tabs = page.locator("nav button");
    for (let index = 0; index < Math.max(await tabs.count(), 1); index += 1) {
      if (await tabs.count()) await tabs.nth(index).click();
      for (const toggle of await page.locator("section:not([hidden]) .toggle:not(.none)").all()) await toggle.click();
    }
    const made = await page.evaluate(() => document.querySelectorAll("img, svg, a, iframe, b, main script, [onerror]").length);
    assert.equal(made, 0);
    const text = await page.textContent("main");
    assert.ok(!/[\u0007\u001b\u202e]/.test(text));
    for (const name of [...HOSTILE.slice(0, 6), "\\u{7}", "\\u{202e}", "&lt;b&gt;", "${7*7}{{7*7}}"]) assert.ok(text.includes(name), name);
    await close();
  }
});

test("pages of all commands fit a phone, can be read in both schemes, and name their controls", async () => {
  const pages = [
    audit("both", pods(30)),
    report("explained", ["explain", "--settings", "policies/pipeline/policy.yaml", "--why-not", "policies/pipeline/fixtures"]),
    report("diff", ["diff", "policies/require-attestation/policy.yaml", "policies/pipeline/policy.yaml", "policies/pipeline/fixtures"]),
    report("test", ["test", "--coverage", "--mutate", "policies/two-of-three"]),
    report("describe", ["describe", "policies/two-of-three/policy.yaml"]),
    report("codes", ["explain", "--list"]),
  ];
  for (const path of pages) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, close } = await start(path, { colorScheme, viewport: { width: 400, height: 800 } });
      const tabs = page.locator("nav button");
      for (let index = 0; index < Math.max(await tabs.count(), 1); index += 1) {
        if (await tabs.count()) await tabs.nth(index).click();
        const toggle = page.locator("section:not([hidden]) .toggle:not(.none)").first();
        if (await toggle.count()) await toggle.click();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(overflow <= 0, `${path}: ${overflow} pixels`);
        assert.deepEqual(await page.evaluate(weakContrast), [], `${path}, ${colorScheme}`);
        const unnamed = await page.evaluate(() => {
          const name = element => element.getAttribute("aria-label") || element.textContent.trim() || element.labels?.[0]?.textContent.trim();
          return [...document.querySelectorAll("button, input, select")].filter(element => !element.hidden && !name(element)).map(element => element.outerHTML);
        });
        assert.deepEqual(unnamed, []);
      }
      await close();
    }
  }
});
