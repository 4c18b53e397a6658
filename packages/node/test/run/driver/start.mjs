// node start.mjs <program> [argument...]: runs a bundled program. The first process to end leaves the code that it compiled
// beside the program, for all others: half of what they would need to start.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { constants, Script } from 'node:vm';

const [, , program = ''] = process.argv;
process.argv.splice(1, 1);
const compiled = `${program}.compiled`;
const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
const script = new Script(`(function (module, exports, require, __filename, __dirname) {${readFileSync(program, 'utf8')}\n})`, {
  filename: program, cachedData, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
if (!cachedData) process.on('exit', () => writeFileSync(compiled, script.createCachedData()));
const module = { exports: {} };
script.runInThisContext()(module, module.exports, createRequire(program), program, dirname(program));
