import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeFromClient } from "./control.ts";
import { DecodeError } from "./read.ts";

const folder = new URL("../../../signaling/control/testdata/", import.meta.url);
const golden = JSON.parse(readFileSync(new URL("from-client.json", folder), "utf8")) as {
  name: string;
  message: { type: string };
}[];
const refused = JSON.parse(readFileSync(new URL("refused-from-client.json", folder), "utf8")) as {
  name: string;
  text: string;
}[];

test.each(golden.filter(({ message }) => message.type === "facts"))("takes $name", ({ message }) => {
  expect(decodeFromClient(JSON.stringify(message))).toEqual(message);
});

/** What only Go refuses: it says nothing that could not be shown. */
const HARMLESS = ["disks that are null", "a fact unread twice", "a machine's id of another length"];

test.each(refused.filter(({ name, text }) => text.includes('"facts"') && !HARMLESS.includes(name)))(
  "refuses $name",
  ({ text }) => {
    expect(() => decodeFromClient(text)).toThrow(DecodeError);
  },
);
