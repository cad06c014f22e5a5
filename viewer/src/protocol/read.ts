/**
 * Strict reading of wire data: a Read takes an unknown value and returns it with
 * its type, or throws a DecodeError that names the member. Nothing past a Read
 * is unknown, and nothing unknown gets past one.
 */
export type Read<T> = (value: unknown, path: string) => T;

/** Wire data that is not what it must be. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

function fail(path: string, want: string): never {
  throw new DecodeError(`${path === "" ? "message" : path}: want ${want}`);
}

/** A string of at most max UTF-16 units. */
export const text =
  (max: number): Read<string> =>
  (value, path) =>
    typeof value === "string" && value.length <= max ? value : fail(path, `a text of at most ${max}`);

/** A whole number within bounds. */
export const whole =
  (min: number, max: number): Read<number> =>
  (value, path) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? value
      : fail(path, `a whole number from ${min} to ${max}`);

/** true or false. */
export const flag: Read<boolean> = (value, path) =>
  typeof value === "boolean" ? value : fail(path, "true or false");

/** One of a closed set. */
export const oneOf =
  <const T extends readonly string[]>(...values: T): Read<T[number]> =>
  (value, path) =>
    values.find((v) => v === value) ?? fail(path, `one of ${values.join(", ")}`);

/** A list of at most max items. Go writes an empty slice as null, too. */
export const list =
  <T>(item: Read<T>, max: number): Read<T[]> =>
  (value, path) => {
    if (value === null) return [];
    if (!Array.isArray(value) || value.length > max) return fail(path, `a list of at most ${max}`);
    return value.map((v, i) => item(v, `${path}[${i}]`));
  };

type Shape = Readonly<Record<string, Read<unknown>>>;
type Of<S extends Shape> = { [K in keyof S]: S[K] extends Read<infer T> ? T : never };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with exactly these members; those of optional may be missing. */
export function shape<S extends Shape, O extends Shape = Record<never, never>>(
  required: S,
  optional?: O,
): Read<Of<S> & Partial<Of<O>>> {
  const members = new Map<string, { read: Read<unknown>; must: boolean }>();
  for (const [name, read] of Object.entries(required)) members.set(name, { read, must: true });
  for (const [name, read] of Object.entries(optional ?? {})) members.set(name, { read, must: false });
  return (value, path) => {
    if (!isRecord(value)) return fail(path, "an object");
    for (const name of Object.keys(value)) {
      if (!members.has(name)) return fail(`${path}.${name}`, "no such member");
    }
    const out: Record<string, unknown> = {};
    for (const [name, { read, must }] of members) {
      if (value[name] !== undefined) out[name] = read(value[name], `${path}.${name}`);
      else if (must) return fail(`${path}.${name}`, "this member");
    }
    return out as Of<S> & Partial<Of<O>>;
  };
}

/** Parses JSON of at most maxBytes characters; anything else is a DecodeError. */
export function parseJson(raw: string, maxBytes: number): unknown {
  if (raw.length > maxBytes) return fail("", `at most ${maxBytes} bytes`);
  try {
    return JSON.parse(raw);
  } catch {
    return fail("", "JSON");
  }
}

/** The type member of a message, and the message without it. */
export function splitType(value: unknown): { type: string; body: Record<string, unknown> } {
  if (!isRecord(value) || typeof value["type"] !== "string") return fail("type", "a text");
  const { type, ...body } = value;
  return { type: String(type), body };
}
