// Translates AssemblyScript into the module that @kd/core carries: `pnpm assembly`; with `--check` it only tells whether that is up to date.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Its compiler takes 100 MB, and is needed only when that source changes.
const compiler = 'assemblyscript@0.28.20';
const core = fileURLToPath(new URL('../packages/core/', import.meta.url));
const target = join(core, 'src/runtime/wasm/matrix-product-code.ts');

const folder = mkdtempSync(join(tmpdir(), 'kd-assembly-'));
try {
  const out = join(folder, 'module.wasm');
  const flags = ['--outFile', out, '--runtime', 'stub', '--importMemory', '--enable', 'simd', '-O3', '--converge', '--noAssert'];
  execFileSync('npx', ['-y', '-p', compiler, 'asc', 'assembly/matrix-product.ts', ...flags], { cwd: core, stdio: 'inherit' });
  const code = `// Made from assembly/matrix-product.ts by \`pnpm assembly\`.\n\n/** A WebAssembly module, in base64. */\nexport const matrixProductCode = '${readFileSync(out).toString('base64')}';\n`;
  if (!process.argv.includes('--check')) writeFileSync(target, code);
  else if (readFileSync(target, 'utf8') !== code) throw new Error(`${target} is not what assembly/matrix-product.ts says: run \`pnpm assembly\``);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
