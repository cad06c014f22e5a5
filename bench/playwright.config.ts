// Measurements, run by `make bench`. They are no tests: nothing fails because a machine is slow.
export default {
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "out/playwright",
  timeout: 10 * 60_000,
  workers: 1,
  reporter: [["line"]],
};
