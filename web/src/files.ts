// Files of the reader's computer, opened and saved without a server.

/** Files are read up to this size. */
const MAX_BYTES = 16 << 20;

/** Lets the reader choose a file; calls `opened` with its text, or `refused` with the reason. */
export function open(opened: (text: string) => void, refused: (reason: string) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".yaml,.yml,.json,application/json,text/yaml";
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    if (file.size > MAX_BYTES) return refused(`the file is longer than ${MAX_BYTES >> 20} MiB`);
    try {
      opened(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    } catch {
      refused("the file is not UTF-8");
    }
  });
  input.click();
}

/** Saves a text as a file. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/yaml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
