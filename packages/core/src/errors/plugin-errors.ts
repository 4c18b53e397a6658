import { failure, mistake, type ErrorRow } from './row.ts';
import { listOf, withoutStop, withStop } from './wording.ts';

export const pluginErrors: {
  readonly KD_STRATEGY_UNKNOWN: ErrorRow<{ kind: string; name: string; known: readonly string[]; suggestion?: string | undefined; where: string }>;
  readonly KD_STRATEGY_DUPLICATE: ErrorRow<{ kind: string; name: string; plugins: readonly string[] }>;
  readonly KD_STRATEGY_OPTIONS: ErrorRow<{ kind: string; name: string; problems: readonly string[]; where: string }>;
  readonly KD_STRATEGY_INVALID: ErrorRow<{ plugin: string; kind: string; name: string; problem: string }>;
  readonly KD_PLUGIN_DUPLICATE: ErrorRow<{ name: string }>;
  readonly KD_PLUGIN_INVALID: ErrorRow<{ name: string; problem: string }>;
  readonly KD_PLUGIN_APPLY: ErrorRow<{ plugin: string; message: string }>;
  readonly KD_PLUGIN_FAILED: ErrorRow<{ plugin: string; hook: string; message: string }>;
  readonly KD_HOOK_UNKNOWN: ErrorRow<{ plugin: string; hook: string; known: readonly string[]; suggestion?: string | undefined }>;
  readonly KD_HOOK_ASYNC: ErrorRow<{ plugin: string; hook: string }>;
  readonly KD_PACKAGE_MISSING: ErrorRow<{ who: string; packages: readonly string[]; folder: string; problems: readonly string[] }>;
  readonly KD_SERVICE_MISSING: ErrorRow<{ token: string; who: string }>;
  readonly KD_CONFORMANCE: ErrorRow<{ subject: string; rule: string; found: string }>;
} = {
  KD_STRATEGY_UNKNOWN: mistake(
    ({ kind, name, known, suggestion, where }) =>
      `${where}: no ${kind} is called '${name}'${suggestion ? `; did you mean '${suggestion}'?` : '.'} Known: ${listOf(known, 30)}. Add the plugin that brings it to \`plugins\`, or correct the name.`,
    { kind: 'loss', name: 'kl-divergance', known: ['cross-entropy', 'kl-divergence'], suggestion: 'kl-divergence', where: 'soft.low' },
  ),
  KD_STRATEGY_DUPLICATE: mistake(
    ({ kind, name, plugins }) => `The ${kind} '${name}' is brought by ${listOf(plugins)}. Write '<plugin>/${name}' to say which one is meant.`,
    { kind: 'loss', name: 'fitnet', plugins: ['feature-losses', 'acme'] },
  ),
  KD_STRATEGY_OPTIONS: mistake(
    ({ kind, name, problems, where }) => `${where}: the options of ${kind} '${name}' are wrong: ${withStop(problems.join('; '))}`,
    { kind: 'loss', name: 'kl-divergence', problems: ['temperature: expected a number greater than 0, received -4'], where: 'soft.low' },
  ),
  KD_STRATEGY_INVALID: mistake(
    ({ plugin, kind, name, problem }) => `The ${kind} '${name}' of plugin '${plugin}' cannot be used: ${withoutStop(problem)}. Mend the plugin; the suites of @kd/testing find such mistakes.`,
    { plugin: 'acme', kind: 'loss', name: 'focal', problem: 'what create gave has no function `compute`' },
  ),
  KD_PLUGIN_DUPLICATE: mistake(({ name }) => `Two plugins are called '${name}'. Remove one of them from \`plugins\`.`, { name: 'losses' }),
  KD_PLUGIN_INVALID: mistake(
    ({ name, problem }) => `'${name}' is no kd plugin: ${problem}. Make what definePlugin({ name, strategies, apply }) returns the module's default export.`,
    { name: './my-plugin.ts', problem: 'it has no default export' },
  ),
  KD_PLUGIN_APPLY: mistake(
    ({ plugin, message }) => `Plugin '${plugin}' failed in its \`apply\`: ${withoutStop(message)}. Nothing has run yet; mend the plugin or remove it from \`plugins\`.`,
    { plugin: 'acme', message: 'x is undefined' },
  ),
  KD_PLUGIN_FAILED: failure(
    ({ plugin, hook, message }) => `Plugin '${plugin}' failed in hook '${hook}': ${withoutStop(message)}. What was saved before is intact; mend the plugin or remove it from \`plugins\`.`,
    { plugin: 'acme', hook: 'stepEnd', message: 'x is undefined' },
  ),
  KD_HOOK_UNKNOWN: mistake(
    ({ plugin, hook, known, suggestion }) => `Plugin '${plugin}' asks for a hook '${hook}'${suggestion ? `; did you mean '${suggestion}'?` : ', which there is not.'} There are ${listOf(known, 30)}. Correct the name in the plugin.`,
    { plugin: 'acme', hook: 'stepEdn', known: ['runStart', 'stepEnd'], suggestion: 'stepEnd' },
  ),
  KD_HOOK_ASYNC: mistake(
    ({ plugin, hook }) => `Plugin '${plugin}' tapped '${hook}' with an async function, whose promise nobody waits for. Return the value directly; only hooks outside the step take \`tapPromise\`.`,
    { plugin: 'acme', hook: 'lossTerms' },
  ),
  KD_PACKAGE_MISSING: mistake(
    ({ who, packages, folder, problems }) =>
      `${who} needs the package ${packages.join(' or ')}: ${problems.length > 0 ? withoutStop(problems.join('; ')) : `none is installed in ${folder}`}. Install one: npm i ${packages.at(-1)!}`,
    { who: "teacher 'low'", packages: ['onnxruntime-node', 'onnxruntime-web'], folder: '/home/you/project', problems: [] },
  ),
  KD_SERVICE_MISSING: mistake(
    ({ token, who }) => `${who} asks for the service '${token}', which nobody provides here. Put \`nodePlugin\` of @kd/node into \`plugins\` where files are named, or add the plugin that brings the service.`,
    { token: 'loader of files and modules', who: "teacher 'low'" },
  ),
  KD_CONFORMANCE: mistake(
    ({ subject, rule, found }) => `${subject} breaks its contract: ${rule}, but ${found}. Mend it, or tell the check what is meant by its options.`,
    { subject: "loss 'focal'", rule: 'a loss returns one value per sample [4]', found: 'it returned shape []' },
  ),
};
