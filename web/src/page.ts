// Pages of codes, as `countersign explain CODE` prints them.

import { byId, h, prose, visible } from "./dom";
import { page } from "./module";

/** Why a finding matters, or what to do about a reason; empty for unknown codes. */
export function pageSummary(code: string): string {
  const found = page(code);
  return found?.why ?? found?.help ?? "";
}

/** Opens the page of a code in a dialog. */
export function openPage(code: string): void {
  const dialog = byId<HTMLDialogElement>("page");
  const found = page(code);
  const close = h("button", { type: "button", class: "close", "aria-label": "Close", on: { click: () => dialog.close() } }, "×");
  const part = (title: string, text?: string | null) =>
    text ? [h("h3", {}, title), h("p", {}, prose(capital(text)))] : [];
  const example = (title: string, text?: string) => (text ? [h("h3", {}, title), h("pre", { tabindex: "0" }, text)] : []);
  dialog.replaceChildren(
    h("div", { class: "page-head" }, h("h2", { id: "page-title" }, visible(code)), close),
    ...(found
      ? [
          h("p", {}, prose(capital(found.meaning))),
          ...part("Why", found.why),
          ...part("Effect", found.effect),
          ...part("What to do", found.help),
          ...example("Avoid", found.avoid),
          ...example("Prefer", found.prefer),
        ]
      : [h("p", {}, "This version has no page for the code.")]),
  );
  dialog.showModal();
}

/** A button with a code that opens its page. */
export function codeButton(code: string): HTMLElement {
  return h("button", { type: "button", class: "code", title: "Open the page of this code", on: { click: () => openPage(code) } }, visible(code));
}

/** A sentence with a capital letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
