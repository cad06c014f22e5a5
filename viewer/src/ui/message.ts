/**
 * Messages of the catalogues, as in signaling/texts/message.go, whose test vectors are read here too: `{name}`, and
 * `{n, plural, one {# day} other {# days}}` of ICU MessageFormat with the categories of CLDR.
 */

export type Values = Readonly<Record<string, string | number>>;

const PLACE = /\{([a-z]+)(?:, plural,((?: [a-z]+ \{[^{}]*\})+))?\}/g;
const CHOICE = / ([a-z]+) \{([^{}]*)\}/g;

/** Puts values into a message. They are not searched again; what has no value stays as it is. */
export function format(rules: Intl.PluralRules, message: string, values: Values): string {
  return message.replaceAll(PLACE, (whole, name: string, choices: string | undefined) => {
    const value = values[name];
    if (value === undefined) return whole;
    return choices === undefined ? String(value) : choose(rules, choices, String(value));
  });
}

/** The text of a value's category; of "other" where the message has none for it. */
function choose(rules: Intl.PluralRules, choices: string, value: string): string {
  const category = /^\d+$/.test(value) ? rules.select(Number(value)) : "other";
  const texts = new Map([...choices.matchAll(CHOICE)].map(([, name, text]) => [name, text]));
  return (texts.get(category) ?? texts.get("other") ?? "").replaceAll("#", value);
}
