/** The technician's pages. */
import "./app.css";
import { speakAsWanted } from "./ui/language.ts";

// The pages come after their language: some texts are read as soon as a page is.
await speakAsWanted();
const [{ mount }, { default: App }] = await Promise.all([import("svelte"), import("./App.svelte")]);
const target = document.getElementById("app");
if (target !== null) mount(App, { target });
