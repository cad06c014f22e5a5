import { expect, test } from "./fixtures.ts";

test("a desktop comes up, shows windows and takes the person's input", async ({ desktop }) => {
  const terminal = await desktop.terminal();
  await terminal.focus();
  await desktop.keys("H", "i", "exclam", "Return", "ctrl+c");
  await terminal.typed("Hi!\n\u0003");

  const picture = await desktop.pixels();
  expect(picture.colours(), "a screen that is black, or has no text on it").toBeGreaterThan(10);
  expect(await desktop.titles()).toEqual(["typed"]);

  const id = (await desktop.run("id", ["-u"])).toString().trim();
  expect(id, "the person is not root").not.toBe("0");
});

test("the person's keyboard can have another layout", async ({ desktop }) => {
  await desktop.layout("de");
  const terminal = await desktop.terminal();
  await terminal.focus();
  await desktop.keys("ssharp", "z", "y", "Return");
  await terminal.typed("ßzy\n");
});

test("a larger screen", async ({ startDesktop }) => {
  const desktop = await startDesktop({ size: "1920x1080" });
  const picture = await desktop.pixels();
  expect([picture.width, picture.height]).toEqual([1920, 1080]);
});
