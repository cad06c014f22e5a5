/** A search for sessions in the fragment of an address, which goes to no server. Pure. */
import { EFFECTS } from "../protocol/answers.ts";
import type { SessionQuery } from "../protocol/api.ts";

export const EMPTY: SessionQuery = {
  requester: "",
  machine: "",
  technician: "",
  from: "",
  to: "",
  effects: [],
};

const MAX = 200;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** Writes a search; "" for the empty one. */
export function toFragment(query: SessionQuery): string {
  const out = new URLSearchParams();
  for (const name of ["requester", "machine", "technician", "from", "to"] as const) {
    if (query[name] !== "") out.set(name, query[name]);
  }
  if (query.effects.length > 0) out.set("effects", query.effects.join(" "));
  return out.toString();
}

/** Reads what toFragment wrote; what is none of a search is left out. */
export function fromFragment(hash: string): SessionQuery {
  const read = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string): string => (read.get(name) ?? "").slice(0, MAX);
  const date = (name: string): string =>
    day.test(text(name)) && !Number.isNaN(Date.parse(text(name))) ? text(name) : "";
  const asked = text("effects").split(" ");
  return {
    requester: text("requester"),
    machine: text("machine"),
    technician: text("technician"),
    from: date("from"),
    to: date("to"),
    effects: EFFECTS.filter((effect) => asked.includes(effect)),
  };
}
