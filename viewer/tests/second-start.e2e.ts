import { expect, test } from "./fixtures.ts";
import { Client, text, titles } from "./harness/client.ts";
import { Stage } from "./harness/stage.ts";
import { waitFor } from "./harness/wait.ts";

test("a second start shows the first one's window again, quietly, and answers nothing", async ({
  broker,
  desktop,
  page,
}) => {
  await broker.addTechnician();
  const { secret, open } = await broker.invite(await broker.addTicket());
  const program = await broker.installClient(desktop, secret);
  const client = Client.start(desktop, program);
  const again = async (): Promise<void> => {
    const second = desktop.start(program);
    expect([await second.ended(), second.output]).toEqual([0, ""]);
  };
  const small = async (title: string): Promise<void> => {
    const { id } = await desktop.window(title);
    await waitFor("the window is small", async () => {
      await desktop.run("xdotool", ["windowminimize", id]); // lost on a window that is just being managed
      return (await desktop.findWindow(title)) === undefined;
    });
  };

  await small(titles.panel);
  await again();
  await desktop.active(await desktop.window(titles.panel));

  const stage = new Stage(page);
  await stage.signIn(open);
  await page.getByRole("button", { name: text("desk.accept") }).click();
  const asked = await client.asked();
  await small(titles.consent);
  await again();
  await desktop.active(await desktop.window(titles.consent));
  expect((await client.asked()).id, "the same question").toBe(asked.id);
  expect(await broker.auditExport(), "nobody answered").not.toMatch(/client\.(granted|declined)/);

  await client.decline();
  await waitFor("it is declined", async () => (await broker.auditExport()).includes("client.declined"));
  expect((await broker.auditExport()).match(/"session\.joined"/g), "one client joined").toHaveLength(1);
});
