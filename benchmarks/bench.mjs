// pnpm bench [name ...] [--json] [--quick] [--python <interpreter>] [--only <part of a student's name>]: runs the measurements
// in this folder, one after the other, and prints ratios. The last two are for `runtimes` and `job`.
import { parseArgs } from 'node:util';

const options = { json: { type: 'boolean' }, quick: { type: 'boolean' }, python: { type: 'string' }, only: { type: 'string' } };
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const known = ['cnn-step', 'trainer', 'distillation-step', 'store', 'runtimes', 'job'];
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}. There are ${known.join(', ')}.`);
  process.exit(2);
}

const results = {};
for (const name of positionals.length > 0 ? positionals : known) {
  const { run, about, goal } = await import(`./${name}.mjs`);
  if (!values.json) console.log(`\n${name}: ${about}`);
  const { rows, ratios, notes = [] } = await run({ ...values, quick: values.quick === true });
  results[name] = { goal, ratios, rows, notes };
  if (values.json) continue;
  for (const { label, ms } of rows) console.log(`  ${ms.toFixed(2).padStart(10)} ms  ${label}`);
  for (const [label, ratio] of Object.entries(ratios)) console.log(`  ${ratio.toFixed(3).padStart(10)}     ${label}`);
  for (const note of notes) console.log(`  ${note}`);
  console.log(`  wanted: ${goal}`);
}
if (values.json) console.log(JSON.stringify(results, null, 2));
