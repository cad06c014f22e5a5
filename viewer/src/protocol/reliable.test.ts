import { expect, it } from "vitest";
import { Inbox, Outbox } from "./reliable.ts";

it("delivers each message once and in order over a link that drops and repeats", () => {
  const outbox = new Outbox<{ n: number }>("a", "b");
  const inbox = new Inbox("b", "a");
  const got: number[] = [];
  let turn = 0;
  const deliver = () => {
    for (const message of outbox.pending()) {
      if (turn++ % 3 === 0) continue; // lost
      if (inbox.take(message)) got.push(message.n);
      if (turn % 5 !== 0) outbox.acked(inbox.ack().upto); // some acknowledgements are lost too
    }
  };
  for (let n = 1; n <= 20; n++) {
    outbox.add({ n });
    deliver();
  }
  while (outbox.pending().length > 0) deliver();
  expect(got).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

it("refuses what is of or for another instance", () => {
  const inbox = new Inbox("b", "a");
  expect(inbox.take({ from: "x", to: "b", seq: 1 })).toBe(false);
  expect(inbox.take({ from: "a", to: "x", seq: 1 })).toBe(false);
  expect(inbox.take({ from: "a", to: "b", seq: 2 })).toBe(false);
  expect(inbox.take({ from: "a", to: "b", seq: 1 })).toBe(true);
});

it("gives up on a client that acknowledges nothing", () => {
  const outbox = new Outbox<{ n: number }>("a", "b");
  for (let n = 0; n < 64; n++) outbox.add({ n });
  expect(() => outbox.add({ n: 64 })).toThrow();
});
