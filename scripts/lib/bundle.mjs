import { sep } from 'node:path';
import { build } from 'esbuild';

/**
 * What the file starts with: some dependencies are CommonJS and call `require` for Node's own
 * modules, which an ES module does not have.
 */
const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Has models of all kinds of Kubernetes in it, of which nobody uses one, and does not say that they may be left out. */
const LARGE = ['', 'node_modules', '@kubernetes', 'client-node', ''].join(sep);

/** Leaves out those modules of it from which nothing is used. They are but declarations. */
const lean = {
  name: 'lean',
  /** @param {import('esbuild').PluginBuild} builder */
  setup(builder) {
    builder.onResolve({ filter: /./ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === lean) return undefined;
      const found = await builder.resolve(path, { ...options, pluginData: lean });
      return found.path.includes(LARGE) ? { ...found, sideEffects: false } : undefined;
    });
  },
};

/**
 * Has `http` required. Of what a module imports Node looks at every export, and one of this one's is
 * the whole of another HTTP client: 15 MB.
 */
const required = {
  name: 'required',
  /** @param {import('esbuild').PluginBuild} builder */
  setup(builder) {
    builder.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) => {
      return kind === 'import-statement' ? { path: 'node:http', namespace: required.name } : undefined;
    });
    builder.onLoad({ filter: /./, namespace: required.name }, ({ path }) => {
      return { contents: `module.exports = require(${JSON.stringify(path)});` };
    });
  },
};

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/daypass.mjs',
  bundle: true,
  // Not the names: the log tells what class an error is of, and where it comes from.
  minifySyntax: true,
  minifyWhitespace: true,
  platform: 'node',
  target: 'node22.19',
  format: 'esm',
  banner: { js: BANNER },
  // Beside it: with one letter that is not ASCII in it Node keeps two bytes for each of all.
  legalComments: 'external',
  logLevel: 'warning',
  plugins: [required, lean],
});
