import { defineErrors } from "@velella/kernel";

/** What can go wrong while the files of an app are loaded. */
export const loadingErrors = defineErrors("loading", {
  compileFailed: {
    type: "invalid_data",
    message: (place: string, reason: string, frame: string) => `${place} does not compile: ${reason}\n\n${frame}`,
    hint: () => "Correct the line above.",
  },
  loadFailed: {
    type: "unexpected_state",
    message: (file: string, place: string, reason: string, frame: string) =>
      `${file} could not be loaded: ${reason}${place && place !== file ? ` (${place})` : ""}${frame && `\n\n${frame}`}`,
    hint: (_file: string, place: string) =>
      place ? `Correct ${place}; the code there runs as soon as the file is loaded.` : "Correct the file, or remove it.",
  },
  moduleNotFound: {
    type: "unexpected_state",
    message: (file: string, place: string, request: string, frame: string) =>
      `${file} could not be loaded: ${place || file} imports "${request}", which is not there.${frame && `\n\n${frame}`}`,
    hint: (_file: string, _place: string, request: string) =>
      request.startsWith(".") || request.startsWith("/")
        ? `Check the path "${request}"; it is relative to the file that imports it.`
        : `Install it (npm install ${request.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? request}), or correct the name.`,
  },
});
