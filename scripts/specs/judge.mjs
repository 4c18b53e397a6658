/**
 * @typedef {{ name: string, status: string, messages: string[] }} Spec
 * @typedef {{ reason: string, specs: string[] }} Group specs that do not pass, and why
 * @typedef {{ spec: string, problem: string }} Problem
 * @typedef {{ total: number, passed: number, skipped: number, problems: Problem[] }} Verdict
 */

/**
 * Compares what happened with what is listed.
 *
 * @param {Spec[]} specs
 * @param {Group[]} listed
 * @param {Spec[]} plain the same specs on another backend, each of whose passes must be one here too
 * @returns {Verdict}
 */
export function judge(specs, listed, plain) {
  const excused = new Set(listed.flatMap((group) => group.specs));
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const passedThere = new Set(plain.filter(({ status }) => status === 'passed').map(({ name }) => name));
  /** @type {Problem[]} */
  const problems = [];
  for (const { name, status, messages } of specs) {
    if (status === 'passed' && excused.has(name)) problems.push({ spec: name, problem: 'passes, but is listed as one that does not' });
    if (status !== 'failed') continue;
    if (passedThere.has(name)) problems.push({ spec: name, problem: 'is lost: the plain backend passes it' });
    else if (!excused.has(name)) problems.push({ spec: `${name} (${messages[0]?.split('\n')[0]})`, problem: 'fails' });
  }
  for (const name of excused) if (!byName.has(name)) problems.push({ spec: name, problem: 'is listed, but there is no such spec' });
  const passed = specs.filter(({ status }) => status === 'passed').length;
  const failed = specs.filter(({ status }) => status === 'failed').length;
  const unexcused = problems.filter(({ problem }) => problem === 'fails' || problem.startsWith('is lost')).length;
  return { total: specs.length, passed, skipped: specs.length - passed - failed + (failed - unexcused), problems };
}
