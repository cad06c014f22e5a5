// Measurements, run by `make bench`. They are no tests: nothing fails because a machine is slow.
export default {
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "out/playwright",
  timeout: 0, // options.ts bounds it
  workers: 1,
  reporter: [["list"]],
};
