import { expect, test } from "vitest";
import golden from "../../../signaling/control/testdata/again.json";
import { Acts, again } from "./acts.ts";

test("an act once more is written as the client reads it", () => {
  for (const { message } of golden) {
    expect(JSON.parse(again(message.seq, JSON.stringify(message.input)))).toEqual(message);
  }
});

test("each act goes out in order, and once more a moment later under its number", () => {
  const sent: string[] = [];
  const way = (name: string, readyState: RTCDataChannelState = "open") => ({
    readyState,
    send: (text: string) => sent.push(`${name} ${text}`),
  });
  const waiting: (() => void)[] = [];
  const losing = way("losing");
  const acts = new Acts(way("ordered"), losing, (act) => waiting.push(act));
  const long = `"${"x".repeat(2000)}"`;
  for (const raw of ["1", "2", long, "4"]) acts.send(raw);
  expect(sent.splice(0)).toEqual(["ordered 1", "ordered 2", `ordered ${long}`, "ordered 4"]);
  waiting.shift()?.();
  waiting.shift()?.();
  expect(sent.splice(0)).toEqual([`losing ${again(1, "1")}`, `losing ${again(2, "2")}`]);
  losing.readyState = "closed";
  waiting.shift()?.();
  expect([sent, waiting], "the long act is not repeated, and nothing is sent on a closed channel").toEqual([
    [],
    [],
  ]);
});
