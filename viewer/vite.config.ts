import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const broker = process.env["BESIDE_DEV_BROKER"] ?? "http://localhost:8080";

// Two pages: index.html is the technician's single-page app, requester.html the page behind a link.
// The broker serves both under a policy without inline script or style, so nothing may be inlined here.
export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome120", "firefox128", "safari17"],
    rollupOptions: { input: ["index.html", "requester.html"] },
  },
  // `npx vite` serves the pages while you edit; everything else comes from a broker that runs beside it.
  server: {
    proxy: {
      "/api": broker,
      "/openapi.json": broker,
      "/ws": { target: broker, ws: true },
    },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts", "../bench/**/*.test.ts"],
    passWithNoTests: true,
  },
});
