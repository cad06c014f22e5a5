/** The catalogue of everything people read, shared with the client and the broker. */
import catalogue from "../../../signaling/texts/en.json";

/** The name of a text. */
export type Key = keyof typeof catalogue;

type Values = Readonly<Record<string, string | number>>;

/** The text of key, with each {name} replaced by its value. Values are not searched again. */
export function t(key: Key, values?: Values): string {
  const text: string = catalogue[key];
  if (values === undefined) return text;
  return text.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function isKey(key: string): key is Key {
  return Object.hasOwn(catalogue, key);
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
