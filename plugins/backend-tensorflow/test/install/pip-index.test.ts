import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../packages/node/test/temporary-folder.ts';
import { pipIndex, publicIndex } from '../../src/install/pip-index.ts';

test('the index is the one that pip asks', () => {
  const home = temporaryFolder();
  const put = (path: string, text: string): string => {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), text);
    return join(home, path);
  };
  const environment = { HOME: home };
  expect(pipIndex({ PIP_CONFIG_FILE: '/dev/null' })).toBe(publicIndex);
  put('.config/pip/pip.conf', '# ours\n[global]\ntimeout = 60\nindex-url = https://user.example/simple\n');
  expect(pipIndex(environment)).toBe('https://user.example/simple');
  put('.config/pip/pip.conf', '[install]\nindex_url: https://install.example/simple\n[global]\nindex-url = https://user.example/simple\n[download]\nindex-url = https://download.example/simple\n');
  expect(pipIndex(environment)).toBe('https://install.example/simple');
  put('venv/pip.conf', '[global]\r\nindex-url=https://venv.example/simple\r\n');
  expect(pipIndex({ ...environment, VIRTUAL_ENV: join(home, 'venv') })).toBe('https://venv.example/simple');
  const own = put('own.conf', '[global]\nindex-url = https://own.example/simple\n');
  expect(pipIndex({ ...environment, VIRTUAL_ENV: join(home, 'venv'), PIP_CONFIG_FILE: own })).toBe('https://own.example/simple');
  expect(pipIndex({ ...environment, PIP_CONFIG_FILE: own, PIP_INDEX_URL: 'https://variable.example/simple' })).toBe('https://variable.example/simple');
  expect(pipIndex({ ...environment, PIP_CONFIG_FILE: '/dev/null' })).toBe(publicIndex);
});
