// The main script of the executable: finds the files of the bundle among its assets rather than beside itself, and runs
// lb.cjs. docs/adr/0009-one-executable.md says why.
const { getRawAsset } = require('node:sea');
const { compileFunction, constants } = require('node:vm');

/** What each file that has been asked for exports. */
const modules = new Map();

function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module); // before it runs: files of a bundle may require each other
  const code = compileFunction(
    Buffer.from(getRawAsset(name)).toString(),
    ['exports', 'require', 'module'],
    {
      filename: name,
      // What operators write is imported as from any program; by itself an executable could import only Node's own.
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  );
  code(module.exports, (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id)), module);
  return module.exports;
}

load('lb.cjs');
