import { defineConfig } from "@playwright/test";

const long = process.env["LONG"] !== undefined;
const report = process.env["E2E_REPORT"];

// Two workers, however many cores: every test has a desktop, a client and a browser of its own and mostly waits. Long
// tests measure, so nothing runs beside them.
export default defineConfig({
  testDir: ".",
  testMatch: long ? ["**/*.e2e.ts", "**/*.long.ts"] : ["**/*.e2e.ts"],
  outputDir: "../test-results",
  // Against what hangs: each wait inside has a bound of its own, and a busy machine may take much of each.
  timeout: long ? 30 * 60_000 : 240_000,
  expect: { timeout: 10_000 },
  workers: long ? 1 : 2,
  fullyParallel: false,
  forbidOnly: true,
  // A second try tells a change that broke something from a test that is flaky. The tally names each flaky one: it is
  // a bug of that day.
  retries: 1,
  reporter: report === undefined ? [["list"]] : [["list"], ["json", { outputFile: report }]],
});
