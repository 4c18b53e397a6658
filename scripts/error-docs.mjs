/**
 * The text of docs/errors.md: every row of the error table with its exit code and its message for the row's example.
 *
 * @param {Readonly<Record<string, { readonly message: (details: any) => string, readonly exit: 1 | 2, readonly example: unknown }>>} table
 * @returns {string}
 */
export function errorDocs(table) {
  const rows = Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = rows.map(([code, { message, exit, example }]) => `## ${code}\n\nExit code ${exit}.\n\n> ${escape(message(example))}\n`);
  return `${HEAD}\n${sections.join('\n')}`;
}

/** Messages are plain text: what Markdown would take as markup is shown as it is. @param {string} text */
function escape(text) {
  return text.replace(/[<>]/g, (sign) => (sign === '<' ? '&lt;' : '&gt;')).replace(/\n/g, '\n> ');
}

const HEAD = `# Errors

<!-- Made from the error table by \`pnpm errors\`. Change the table, not this page. -->

Every error of kd is a \`KdError\` with a stable \`code\`, \`details\` (the values that the message names) and, where another error is underneath, its \`cause\`. The command exits with 2 for a mistake in the config, the usage or the input, found before training where that is possible, and with 1 for a run that could not go on. Each message below is an example.
`;
