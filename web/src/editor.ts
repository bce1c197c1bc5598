// The editors: CodeMirror with YAML, findings, and their fixes.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, forEachDiagnostic, lintGutter, lintKeymap, openLintPanel, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorSelection, EditorState, type SelectionRange, type StateEffect, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { h, prose } from "./dom";
import type { Change, Finding, Range } from "./module";
import { capital, openPage, pageSummary } from "./page";

const highlighting = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.bool, tags.number, tags.null], color: "var(--code-word)" },
  { tag: [tags.punctuation, tags.separator, tags.meta], color: "var(--code-mark)" },
]);

export interface Editor {
  readonly text: () => string;
  /** Replaces the whole text. */
  readonly set: (text: string) => void;
  readonly change: (changes: Change[]) => void;
  /** Selects a range, and scrolls the editor and the page to it. */
  readonly show: (range: Range) => void;
  readonly setFindings: (findings: Finding[]) => void;
  readonly openFindings: () => void;
  /** Applies every fix that the text has. */
  readonly fixes: () => number;
  readonly element: HTMLElement;
}

/** An editor with a name for screen readers; `changed` is called after each change. */
export function editor(name: string, changed: () => void): Editor {
  const view = new EditorView({
    state: EditorState.create({
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        yaml(),
        syntaxHighlighting(highlighting),
        EditorState.tabSize.of(2),
        // Tab moves the focus on, so that the keyboard leads out of the editor.
        keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap]),
        EditorView.contentAttributes.of({ "aria-label": name, spellcheck: "false" }),
        EditorView.scrollHandler.of((target, range, { y }) => y === "center" && center(target, range)),
        EditorView.updateListener.of(update => {
          if (update.docChanged) changed();
        }),
      ],
    }),
  });
  return {
    element: view.dom,
    text: () => view.state.doc.toString(),
    set(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
      // `scrollIntoView` of a transaction would scroll the page too.
      view.scrollDOM.scrollTo(0, 0);
    },
    change(changes) {
      const last = changes.at(-1);
      view.dispatch({ changes, userEvent: "input" });
      if (last) view.dispatch({ effects: centered(Math.min(last.from, view.state.doc.length)) });
    },
    show({ from, to }) {
      const end = view.state.doc.length;
      const start = Math.min(from, end);
      const range = EditorSelection.range(start, closed(view.state.doc, start, Math.min(to, end)));
      view.dispatch({ selection: range, effects: centered(range) });
      view.focus();
      view.dom.scrollIntoView({ block: "nearest" });
    },
    setFindings(findings) {
      view.dispatch(setDiagnostics(view.state, findings.map(finding => diagnostic(finding, view.state.doc.length))));
    },
    openFindings() {
      openLintPanel(view);
      view.dom.scrollIntoView({ block: "nearest" });
    },
    fixes() {
      let count = 0;
      forEachDiagnostic(view.state, one => {
        count += one.actions?.length ?? 0;
      });
      return count;
    },
  };
}

/** The end of a range with the brackets that close those of the range: places of lists end before theirs. */
function closed(text: Text, from: number, to: number): number {
  const inside = text.sliceString(from, to);
  let open = (inside.match(/[[{]/g)?.length ?? 0) - (inside.match(/[\]}]/g)?.length ?? 0);
  let end = to;
  for (; open > 0 && /[\]}]/.test(text.sliceString(end, end + 1)); open -= 1) end += 1;
  return end;
}

/** Scrolls the editor to a place, and leaves the page where it is: see `center`. */
function centered(place: number | SelectionRange): StateEffect<unknown> {
  return EditorView.scrollIntoView(place, { y: "center" });
}

/** Room beside the start of a range, in pixels */
const MARGIN = 48;

/** Puts a range into the middle of its editor. The lines keep their start in sight if that of the range is there too. */
function center(view: EditorView, { from, to }: SelectionRange): boolean {
  const { scrollDOM, contentDOM } = view;
  const { top } = view.lineBlockAt(from);
  const height = Math.min(view.lineBlockAt(to).bottom - top, scrollDOM.clientHeight);
  scrollDOM.scrollTop = top + view.documentPadding.top - (scrollDOM.clientHeight - height) / 2;
  const content = contentDOM.getBoundingClientRect().left;
  // The gutters stay on the left.
  const gutters = content + scrollDOM.scrollLeft - scrollDOM.getBoundingClientRect().left;
  const start = (startOf(view, from) ?? content) - content;
  scrollDOM.scrollLeft = start + MARGIN > scrollDOM.clientWidth - gutters ? start - MARGIN : 0;
  return true;
}

/** The left side of the character at a position, in the window. `coordsAtPos` is not allowed while the editor scrolls. */
function startOf(view: EditorView, position: number): number | undefined {
  const { node, offset } = view.domAtPos(position);
  const character = document.createRange();
  character.setStart(node, offset);
  const after = view.domAtPos(Math.min(position + 1, view.state.doc.length));
  character.setEnd(after.node, after.offset);
  return character.getClientRects()[0]?.left;
}

function diagnostic(finding: Finding, end: number): Diagnostic {
  const { fix } = finding;
  const from = Math.min(finding.from, end);
  return {
    from,
    to: Math.min(Math.max(finding.to, from), end),
    severity: finding.severity,
    source: finding.code,
    message: finding.message,
    renderMessage: () => message(finding),
    actions: fix
      ? [
          {
            name: `Fix: ${fix.title.replaceAll("`", "")}`,
            apply(view) {
              const size = view.state.doc.length;
              if (fix.changes.every(change => change.to <= size)) view.dispatch({ changes: fix.changes, userEvent: "input.fix" });
            },
          },
        ]
      : [],
  };
}

/** The message of a finding with the beginning of its page. */
function message(finding: Finding): Node {
  const summary = pageSummary(finding.code);
  const page = h("button", { type: "button", class: "code", on: { click: () => openPage(finding.code) } }, finding.code);
  return h(
    "div",
    { class: "finding" },
    h("p", {}, h("strong", {}, prose(capital(finding.message))), finding.label ? h("span", {}, ": ", prose(finding.label)) : null),
    finding.help ? h("p", {}, prose(capital(finding.help))) : null,
    summary ? h("p", { class: "quiet" }, prose(capital(summary))) : null,
    h("p", {}, page),
  );
}
