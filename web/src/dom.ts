// Elements from values. Texts become text nodes and never markup.

type Child = Node | string | null | undefined | false;

interface Attributes {
  class?: string;
  on?: { [event: string]: (event: Event) => void };
  [name: string]: unknown;
}

/** An element with attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(attributes.on ?? {})) {
        element.addEventListener(event, listener);
      }
    } else if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children) {
    if (child) element.append(child);
  }
  return element;
}

/** A text of others as `<bdi>`: it changes neither the direction of the text around it nor hides characters. */
export function foreign(text: string): HTMLElement {
  // Names break behind their slashes.
  const parts = visible(text).split(/(?<=\/)(?=[^/])/);
  return h("bdi", {}, ...parts.flatMap((part, index) => (index > 0 ? [h("wbr"), part] : [part])));
}

/** A text whose parts between backticks are code. */
export function prose(text: string): HTMLElement {
  const parts = visible(text).split("`");
  // An odd mark is one of the text.
  if (parts.length % 2 === 0) return h("bdi", {}, visible(text));
  return h("bdi", {}, ...parts.map((part, index) => (index % 2 === 0 ? part : h("code", {}, part))));
}

/** A text with every invisible or formatting character as its escape. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escape);
}

/** Like `visible`, and keeps line breaks. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

function escape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The element of the page with an id. */
export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found as T;
}
