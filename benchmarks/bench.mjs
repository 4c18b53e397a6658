// pnpm bench [name ...] [--json] [--quick]: runs the measurements in this folder, one after the other, and prints ratios.
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, quick: { type: 'boolean' } } });
const known = ['cnn-step', 'trainer', 'distillation-step', 'store'];
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}. There are ${known.join(', ')}.`);
  process.exit(2);
}

const results = {};
for (const name of positionals.length > 0 ? positionals : known) {
  const { run, about, goal } = await import(`./${name}.mjs`);
  if (!values.json) console.log(`\n${name}: ${about}`);
  const { rows, ratios } = await run({ quick: values.quick === true });
  results[name] = { goal, ratios, rows };
  if (values.json) continue;
  for (const { label, ms } of rows) console.log(`  ${ms.toFixed(2).padStart(10)} ms  ${label}`);
  for (const [label, ratio] of Object.entries(ratios)) console.log(`  ${ratio.toFixed(3).padStart(10)}     ${label}`);
  console.log(`  wanted: ${goal}`);
}
if (values.json) console.log(JSON.stringify(results, null, 2));
