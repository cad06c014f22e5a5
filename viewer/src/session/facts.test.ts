import { expect, test } from "vitest";
import type { Facts } from "../protocol/facts.ts";
import { keepFacts } from "./facts.ts";

const facts = { machine: "", name: "till-3" } as Facts;

test.each([
  ["at once", 0, true, 1],
  ["after the requester's word came", 2, true, 3],
  ["never", 99, false, 5],
])("facts are kept %s", async (_, refusals, kept, calls) => {
  let n = 0;
  const api = {
    keepFacts: async () => {
      if (n++ < refusals) throw new Error("not allowed");
    },
  };
  const done = keepFacts(api, "s", facts, 0).then(
    () => true,
    () => false,
  );
  expect(await done).toBe(kept);
  expect(n).toBe(calls);
});
