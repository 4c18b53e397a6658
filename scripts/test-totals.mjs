// Prints the totals of a vitest JSON report as one line: N passed, N failed[, N skipped].
import { readFileSync } from 'node:fs';

/** @returns {string} */
function totals() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
    // A file that does not even load fails without a test of its own.
    const brokenFiles = testResults.filter((/** @type {any} */ file) => file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ one) => one.status === 'failed')).length;
    const skipped = numPendingTests + numTodoTests;
    return `${numPassedTests} passed, ${numFailedTests + brokenFiles} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  } catch {
    return '0 passed, 1 failed';
  }
}

console.log(totals());
