import { expect, test } from "./fixtures.ts";
import { Client, text, titles } from "./harness/client.ts";
import type { Desktop } from "./harness/desktop.ts";
import { eventKinds } from "./harness/session.ts";
import { Stage } from "./harness/stage.ts";
import { shot } from "./harness/tour.ts";
import { waitFor } from "./harness/wait.ts";
import { Wayland } from "./harness/wayland.ts";

const sam = { requester: "Sam Okafor" };

/** The one visible X window of this title inside a Wayland session. */
async function windowIn(desktop: Desktop, wayland: Wayland, title: string): Promise<string> {
  const display = `DISPLAY=${wayland.env["DISPLAY"]}`;
  const search = 'xdotool search --onlyvisible --name "$1" | head -n 1';
  return await waitFor(`a window titled "${title}" under Wayland`, async () => {
    const id = (await desktop.run("env", [display, "bash", "-c", search, "find", `^${title}$`])).toString();
    return id.trim() === "" ? undefined : id.trim();
  });
}

test("a Wayland session with Xwayland: both are told, nothing is captured, the link stays good", async ({
  broker,
  desktop,
  page,
  openPage,
}) => {
  await broker.addTechnician();
  const { secret, open, link } = await broker.invite(await broker.addTicket());
  const program = await broker.installClient(desktop, secret);
  const landing = await openPage();
  await landing.goto(link);
  const stage = new Stage(page);
  await stage.signIn(open);
  await expect(page.getByRole("heading", { name: text("session.stage.invited", sam) })).toBeVisible();

  const wayland = await Wayland.start(desktop, { xwayland: true });
  const client = desktop.start(program, [], wayland.env);
  const window = await windowIn(desktop, wayland, titles.panel);
  await expect(page.getByRole("heading", { name: text("session.stage.unable", sam) })).toBeVisible();
  await expect(page.getByText(text("desk.unable.wayland", sam))).toBeVisible();
  await expect(landing.getByText(text("requester.stage.wayland"))).toBeVisible();
  await shot("session-wayland", () => page.screenshot());
  const display = `DISPLAY=${wayland.env["DISPLAY"]}`;
  await shot("client-wayland", () =>
    desktop.run("env", [display, "import", "-silent", "-window", window, "png:-"]),
  );
  const desk = await openPage();
  await desk.goto(await broker.signInLink());
  await desk.getByRole("button", { name: text("signin.button") }).click();
  await expect(desk.getByText(text("desk.stage.unable"))).toBeVisible();
  await desk.getByRole("link", { name: "Printer prints nothing" }).click();
  await expect(desk.getByText(text("desk.unable.wayland", sam))).toBeVisible();
  await shot("desk-wayland", () => desk.screenshot());

  expect(client.running, "the person reads").toBe(true);
  expect(client.output).toContain("Wayland");
  await wayland.end(); // the person signs out
  await client.ended();
  const kinds = await eventKinds(broker);
  expect(kinds).toContain("invitation.unable");
  for (const kind of ["session.joined", "client.asked", "client.capture_started"]) {
    expect(kinds).not.toContain(kind);
  }

  const again = Client.start(desktop, program); // on X11, by the same link
  await page.getByRole("button", { name: text("desk.accept"), exact: true }).click();
  await again.allow();
  await stage.live();
});

test("a Wayland session without any X: the words are printed, and the technician is told", async ({
  broker,
  desktop,
  page,
}) => {
  await broker.addTechnician();
  const { secret, open } = await broker.invite(await broker.addTicket());
  const program = await broker.installClient(desktop, secret);
  await new Stage(page).signIn(open);
  const wayland = await Wayland.start(desktop, { xwayland: false });
  const client = desktop.start(program, [], wayland.env);
  expect(await client.ended()).toBe(1);
  expect(client.output).toContain("This desktop uses Wayland");
  expect(client.output).toContain("choose a session called Xorg or X11");
  await expect(page.getByText(text("desk.unable.wayland", sam))).toBeVisible();
  expect(await eventKinds(broker)).not.toContain("session.joined");
});
