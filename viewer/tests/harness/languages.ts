import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { textsFile } from "./paths.ts";

/** The languages of the catalogues but English, with a browser's name for each. */
export const others = {
  de: "de-AT",
  fr: "fr-FR",
  es: "es-MX",
  pt: "pt-BR",
  tr: "tr-TR",
  ar: "ar-EG",
  ja: "ja-JP",
} as const;

export type Other = keyof typeof others;

/** The text of a key in a language, which must have no places for values. */
export function textIn(language: Other, key: string): string {
  const file = join(dirname(textsFile), `${language}.json`);
  const found = (JSON.parse(readFileSync(file, "utf8")) as Record<string, string | undefined>)[key];
  if (found === undefined || found.includes("{")) throw new Error(`${language}: ${key} is no plain text`);
  return found;
}
