import { expect, test } from "./fixtures.ts";
import { Client, text } from "./harness/client.ts";
import { Code } from "./harness/code.ts";
import { Firefox } from "./harness/firefox.ts";
import { Picture } from "./harness/picture.ts";
import { run } from "./harness/process.ts";
import { waitFor } from "./harness/wait.ts";

test("a technician with Firefox makes a link and sees the screen, pixel by pixel", async ({
  broker,
  desktop,
}) => {
  const firefox = await Firefox.start();
  try {
    await broker.addTechnician();
    await broker.addTicket("Printer prints nothing");
    await firefox.goto(await broker.signInLink());
    await firefox.click("button", text("signin.button"));
    await firefox.click("a", "Printer prints nothing");
    await firefox.click("button", text("desk.help"));
    const link = await waitFor("a link", async () => {
      const value = await firefox.evaluate("return document.querySelector('input[readonly]')?.value ?? ''");
      return typeof value === "string" && value !== "" && value;
    });

    const program = await broker.installClient(desktop, Code.of(link).text);
    const client = Client.start(desktop, program);
    await firefox.click("button", text("desk.accept"));
    await client.allow();
    await client.bar();

    await desktop.terminal();
    const differences = async (): Promise<number> => {
      const seen = await canvas(firefox);
      return seen?.differences(await desktop.pixels()) ?? -1;
    };
    await expect.poll(differences, { message: "the canvas is the screen", timeout: 20_000 }).toBe(0);
    expect((await desktop.pixels()).colours(), "there is something to see").toBeGreaterThan(10);
    await client.stop();
    await waitFor("the page says that it ended", async () =>
      String(await firefox.evaluate("return document.body.textContent")).includes(text("end.requester")),
    );
  } finally {
    await firefox.end();
  }
});

/** What the page's canvas holds; nothing before there is a picture. */
async function canvas(firefox: Firefox): Promise<Picture | undefined> {
  const url = await firefox.evaluate(
    "const c = document.querySelector('canvas:not([aria-hidden])'); return c?.width === 1280 ? c.toDataURL() : ''",
  );
  if (typeof url !== "string" || url === "") return undefined;
  const png = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  return new Picture(1280, 800, await run("convert", ["png:-", "-depth", "8", "rgb:-"], { input: png }));
}
