/** The catalogues of everything people read, shared with the client and the broker. */
import english from "../../../signaling/texts/en.json";
import { format, type Values } from "./message.ts";

/** The name of a text. */
export type Key = keyof typeof english;

/** A catalogue; what it has not is said in English. */
export type Catalogue = Readonly<Record<string, string>>;

let catalogue: Catalogue = english;
let rules = new Intl.PluralRules("en");

/** Sets the language of all texts, before anything is shown. */
export function speak(language: string, texts: Catalogue): void {
  catalogue = texts;
  rules = new Intl.PluralRules(language);
}

/** The text of key, with each value in its place. */
export function t(key: Key, values?: Values): string {
  const text = catalogue[key] ?? english[key];
  return values === undefined ? text : format(rules, text, values);
}

function isKey(key: string): key is Key {
  return Object.hasOwn(english, key);
}

/** The text of a name that comes from the wire, such as a kind of event; the name itself when it is new to us. */
export function named(
  area: "event" | "event.by" | "effect" | "end" | "rightend" | "notice" | "scope" | "verify",
  name: string,
  values?: Values,
): string {
  const key = `${area}.${name.replaceAll(/[_:]/g, "-")}`;
  return isKey(key) ? t(key, values) : name;
}
