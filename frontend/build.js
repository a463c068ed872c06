// Builds one bundle per surface into the package that serves it. `node build.js [surface...]`.
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const source = resolve(here, "../src/minxin");

export const SURFACES = {
  console: "console/static/console/built",
  charts: "console/static/console/charts/built",
  portal: "portal/static/portal/built",
  start: "site/static/start/built",
  phone: "simulator/built",
};

const wanted = process.argv.slice(2);
for (const [name, folder] of Object.entries(SURFACES)) {
  if (wanted.length && !wanted.includes(name)) continue;
  const entry = resolve(here, name, "main.js");
  if (!existsSync(entry)) {
    console.log(`no ${name}/main.js yet, left out`);
    continue;
  }
  await build({
    configFile: false,
    root: resolve(here, name),
    base: "./",
    logLevel: "warn",
    publicDir: false,
    build: {
      outDir: resolve(source, folder),
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 8192,
      cssCodeSplit: false,
      modulePreload: false,
      chunkSizeWarningLimit: 2000,
      rollupOptions: {
        input: entry,
        output: {
          format: "es",
          entryFileNames: `${name}.js`,
          assetFileNames: (asset) =>
            asset.names?.some((file) => file.endsWith(".css")) ? `${name}.css` : "[name][extname]",
        },
      },
    },
  });
  console.log(`built ${name}`);
}
