import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Packs a built package as `pnpm publish` would: workspace and catalog versions are filled in, the licence is added.
 *
 * @param {string} folder the package
 * @param {string} target where the tarball goes
 * @returns {string} the tarball's path
 */
export function pack(folder, target) {
  const parent = process.env['npm_execpath'];
  const [command, ...first] = parent?.includes('pnpm') ? [process.execPath, parent] : ['npx', '--yes', '--fetch-retries=1', 'pnpm@10'];
  const printed = execFileSync(command, [...first, 'pack', '--json', '--pack-destination', target], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  // What the package's own scripts say comes first.
  return join(target, JSON.parse(printed.slice(printed.search(/^\{/m))).filename.split('/').at(-1));
}
