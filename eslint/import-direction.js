import { dirname, relative, resolve, sep } from 'node:path';

/**
 * Holds the order of rooms: a file imports only from its own room and the rooms before it. Files that lie in no room
 * at the top level may import from all of them. A room is a folder, or one file of a folder where its contract stands
 * before the rest; the longest match counts. A folder that is not in the list must be placed in it first.
 *
 * Options: `{ root, rooms }`, the root absolute, the rooms relative to it.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const importDirection = {
  meta: {
    type: 'problem',
    docs: { description: 'Imports point only to the same room or to rooms before it' },
    schema: [{
      type: 'object',
      required: ['root', 'rooms'],
      properties: { root: { type: 'string' }, rooms: { type: 'array', items: { type: 'string' } } },
      additionalProperties: false,
    }],
    messages: {
      later: "'{{from}}' comes before '{{to}}', so it cannot import from it. Move what both need to an earlier room.",
      unplaced: "'{{folder}}' has no place in the order of rooms. Add it to the list in eslint.config.js.",
    },
  },
  create(context) {
    const { root, rooms } = context.options[0];
    const placeOf = (/** @type {string} */ file) => {
      const path = relative(root, file).split(sep).join('/');
      const room = rooms
        .filter((/** @type {string} */ name) => path === name || path.startsWith(`${name}/`))
        .sort((/** @type {string} */ a, /** @type {string} */ b) => b.length - a.length)[0];
      if (room !== undefined) return { name: room, index: rooms.indexOf(room) };
      return path.includes('/') ? { name: dirname(path), index: undefined } : { name: path, index: rooms.length };
    };

    const here = placeOf(context.filename);
    const check = (/** @type {any} */ node) => {
      const specifier = node.source?.value;
      if (here.index === undefined || typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const there = placeOf(resolve(dirname(context.filename), specifier));
      if (there.index !== undefined && there.index > here.index) {
        context.report({ node: node.source, messageId: 'later', data: { from: here.name, to: there.name } });
      }
    };
    return {
      Program(node) {
        if (here.index === undefined) context.report({ node, messageId: 'unplaced', data: { folder: here.name } });
      },
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
    };
  },
};
