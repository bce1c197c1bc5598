// The answers: a card for each object with what kubectl prints, and each image with its way and its tree.

import { foreign, h, prose, visible } from "./dom";
import { flow } from "./flow";
import { kubectl } from "./kubectl";
import type { Answer, Decision, ObjectAnswer, Range } from "./module";
import { codeButton } from "./page";
import { type Actions as TreeActions, reasons, sign, tree } from "./tree";
import { counted, outcome, shortImage } from "./words";

export interface Actions extends TreeActions {
  /** Shows a part of the objects. */
  readonly showObject: (range: Range) => void;
}

/** Up to so many cards, those of denied objects are open. */
const OPEN = 6;

/** Room for the summary above the answers, which stays in sight, in pixels: as `--summary` */
const SUMMARY = 80;

/** A card, and the object that it shows. Places change while the rest stays. */
interface Card {
  object: ObjectAnswer;
  readonly content: string;
  readonly element: HTMLElement;
}

/** The cards of the last answer, by position and title. */
let cards = new Map<string, Card>();

/** Cards that a person has opened or closed, by position and title. */
const toggled = new Map<string, boolean>();

/** Forgets which cards are open, for texts that are another example. */
export function forget(): void {
  toggled.clear();
  cards.clear();
}

/** The image of a reader in the answers */
export interface Place {
  readonly card: string;
  /** The number of the image in its card */
  readonly image: number;
  /** The distance from the top of the window, in pixels */
  readonly top: number;
}

/** The place of an element, whose card stays open in the next answer. */
export function placeOf(element: Element): Place | null {
  const image = element.closest(".image-part");
  const card = [...cards].find(([, one]) => one.element.contains(element))?.[0];
  if (!image || card === undefined) return null;
  toggled.set(card, true);
  return { card, image: imagesOf(card).indexOf(image), top: image.getBoundingClientRect().top };
}

/** Returns to a place after another answer: with the focus on the next button to sign the image, or else on its verdict. Shows the verdicts of image and object if they fit beside that. */
export function returnTo({ card, image, top }: Place): void {
  const part = imagesOf(card)[image];
  const verdict = part?.querySelector<HTMLElement>(".image");
  if (!part || !verdict) return;
  const next = [...part.querySelectorAll<HTMLElement>(".try button")].find(button => button.checkVisibility());
  const target = next ?? verdict;
  target.focus({ preventScroll: true });
  scrollBy(0, part.getBoundingClientRect().top - top);
  target.scrollIntoView({ block: "nearest" });
  for (const one of [verdict, part.closest(".card")?.querySelector("summary")]) {
    const height = target.getBoundingClientRect().bottom - (one?.getBoundingClientRect().top ?? 0);
    if (height + SUMMARY < innerHeight) one?.scrollIntoView({ block: "nearest" });
  }
}

function imagesOf(card: string): Element[] {
  return [...(cards.get(card)?.element.querySelectorAll(".image-part") ?? [])];
}

/** Shows an answer, and returns a summary in one line. */
export function show(container: HTMLElement, answer: Answer, actions: Actions): string {
  const nodes: Node[] = [];
  const problem = (title: string, text: string) => h("p", { class: "problem" }, h("strong", {}, `${title}: `), visible(text));
  if (answer.settingsProblem) nodes.push(problem("Settings", answer.settingsProblem));
  if (answer.evidenceProblem) nodes.push(problem("Evidence", answer.evidenceProblem));
  nodes.push(...answer.problems.map(text => problem("Objects", text)));
  const asked = answer.objects.filter(object => object.isAsked);
  const skipped = answer.objects.filter(object => !object.isAsked);
  const before = cards;
  cards = new Map();
  asked.forEach((object, index) => {
    if (!object.decision) return;
    const key = `${index} ${object.title}`;
    const content = JSON.stringify([object.decision, object.response]);
    let shown = before.get(key);
    if (shown?.content === content) {
      shown.object = object;
    } else {
      shown = card(key, object, object.decision, content, asked.length <= OPEN && (index === 0 || !object.decision.allowed), actions);
    }
    cards.set(key, shown);
    nodes.push(shown.element);
  });
  if (skipped.length > 0) {
    const titles = skipped.map(object => visible(object.title)).slice(0, 10).join(", ");
    nodes.push(h("p", { class: "quiet" }, `Skipped, because a policy for images is not asked about these: ${titles}${skipped.length > 10 ? ", …" : ""}`));
  }
  const isSame = nodes.length === container.childNodes.length && nodes.every((node, index) => container.childNodes[index] === node);
  if (!isSame) container.replaceChildren(...nodes);
  return summary(answer, asked);
}

function summary(answer: Answer, asked: ObjectAnswer[]): string {
  const admitted = asked.filter(object => object.decision?.allowed).length;
  const problems = [answer.settingsProblem, answer.evidenceProblem, ...answer.problems].filter(Boolean).length;
  const parts = [`${admitted} admitted`, `${asked.length - admitted} denied`];
  if (answer.evidenceCount > 0) parts.push(`${counted(answer.evidenceCount, "document")} of evidence`);
  if (problems > 0) parts.push(counted(problems, "problem"));
  return parts.join(", ");
}

function card(key: string, object: ObjectAnswer, decision: Decision, text: string, opens: boolean, actions: Actions): Card {
  const { word, state } = outcome(decision);
  const isOpen = toggled.get(key) ?? opens;
  const body = h("div", { class: "card-body" });
  const details = h("details", { class: `card ${state}`, open: isOpen }, h("summary", {}, h("span", { class: `pill ${state}` }, word), " ", foreign(object.title), images(decision)), body);
  // Most cards of a large dump are never opened.
  const fill = () => {
    if (details.open && !body.firstChild) body.append(...content(shown, decision, actions));
  };
  const shown: Card = { object, content: text, element: details };
  fill();
  details.addEventListener("toggle", () => {
    if (details.isConnected) toggled.set(key, details.open);
    fill();
  });
  return shown;
}

/** The images of a card without their registries, which tell objects of one name apart. */
function images({ images }: Decision): HTMLElement | null {
  const [first] = images;
  if (!first?.image) return null;
  const more = images.length > 1 ? ` and ${images.length - 1} more` : "";
  return h("span", { class: "quiet card-image" }, " ", foreign(shortImage(first.image)), more);
}

function content(shown: Card, decision: Decision, actions: Actions): Node[] {
  const { object } = shown;
  const nodes: Node[] = [];
  if (object.response) {
    nodes.push(h("h3", {}, "kubectl prints"), h("pre", { class: "terminal", tabindex: "0", "aria-label": "Output of kubectl" }, kubectl(object, object.response)));
  }
  if (decision.reasons.length > 0) nodes.push(h("ul", { class: "tree" }, ...reasons(decision.reasons)));
  decision.images.forEach((image, index) => {
    const title = h("h3", { class: "image", tabindex: "-1" }, sign(image.verdict), foreign(image.image || "(no image)"));
    const where = [image.container ? `container ${visible(image.container)}, ` : "", visible(image.field), " "];
    const showImage = () => {
      const range = shown.object.images[index];
      if (range) actions.showObject(range);
    };
    const place = h("button", { type: "button", class: "link", on: { click: showImage } }, "show line");
    const field = h("p", { class: "quiet field" }, ...where, place);
    nodes.push(h("div", { class: "image-part" }, title, field, flow(object, decision, image), tree(image, actions)));
  });
  // The clock stands above.
  const warned = decision.warnings.filter(one => one.code !== "clock-overridden");
  if (warned.length > 0) {
    const warnings = warned.map(one => h("li", {}, codeButton(one.code), " ", prose(one.message)));
    nodes.push(h("h3", {}, "Warnings"), h("ul", { class: "tree" }, ...warnings));
  }
  const annotations = Object.entries(decision.auditAnnotations);
  if (annotations.length > 0) {
    const rows = annotations.flatMap(([name, value]) => [h("dt", {}, visible(name)), h("dd", {}, visible(value))]);
    nodes.push(h("details", { class: "quiet" }, h("summary", {}, "Audit annotations"), h("dl", {}, ...rows)));
  }
  nodes.push(json("Decision as JSON", decision));
  return nodes;
}

/** A value as indented JSON, which is written when it is opened. */
function json(title: string, value: unknown): HTMLElement {
  const text = h("pre", { tabindex: "0", "aria-label": title });
  const details = h("details", { class: "quiet" }, h("summary", {}, title), text);
  details.addEventListener("toggle", () => {
    text.textContent = details.open ? JSON.stringify(value, null, 2) : "";
  });
  return details;
}
