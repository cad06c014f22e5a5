/** How good a passphrase is, and one that a machine makes. Pure but for chance. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base32
const GROUPS = 6;

export type Strength = "short" | "weak" | "fair" | "strong";

/** Below it nobody may seal a key by it. */
const LEAST_BITS = 50;
const STRONG_BITS = 75;
export const LEAST_CHARS = 10;

const often =
  /passwor[dt]|passphrase|qwert|asdf|12345|abcde|letmein|welcome|admin|secret|beside|iloveyou|dragon|monkey/gi;

/**
 * A guess at what a passphrase is worth, from its length and variety; what people choose often counts for little.
 * No list of words can be behind it, so it is a hint and not a promise.
 */
export function strength(passphrase: string): Strength {
  if ([...passphrase].length < LEAST_CHARS) return "short";
  if (looksMade(passphrase)) return "strong";
  const bits = worth(passphrase);
  if (bits < LEAST_BITS) return "weak";
  return bits < STRONG_BITS ? "fair" : "strong";
}

/** Whether it is suggest's, and as various: by the rules for words, groups that happen to be letters count for little. */
function looksMade(passphrase: string): boolean {
  return suggested(passphrase) === passphrase && new Set(passphrase.replaceAll("-", "")).size >= 10;
}

function worth(passphrase: string): number {
  const rare = passphrase
    .toLowerCase()
    .replaceAll(often, "*")
    .replaceAll(/(.)\1+/g, "$1");
  // A word that people remember is worth about 11 bits, however long, and no character more than its kind.
  const words = rare.split(/[\s\-_.]+/).filter((word) => word !== "");
  return words.reduce((sum, word) => sum + Math.min(perChar(word) * new Set(word).size, cap(word)), 0);
}

function perChar(word: string): number {
  return /^\d+$/.test(word) ? 3.3 : /^\p{L}+$/u.test(word) ? 3 : 4.2;
}

function cap(word: string): number {
  return /^\p{L}+$/u.test(word) ? 16 : 120;
}

/** 120 bits that can be written on paper: six groups of four. */
export function suggest(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4 * GROUPS));
  const chars = [...bytes].map((byte) => ALPHABET.charAt(byte & 31)).join("");
  return grouped(chars);
}

function grouped(chars: string): string {
  return chars.replaceAll(/(.{4})(?=.)/g, "$1-");
}

/** A code of suggest in its one form, however it was typed; undefined when it is none. */
function suggested(typed: string): string | undefined {
  const chars = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll(/[IL]/g, "1").replaceAll("O", "0");
  const whole = chars.length === 4 * GROUPS && [...chars].every((char) => ALPHABET.includes(char));
  return whole ? grouped(chars) : undefined;
}

/** A passphrase as it was sealed with: one of suggest may be typed back in any way. */
export function meant(typed: string): string {
  return suggested(typed) ?? typed;
}
