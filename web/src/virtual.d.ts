// Modules that `vite.config.js` makes.

declare module "virtual:module" {
  /** The WebAssembly module, compressed with gzip, in base64. */
  export const compressed: string;
}

declare module "virtual:examples" {
  /** The shipped policies with their fixtures. */
  export const examples: {
    /** Folder in `policies/`. */
    policy: string;
    /** The heading of its README. */
    title: string;
    settings: string;
    /** The time of its suite. */
    time: string;
    fixtures: { name: string; text: string }[];
  }[];
}
declare module "*.css";
