/** Which language the pages speak: the one that was chosen here, else the browser's, else English. */
import { type Catalogue, speak } from "./texts.ts";

/** What there is a catalogue for, as BCP 47 tags. English is in the pages; the others are fetched when they are spoken. */
const CATALOGUES = {
  de: () => import("../../../signaling/texts/de.json"),
  fr: () => import("../../../signaling/texts/fr.json"),
  es: () => import("../../../signaling/texts/es.json"),
  pt: () => import("../../../signaling/texts/pt.json"),
  tr: () => import("../../../signaling/texts/tr.json"),
  ar: () => import("../../../signaling/texts/ar.json"),
  ja: () => import("../../../signaling/texts/ja.json"),
} as const satisfies Record<string, () => Promise<{ default: Catalogue }>>;

export type Language = "en" | keyof typeof CATALOGUES;

export const LANGUAGES: readonly Language[] = [
  "en",
  ...(Object.keys(CATALOGUES) as (keyof typeof CATALOGUES)[]),
];

const RIGHT_TO_LEFT: readonly Language[] = ["ar"];

/** Where the choice is kept. It is the browser's, as the words on a page are, and nobody's account. */
const KEPT = "beside.language";

let spoken: Language = "en";

/** What is spoken now. */
export function language(): Language {
  return spoken;
}

/** For Intl: digits are the same in all languages, as numbers of calls and codes are said aloud. */
export function locale(): string | undefined {
  return spoken === "en" ? undefined : `${spoken}-u-nu-latn`; // English is the fallback of many: dates as at home
}

/** A number or an address in a line of text: it keeps its own order where the line runs from right to left. */
export function inOrder(text: string): string {
  return RIGHT_TO_LEFT.includes(spoken) ? `\u2066${text}\u2069` : text;
}

/** The first of what is wanted that there is, by its language alone: "de-AT" is German. */
export function bestOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find((name) => name === tag.toLowerCase().split("-")[0]);
    if (found !== undefined) return found;
  }
  return "en";
}

/** Has the page speak the language that is wanted. When its texts do not come, it speaks English. */
export async function speakAsWanted(): Promise<void> {
  const wanted = bestOf([kept() ?? "", ...navigator.languages]);
  if (wanted === "en") return;
  try {
    const { default: texts } = await CATALOGUES[wanted]();
    speak(wanted, texts);
  } catch (error) {
    console.error(error);
    return;
  }
  spoken = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(wanted) ? "rtl" : "ltr";
}

/** Keeps a choice, one of LANGUAGES, and begins the page anew with it. */
export function choose(chosen: string): void {
  if (!LANGUAGES.some((name) => name === chosen)) return;
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    return; // where nothing may be kept, the browser's own choice counts
  }
  location.reload();
}

/** A language's own name for itself. */
export function nameOf(name: Language): string {
  return new Intl.DisplayNames([name], { type: "language" }).of(name) ?? name;
}

function kept(): string | undefined {
  try {
    return localStorage.getItem(KEPT) ?? undefined;
  } catch {
    return undefined;
  }
}
