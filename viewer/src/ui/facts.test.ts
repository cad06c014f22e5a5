import { expect, test } from "vitest";
import type { Facts } from "../protocol/facts.ts";
import { changesOf, toldOf } from "./facts.ts";
import { size } from "./format.ts";

const facts: Facts = {
  machine: "",
  name: "till-3",
  system: "Debian GNU/Linux 12",
  build: "6.1.0",
  arch: "amd64",
  processor: "Ryzen",
  cores: 12,
  memory: 16 * 2 ** 30,
  free: 2 ** 30,
  disks: [{ mount: "/", kind: "ext4", size: 200 * 2 ** 30, free: 13 * 2 ** 30 }],
  displays: [{ name: "DP-1", width: 1920, height: 1080 }],
  networks: [{ name: "eth0", addresses: ["192.0.2.7", "2001:db8::7"] }],
  uptime: 7500,
  updates: 0,
  unread: ["build"],
};

test("facts in words", () => {
  const lines = Object.fromEntries(toldOf(facts).map((told) => [told.fact, told.lines]));
  expect(lines).toEqual({
    system: ["Debian GNU/Linux 12"],
    build: undefined,
    processor: ["Ryzen × 12"],
    memory: ["16 GiB, 1 GiB free"],
    disks: ["/ (ext4): 13 GiB of 200 GiB free, 6 %"],
    displays: ["DP-1: 1920 × 1080"],
    network: ["eth0: 192.0.2.7, 2001:db8::7"],
    uptime: ["2 h 5 min"],
    updates: ["None waits"],
  });
});

test("changes in words", () => {
  const after: Facts = { ...facts, name: "till-4", memory: 32 * 2 ** 30, disks: [] };
  expect(changesOf(facts, after, ["system", "memory", "disks"])).toEqual([
    "System: till-3, Debian GNU/Linux 12 → till-4, Debian GNU/Linux 12",
    "Memory: 16 GiB → 32 GiB",
    "Disks: / 200 GiB → –",
  ]);
});

test.each([
  [0, "0 MiB"],
  [512 * 2 ** 20, "512 MiB"],
  [16542998528, "15.4 GiB"],
  [234.6 * 2 ** 30, "235 GiB"],
  [1.5 * 2 ** 40, "1.5 TiB"],
])("%i bytes are %s", (bytes, want) => expect(size(bytes)).toBe(want));
