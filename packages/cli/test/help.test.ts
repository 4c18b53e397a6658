import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kd, startKd, type Ended } from './kd.ts';

/** Says every module that node resolves. */
const logResolved = `data:text/javascript,${encodeURIComponent(`
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent("import { writeSync } from 'node:fs'; export async function resolve(specifier, context, next) { const found = await next(specifier, context); writeSync(2, 'RESOLVED ' + found.url + String.fromCharCode(10)); return found; }"));
`)}`;

function resolvedBy(...args: readonly string[]): Promise<Ended> {
  return startKd(args, { cwd: import.meta.dirname, node: ['--import', logResolved] }).ended;
}

test('help is there without loading TensorFlow.js', async () => {
  const help = await resolvedBy('--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Usage: kd [options] [command]');
  expect(help.stderr).toContain('/commander/');
  expect(help.stderr).not.toMatch(/tensorflow|@kd\/core|packages\/core/);
  // The same look sees it where it is needed.
  expect((await resolvedBy('inspect', '--config', 'absent.json')).stderr).toMatch(/@tensorflow\/tfjs-core/);
});

test.each([
  [['rnu'], "unknown command 'rnu'", 'Did you mean run?'],
  [['run', '--quite'], "unknown option '--quite'", 'Did you mean --quiet?'],
  [['evaluate'], "missing required argument 'student'", 'kd --help'],
  [['run', 'all'], 'too many arguments', 'kd --help'],
  [['help', 'rnu'], "unknown command 'rnu'", 'kd --help'],
  [['help', 'backend', 'instal'], "unknown command 'instal'", 'kd --help'],
  [['run', '--config', '.'], '--config . is a folder', 'Name the file in it'],
])('wrong usage: kd %j', async (args, problem, next) => {
  const { code, stdout, stderr } = await kd(import.meta.dirname, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(problem);
  expect(stderr).toContain(next);
});

test('--version is the package’s', async () => {
  const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
  expect(await kd(import.meta.dirname, '--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('the guide names every command and every flag', async () => {
  const { stdout } = await kd(import.meta.dirname, '--help');
  const guide = await readFile(join(import.meta.dirname, '../../../docs/guide/command-line.md'), 'utf8');
  const [options, commands] = stdout.split('\nCommands:\n') as [string, string];
  const flags = [...options.matchAll(/^ {2}(?:-\w, )?(--[a-z]+)/gm)].map(([, flag]) => flag!);
  const names = [...commands.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name!);
  expect(flags).toContain('--set');
  expect(names).toContain('train-teachers');
  for (const flag of flags) expect(guide).toContain(`\`${flag}`);
  for (const name of names) expect(guide).toContain(`\`kd ${name}`);
});

test.each([[['help', 'backend', 'install']], [['backend', 'help', 'install']], [['backend', 'install', '--help']]])('kd %j is the help of that command', async (args) => {
  const { code, stdout } = await kd(import.meta.dirname, ...args);
  expect(code).toBe(0);
  expect(stdout).toContain('Usage: kd backend install [options] <name>');
});
