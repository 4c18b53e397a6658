// Packs every public package as it would be published and checks the tarballs: publint, are-the-types-wrong, licence.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from './pack.mjs';

const root = join(import.meta.dirname, '..');
const folders = ['packages', 'plugins'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(root, parent, name)));

/** @param {string} name @param {string[]} args @returns {string | undefined} what the command printed, if it failed */
function failure(name, ...args) {
  try {
    execFileSync(join(root, 'node_modules/.bin', name), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return undefined;
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    return `${name} ${args.join(' ')}\n${stdout}${stderr}`;
  }
}

/** @param {string} tarball @returns {string | undefined} */
function missingFiles(tarball) {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n');
  const missing = ['LICENSE', 'dist/index.js', 'dist/index.d.ts'].filter((file) => !files.includes(`package/${file}`));
  const stray = files.filter((file) => /tsbuildinfo|\.test\./.test(file));
  if (missing.length + stray.length === 0) return undefined;
  return `missing: ${missing.join(', ') || 'nothing'}; not to be published: ${stray.join(', ') || 'nothing'}`;
}

const target = mkdtempSync(join(tmpdir(), 'kd-packages-'));
let failed = 0;
try {
  for (const folder of folders) {
    const { name, version, private: isPrivate } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (isPrivate) continue;
    const tarball = pack(folder, target);
    const problems = [
      missingFiles(tarball),
      failure('publint', '--strict', tarball),
      failure('attw', '--profile', 'esm-only', tarball),
    ].filter((problem) => problem !== undefined);
    console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}@${version}`);
    for (const problem of problems) console.log(problem);
    if (problems.length > 0) failed++;
  }
} finally {
  rmSync(target, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
