// Takes the screenshots that people look at: `node tests/shots.mjs FOLDER [VIEW]`.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { open } from "./browser.mjs";

const folder = process.argv[2] ?? "shots";
mkdirSync(folder, { recursive: true });

/** Height of a part, in pixels */
const PART = 1400;

const VIEWS = {
  denied: async () => {},
  all: async page => page.selectOption("#example", "pipeline/*"),
  checks: async page => page.selectOption("#example", "supply-chain/vulnerable.yaml"),
  finding: async page => {
    await page.evaluate(() => {
      const { playground } = globalThis;
      const state = playground.state();
      playground.set({ ...state, settings: state.settings.replace("  globalPolicyEvaluationMode: DISABLE\n", "").replace("ALWAYS_DENY", "ALWAYS_ALLOW") });
    });
    await page.locator("#settings-pane .notes button").click();
  },
  page: async page => page.locator("#answers .code").first().click(),
  glance: async page => page.evaluate(() => globalThis.playground.set(glance())),
  signed: async page => {
    await page.getByRole("button", { name: "Sign as qa" }).click();
    await page.waitForTimeout(300);
    await page.getByRole("button", { name: "Sign as canary" }).click();
  },
};

/** Settings with every kind of cell, as a function of the page. */
const GLANCE = `globalThis.glance = () => ({ objects: "", evidence: "", time: "", namespace: "", settings: \`policy:
  globalPolicyEvaluationMode: DISABLE
  admissionWhitelistPatterns: [{namePattern: registry.k8s.io/**}, {namePattern: registry.example/base/**}]
  kubernetesServiceAccountAdmissionRules:
    shop:deployer: {evaluationMode: REQUIRE_ATTESTATION, enforcementMode: DRYRUN_AUDIT_LOG_ONLY, requireAttestationsBy: [projects/p/attestors/build, projects/p/attestors/qa]}
    ops:robot: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
platformPolicies:
  - name: projects/p/platforms/gke/policies/supply-chain
    gkePolicy:
      checkSets:
        - {displayName: Operations, scope: {kubernetesNamespace: ops}, imageAllowlist: {allowPattern: [registry.example/tools/**]}, checks: [{displayName: Ours only, trustedDirectoryCheck: {trustedDirPatterns: [registry.example/ops]}}]}
        - {checks: [{displayName: Nothing bad that could be fixed, vulnerabilityCheck: {maximumFixableSeverity: MEDIUM}}, {imageFreshnessCheck: {maxUploadAgeDays: 30}}]}
breakGlass: {namespaces: [ops]}
deniedDigests: [sha256:${"0".repeat(64)}]
\` })`;

const { browser, url } = await open();
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 400]) {
    for (const [name, act] of Object.entries(VIEWS)) {
      if (process.argv[3] && process.argv[3] !== name) continue;
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      await page.goto(url);
      await page.waitForFunction(() => document.documentElement.dataset.answered);
      await page.evaluate(GLANCE);
      await act(page);
      await page.waitForTimeout(300);
      // A long page is cut into parts that can be read on a screen.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      for (let y = 0, part = 1; y < height; y += PART, part += 1) {
        const clip = { x: 0, y, width, height: Math.min(PART, height - y) };
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}-${part}.png`), fullPage: true, clip });
      }
      await page.close();
    }
  }
}
await browser.close();
