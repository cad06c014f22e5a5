import { expect, test } from "vitest";
import golden from "../../../signaling/control/testdata/channels.json";
import { CHANNELS } from "./channels.ts";

test("the channels are those of the client", () => {
  expect(CHANNELS).toEqual(golden);
});
